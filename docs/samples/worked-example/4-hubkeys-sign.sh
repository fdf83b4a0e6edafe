#!/usr/bin/env bash
# Step 4 of the worked example: the same by the command line.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# region step
export HUBKEYS_KEY=hk_01jd3v9m2x8c5q7w4n6t0r1z2y HUBKEYS_SECRET=hs_ThisIsAnExampleAndOpensNothing
hubkeys sign --date 2026-11-23T08:30:00Z --method POST --url https://api.example.com/v1/messages --body-file body.json
# endregion
