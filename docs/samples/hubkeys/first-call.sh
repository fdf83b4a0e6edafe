#!/usr/bin/env bash
# Signs a request with the key in nightly-export.env and sends it. Takes API_URL from the environment.
set -euo pipefail

# region call
set -a; source nightly-export.env; set +a
hubkeys sign --url "$API_URL/v1/replies?limit=10" --send
# endregion
