#!/bin/sh
# Makes .venv and installs requirements-dev.txt into it, with uv inside the same .venv. Does nothing when all is there.
set -eu

UV_VERSION=0.13.9
REQUIREMENTS=requirements-dev.txt
STAMP=.venv/installed.txt

cd "$(dirname "$0")/.."

is_recent() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_recent "$python"; then
            echo "$python"
            return
        fi
    done
    echo "Python 3.11 or later is needed (on Debian: apt install python3 python3-venv), or name one: make PYTHON=..." >&2
    exit 1
}

# What is installed is written down last, so a setup that was interrupted is done again.
if is_recent .venv/bin/python && cmp -s "$REQUIREMENTS" "$STAMP"; then
    exit 0
fi

if ! is_recent .venv/bin/python; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version)."
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "This Python cannot make a virtual environment (on Debian: apt install python3-venv)." >&2
        exit 1
    fi
fi
if ! .venv/bin/uv --version 2>/dev/null | grep -qw "$UV_VERSION"; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
fi
echo "Installing $REQUIREMENTS."
.venv/bin/uv pip sync --quiet --python .venv/bin/python --no-python-downloads --require-hashes --compile-bytecode "$REQUIREMENTS"
cp "$REQUIREMENTS" "$STAMP"
