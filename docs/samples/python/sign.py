"""Signs requests in Hub HMAC with SHA-256: a GET, and a POST with a body.

Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment. Needs nothing but Python 3.9 or newer.
"""

import base64
import hashlib
import hmac
import json
import os
import urllib.request
from email.utils import formatdate


# region sign
def sign(method, target, body=None):
    """The headers that prove who sends this request. `target` is the path with its query, exactly as it is sent."""
    headers = {"Date": formatdate(usegmt=True)}
    if body:
        headers["Content-MD5"] = hashlib.md5(body).hexdigest()
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"{method} {target} HTTP/1.1")
    mac = hmac.new(os.environ["HUBKEYS_SECRET"].encode(), "\n".join(lines).encode(), hashlib.sha256)
    headers["Authorization"] = (
        f'hmac username="{os.environ["HUBKEYS_KEY"]}", algorithm="hmac-sha256", '
        f'headers="{" ".join([*headers, "request-line"])}", '
        f'signature="{base64.b64encode(mac.digest()).decode()}"'
    )
    return headers
# endregion


def call(method, target, body=None):
    request = urllib.request.Request(os.environ["API_URL"] + target, data=body, method=method)
    if body:
        request.add_header("Content-Type", "application/json")
    for name, value in sign(method, target, body).items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(answer.status, answer.read().decode())


call("GET", "/v1/replies?limit=10")
# These bytes are signed and these are sent: serialise once.
message = {"content": "Hello World", "destination_number": "+61491570156", "format": "SMS"}
call("POST", "/v1/messages", json.dumps({"messages": [message]}).encode())
