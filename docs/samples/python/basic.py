"""Calls the platform's API with HTTP Basic.

Takes API_URL, HUBKEYS_KEY and HUBKEYS_SECRET from the environment. Needs nothing but Python 3.9 or newer.
"""

import base64
import os
import urllib.request

credentials = f"{os.environ['HUBKEYS_KEY']}:{os.environ['HUBKEYS_SECRET']}"
request = urllib.request.Request(
    os.environ["API_URL"] + "/v1/replies",
    headers={"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()},
)
with urllib.request.urlopen(request, timeout=10) as answer:
    print(answer.status, answer.read().decode())
