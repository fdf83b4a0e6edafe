#!/usr/bin/env bash
# Asks verify about the request whose facts are in the file FACTS.
# Takes HUBKEYS_URL and HUBKEYS_SERVICE_TOKEN from the environment.
set -euo pipefail

printf 'header = "Authorization: Bearer %s"\n' "$HUBKEYS_SERVICE_TOKEN" |
    curl --disable --silent --show-error --fail-with-body --write-out '\n' --config - "$HUBKEYS_URL/v1/verify" --json @"$FACTS"
