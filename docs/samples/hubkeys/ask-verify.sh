#!/usr/bin/env bash
# Signs a request, and asks verify about it instead of sending it.
# Takes HUBKEYS_URL, HUBKEYS_KEY, HUBKEYS_SECRET and HUBKEYS_SERVICE_TOKEN from the environment.
set -euo pipefail

# region ask
hubkeys sign --url https://api.example.com/v1/replies --facts | hubkeys verify - --url "$HUBKEYS_URL"
# endregion
