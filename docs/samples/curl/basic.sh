#!/usr/bin/env bash
# Calls the platform's API with HTTP Basic.
# Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment.
set -euo pipefail

# The credentials go through a pipe. With --user on the command line, every user of this machine could see them in `ps`.
printf 'user = "%s:%s"\n' "$HUBKEYS_KEY" "$HUBKEYS_SECRET" |
    curl --disable --silent --show-error --fail-with-body --write-out '\n' --config - "$API_URL/v1/replies"
