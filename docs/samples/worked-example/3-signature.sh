#!/usr/bin/env bash
# Step 3 of the worked example: the signature. Its secret opens nothing. Runs where step 2 left the signing string.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../openssl/hmac-sha256.sh"

# region step
HUBKEYS_SECRET=hs_ThisIsAnExampleAndOpensNothing
hmac_sha256 <signing-string
# endregion
