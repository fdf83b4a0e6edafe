#!/usr/bin/env bash
# Step 1 of the worked example: the digest of the body.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# region step
openssl dgst -md5 -r body.json
# endregion
