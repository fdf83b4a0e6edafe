"""A key's life over HTTP, as `sam local start-api` serves it, step by step. Ends with 1 at the first step that is wrong.

    journey.py API USER OPERATOR SERVICE      (its URL, and what each sends as `Authorization`)
"""

import base64
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.request
from email.utils import formatdate

API, USER, OPERATOR, SERVICE = sys.argv[1:]


def send(method, path, authorization=None, body=None):
    request = urllib.request.Request(API + path, method=method, data=None if body is None else json.dumps(body).encode())
    if body is not None:
        request.add_header("Content-Type", "application/json")
    if authorization:
        request.add_header("Authorization", authorization)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text.decode(errors="replace")


def step(says, answered, wanted, /, **members):
    """One line for a step. Answers have no secrets in them here but those of new keys, which are not printed."""
    was, answer = answered
    right = was == wanted and all(isinstance(answer, dict) and answer.get(name) == value for name, value in members.items())
    shown = " ".join(f"{name}={value}" for name, value in members.items())
    print(f"{'ok   ' if right else 'WRONG'} {says}: {was} {shown}", flush=True)
    if not right:
        sys.exit(f"wanted {wanted} {members}, and it was {was} {answer}")
    return answer


def basic(key):
    return "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()


def facts(authorization, date=None):
    headers = [["Host", "api.example.com"], ["Authorization", authorization]] + ([["Date", date]] if date else [])
    return {"method": "GET", "target": "/v1/messages", "headers": headers}


def signed(key):
    """The Hub's HMAC, written down anew from its documentation: Python has no client of ours."""
    date = formatdate(usegmt=True)
    text = f"Date: {date}\nGET /v1/messages HTTP/1.1"
    mac = base64.b64encode(hmac.digest(key["secret"].encode(), text.encode(), hashlib.sha256)).decode()
    fields = f'hmac username="{key["id"]}", algorithm="hmac-sha256", headers="Date request-line", signature="{mac}"'
    return facts(fields, date)


def ask(request, authorization=SERVICE):
    return send("POST", "/v1/verify", authorization, request)


step("nobody lists keys, and the function itself refuses", send("GET", "/v1/keys"), 401)
step("an administrator opens the account", send("POST", "/v1/account", USER), 201, standing="unverified")
step("its keys have to wait", send("POST", "/v1/keys", USER, {"name": "Too early", "scheme": "basic"}), 403)
step("an operator verifies it", send("POST", "/v1/accounts/globex/verify", OPERATOR), 200, standing="verified")

one = step("create a Basic key", send("POST", "/v1/keys", USER, {"name": "Billing", "scheme": "basic"}), 201, scheme="basic")
two = step("create an HMAC key", send("POST", "/v1/keys", USER, {"name": "Messages", "scheme": "hmac"}), 201, scheme="hmac")
listed = step("list the keys", send("GET", "/v1/keys", USER), 200)
if {key["id"] for key in listed["keys"]} != {one["id"], two["id"]}:
    sys.exit(f"the list is {listed}")
step("rename one", send("PATCH", f"/v1/keys/{one['id']}", USER, {"name": "Invoices"}), 200, name="Invoices")

step("verify is for services", ask(facts(basic(one)), USER), 401)
step("verify the Basic key", ask(facts(basic(one))), 200, outcome="valid", key=one["id"])
step("verify the HMAC key", ask(signed(two)), 200, outcome="valid", key=two["id"])
step("an API behind verify knows the caller", send("GET", "/v1/messages", basic(one)), 200, account="globex", key=one["id"])

step("revoke the Basic key", send("POST", f"/v1/keys/{one['id']}/revoke", USER), 200, status="revoked")
step("verify refuses it at once", ask(facts(basic(one))), 200, outcome="revoked")
step("and so does the API behind verify", send("GET", "/v1/messages", basic(one)), 403)
step("the other key verifies", ask(signed(two)), 200, outcome="valid")
step("revoke the HMAC key", send("POST", "/v1/keys/revoke", USER, {"ids": [two["id"]]}), 200)
step("verify refuses it at once", ask(signed(two)), 200, outcome="revoked")

past = step("what happened to the key", send("GET", f"/v1/keys/{one['id']}/history", USER), 200)
happened = [event["type"] for event in past["events"]]
if happened != ["created", "renamed", "revoked"]:
    sys.exit(f"its history is {happened}")
