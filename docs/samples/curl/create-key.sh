#!/usr/bin/env bash
# Creates a key, and writes key.json into the current folder. Takes HUBKEYS_URL and HUBKEYS_TOKEN (an administrator's) from
# the environment.
set -euo pipefail

# Keep the idempotency key with the job that wants this key. Sent again under it, the request never makes a second key.
idempotency_key=${IDEMPOTENCY_KEY:-nightly-export-1}

# The answer holds the secret, this once: it goes to a file that only you can read.
umask 077
printf 'header = "Authorization: Bearer %s"\n' "$HUBKEYS_TOKEN" |
    curl --disable --silent --show-error --fail-with-body --config - "$HUBKEYS_URL/v1/keys" \
        --header "Idempotency-Key: $idempotency_key" \
        --json '{"name":"Nightly export","scheme":"hmac"}' >key.json
printf 'Created %s. Its secret is in key.json.\n' "$(sed 's/.*"id":"\([^"]*\)".*/\1/' key.json)"
