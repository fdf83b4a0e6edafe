"""One request signed by http-message-signatures, unmodified: RFC 9421, with the digest that it makes of the body.

Arguments: METHOD TARGET [BODY]. Prints one line of JSON and exits 0 whatever the answer; anything else means that nothing
was sent. The credential comes by environment only.
"""

import http.client
import json
import os
import sys
from types import SimpleNamespace
from urllib.parse import urlsplit

from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

method, target, *rest = sys.argv[1:]
body = rest[0].encode() if rest else None
key, base_url = os.environ["KEY"], os.environ["BASE_URL"]

# It signs any client's message that has these three.
message = SimpleNamespace(method=method, url=base_url + target, headers={})
if body is not None:
    message.headers["Content-Type"] = "application/json"
signer = HTTPMessageSigner(
    signature_algorithm=algorithms.HMAC_SHA256,
    key_resolver=MappingKeyResolver(public_keys={}, private_keys={key: os.environ["SECRET"].encode()}),
)
# Given a body, it covers its digest too.
signer.sign(
    message, key_id=key, label="sig1", body=body, covered_component_ids=("@method", "@authority", "@target-uri")
)

connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=60)
connection.request(method, target, body=body, headers=message.headers)
print(json.dumps({"status": connection.getresponse().status, "sent": message.headers}))
