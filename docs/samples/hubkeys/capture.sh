#!/usr/bin/env bash
# Turns a request's facts (request.json) into a case for `hubkeys explain`, and has it judged as of the instant NOW.
# Takes HUBKEYS_KEY and HUBKEYS_SECRET from the environment.
set -euo pipefail
umask 077

# region capture
python3 - <<'END' >case.json
import json, os
case = json.load(open("request.json"))
case |= {"name": "my request", "now": os.environ["NOW"]}
case |= {"key": os.environ["HUBKEYS_KEY"], "secret": os.environ["HUBKEYS_SECRET"]}
json.dump(case, open("/dev/stdout", "w"), indent=2)
END
hubkeys explain case.json
# endregion
