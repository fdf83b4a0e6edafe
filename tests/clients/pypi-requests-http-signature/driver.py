"""One request signed by requests-http-signature, unmodified: RFC 9421 with the coverage it chooses by itself.

That is `@method`, `@authority`, `@target-uri`, the date it sets, and a `Content-Digest`, also of no body at all.
Arguments: METHOD TARGET [BODY]. Prints one line of JSON and exits 0 whatever the answer; anything else means that nothing
was sent. The credential comes by environment only.
"""

import json
import os
import sys

import requests
from requests_http_signature import HTTPSignatureAuth, algorithms

method, target, *rest = sys.argv[1:]
body = rest[0].encode() if rest else None

session = requests.Session()
session.trust_env = False
session.auth = HTTPSignatureAuth(
    key=os.environ["SECRET"].encode(), key_id=os.environ["KEY"], signature_algorithm=algorithms.HMAC_SHA256
)
answer = session.request(method, os.environ["BASE_URL"] + target, data=body, timeout=60)
names = ("signature-input", "signature", "content-digest", "date")
sent = {name: answer.request.headers.get(name) for name in names}
print(json.dumps({"status": answer.status_code, "sent": sent}))
