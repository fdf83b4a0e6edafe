"""One request signed by httpsig, unmodified: draft-cavage in the Authorization field, a digest of the body in `Digest`.

Arguments: METHOD TARGET [BODY]. Prints one line of JSON and exits 0 whatever the answer; anything else means that nothing
was sent. The credential comes by environment only.
"""

import base64
import email.utils
import hashlib
import json
import os
import sys

import requests
from httpsig.requests_auth import HTTPSignatureAuth

method, target, *rest = sys.argv[1:]
body = rest[0].encode() if rest else None

# It adds nothing but the signature: what is to be covered has to be there.
headers = {"Date": email.utils.formatdate(usegmt=True)}
covered = ["(request-target)", "host", "date"]
if body is not None:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    headers |= {"Digest": f"SHA-256={digest}", "Content-Type": "application/json"}
    covered.append("digest")

session = requests.Session()
session.trust_env = False
session.auth = HTTPSignatureAuth(
    key_id=os.environ["KEY"], secret=os.environ["SECRET"], algorithm="hmac-sha256", headers=covered
)
answer = session.request(method, os.environ["BASE_URL"] + target, data=body, headers=headers, timeout=60)
sent = {name: answer.request.headers.get(name) for name in ("authorization", "date", "digest")}
print(json.dumps({"status": answer.status_code, "sent": sent}))
