#!/bin/sh
# Runs a command with each variable NAME read from the file that NAME_FILE names. The service does that by itself; this
# is for programs that do not: Flower, and what makes the roles.
set -eu

for name in $(env | sed -n 's/^\([A-Z_]*\)_FILE=.*/\1/p'); do
    # READY_FILE is no secret: it is written, not read.
    [ "$name" = READY ] && continue
    eval "file=\$${name}_FILE"
    # shellcheck disable=SC2154  # by eval
    value=$(cat "$file")
    export "$name=$value"
done
exec "$@"
