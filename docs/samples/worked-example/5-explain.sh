#!/usr/bin/env bash
# Step 5 of the worked example: judged offline.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# region step
hubkeys explain case.json
# endregion
