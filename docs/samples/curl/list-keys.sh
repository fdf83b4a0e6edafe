#!/usr/bin/env bash
# Lists the live keys of your account, page by page. Takes HUBKEYS_URL and HUBKEYS_TOKEN from the environment.
set -euo pipefail

cursor=
while
    page=$(printf 'header = "Authorization: Bearer %s"\n' "$HUBKEYS_TOKEN" |
        curl --disable --silent --show-error --fail-with-body --config - --get "$HUBKEYS_URL/v1/keys" \
            --data status=active ${cursor:+--data-urlencode "cursor=$cursor"})
    python3 -c 'import json, sys; [print(key["id"], key["name"]) for key in json.load(sys.stdin)["keys"]]' <<<"$page"
    cursor=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["next_cursor"] or "")' <<<"$page")
    [[ $cursor ]]
do :; done
