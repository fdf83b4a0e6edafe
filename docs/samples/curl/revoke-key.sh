#!/usr/bin/env bash
# Revokes the key OLD_KEY, for good. Takes HUBKEYS_URL and HUBKEYS_TOKEN from the environment.
# Can be run again: revoking a revoked key succeeds.
set -euo pipefail

printf 'header = "Authorization: Bearer %s"\n' "$HUBKEYS_TOKEN" |
    curl --disable --silent --show-error --fail-with-body --write-out '\n' --config - "$HUBKEYS_URL/v1/keys/$OLD_KEY/revoke" \
        --json '{"reason":"replaced by a new one"}'
