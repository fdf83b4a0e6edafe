"""Manages keys: creates one, lists all, revokes it.

Takes HUBKEYS_URL and HUBKEYS_TOKEN (an administrator's) from the environment. Needs nothing but Python 3.9 or newer.
"""

import json
import os
import urllib.parse
import urllib.request


def ask(method, path, body=None, headers=None):
    request = urllib.request.Request(
        os.environ["HUBKEYS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['HUBKEYS_TOKEN']}",
            "Content-Type": "application/json",
            **(headers or {}),
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


# region create
def create(name, scheme, job):
    """Sent again for the same job, this gives the same key, and no secret. Keep the secret where you keep secrets."""
    return ask("POST", "/v1/keys", {"name": name, "scheme": scheme}, {"Idempotency-Key": job})
# endregion


# region list
def live_keys():
    """All of them, a page at a time."""
    cursor = None
    while True:
        query = {"status": "active"} | ({"cursor": cursor} if cursor else {})
        page = ask("GET", "/v1/keys?" + urllib.parse.urlencode(query))
        yield from page["keys"]
        cursor = page["next_cursor"]
        if cursor is None:
            return
# endregion


# region revoke
def revoke(key, reason):
    """Once this returns, the key is refused. Revoking it again succeeds and changes nothing."""
    return ask("POST", f"/v1/keys/{key}/revoke", {"reason": reason})
# endregion


key = create("Nightly export", "hmac", job="nightly-export-python")
print("created", key["id"])
for live in live_keys():
    print("live   ", live["id"], live["name"])
print(revoke(key["id"], "replaced by a new one")["status"], key["id"])
