#!/usr/bin/env bash
# All that CI runs, in one command: bash tests/check.sh. It makes what it needs: .venv, and as root tshark, tcpdump and chromium.
# Every step runs, also after one failed; skipped tests are listed with their reasons. With CI=true tests/conftest.py lets no
# test be skipped for want of something that can be installed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
exec </dev/null

python=.venv/bin/python
installed=.venv/installed-for-tests # as old as the last pip install, so that a changed pyproject.toml installs again

prepare() {
    [ -x $python ] || "${PYTHON:-python3}" -m venv .venv || return 1
    [ $installed -nt pyproject.toml ] && return 0
    $python -m pip install --quiet --disable-pip-version-check --editable '.[test]' && touch $installed
}

# The second opinion on captures, and the browser that looks at the HTML report.
install_programs() {
    local missing=()
    for program in tshark tcpdump chromium; do
        command -v $program >/dev/null || missing+=("$program")
    done
    # What a live network is made of (tests/builders/lab.py); without root there is none.
    if [ "$(id -u)" -eq 0 ]; then
        [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || missing+=(containernetworking-plugins)
        command -v ip >/dev/null || missing+=(iproute2)
        command -v ping >/dev/null || missing+=(iputils-ping)
    fi
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "not installed: ${missing[*]}; their tests will be skipped (run as root on Debian to install them)"
        return 0
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        echo "apt-get could not install: ${missing[*]}"
}

failed=()
step() {
    printf '== %s\n' "$*"
    "$@" || failed+=("$1 ${2-}")
}

prepare || { echo "the virtual environment .venv could not be made" >&2; exit 2; }
install_programs
PATH="$PWD/.venv/bin:$PATH"
step ruff format --check --quiet .
step ruff check --quiet .
step mypy
step lint-imports --no-logo
step pytest -n 2 -q -rs "$@"

if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
echo "all checks passed"
