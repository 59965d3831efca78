#!/bin/sh
# Gets what the console is built and tested with, by its lock file. Does nothing when all is there, or when npm is not:
# what it builds is committed, so nobody needs it to run the console.
set -eu

cd "$(dirname "$0")"
STAMP=node_modules/installed.json

if cmp -s package-lock.json "$STAMP" 2>/dev/null; then
    exit 0
fi
if ! command -v npm >/dev/null; then
    echo "npm is not here: the console is taken as it was built, and not built again to compare." >&2
    exit 0
fi
if ! npm ci --silent --no-audit --no-fund; then
    rm -rf node_modules
    echo "npm ci failed: the console is taken as it was built, and not built again to compare." >&2
    exit 0
fi
cp package-lock.json "$STAMP"
