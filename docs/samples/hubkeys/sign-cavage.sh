#!/usr/bin/env bash
# Signs the worked example in draft-cavage-12. Its secret opens nothing.
set -euo pipefail
export HUBKEYS_KEY=hk_01jd3v9m2x8c5q7w4n6t0r1z2y HUBKEYS_SECRET=hs_ThisIsAnExampleAndOpensNothing
cd "$(dirname "${BASH_SOURCE[0]}")/../worked-example"

# region sign
hubkeys sign --dialect cavage-12 --date 2026-11-23T08:30:00Z \
    --method POST --url https://api.example.com/v1/messages --body-file body.json
# endregion
