#!/usr/bin/env bash
# Replaces the key OLD_KEY by a new one. Takes HUBKEYS_URL, HUBKEYS_SERVICE_TOKEN and OLD_KEY from the environment, and
# you are signed in (hubkeys login).
set -euo pipefail

# region create
hubkeys keys create 'Nightly export, from November' --scheme hmac --env-file new.env
# endregion

# region check
set -a; source new.env; set +a
hubkeys sign --url https://api.example.com/v1/replies --facts | hubkeys verify - --url "$HUBKEYS_URL"
# endregion

# region watch
hubkeys keys show "$OLD_KEY" --json
# endregion

# region revoke
hubkeys keys revoke "$OLD_KEY" --reason "replaced by $HUBKEYS_KEY"
# endregion
