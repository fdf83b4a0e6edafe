#!/usr/bin/env bash
# Signs in and makes a key. Takes HUBKEYS_URL from the environment.
set -euo pipefail

# region create
hubkeys login --user admin@acme --url "$HUBKEYS_URL"
hubkeys keys create 'Nightly export' --scheme hmac --env-file nightly-export.env
# endregion
