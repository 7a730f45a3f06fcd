"""RESULT -> TEXT. Each format is one file with write(result); none knows captures or decoding."""
