"""`python -m pcapcheck`: the same as the command `pcapcheck`."""

from pcapcheck.cli import main

if __name__ == "__main__":
    main()
