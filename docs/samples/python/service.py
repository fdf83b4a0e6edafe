"""A service that lets in only whom verify knows.

Takes HUBKEYS_URL and HUBKEYS_SERVICE_TOKEN from the environment, and PORT (a free one if it is not set).
Needs nothing but Python 3.9 or newer. To be put behind a server that speaks TLS.
"""

import base64
import json
import os
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAX_BODY = 256 * 1024


# region verify
def verify(method, target, headers, body):
    """What verify decides about a request. An error means that nothing was decided: answer 503, never let it pass."""
    facts = {"method": method, "target": target, "headers": headers, "url_scheme": "http"}
    if body:
        facts["body_base64"] = base64.b64encode(body).decode()
    question = urllib.request.Request(
        os.environ["HUBKEYS_URL"] + "/v1/verify",
        data=json.dumps(facts).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['HUBKEYS_SERVICE_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(question, timeout=2) as answer:
        return json.load(answer)
# endregion


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def protected(self):
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            return self.answer(411, {"message": "Say how long the body is"})
        if int(length) > MAX_BODY:
            return self.answer(413, {"message": "The body is too large"})
        body = self.rfile.read(int(length))
        # From the request line, for `self.path` is not always what was sent, and a signature is over what was sent.
        target = self.requestline.split()[1]
        try:
            decision = verify(self.command, target, self.headers.items(), body)
        except (OSError, ValueError) as error:
            self.log_error("nobody can tell: %s", error)
            return self.answer(503, {"message": "Try again in a moment"})
        if decision["outcome"] == "valid" and decision["allowed"]:
            return self.answer(200, {"account": decision["account"], "scheme": decision["scheme"]})
        # The reason is for this log. The client reads one text for all reasons.
        self.log_error("refused: %s", decision["outcome"])
        return self.answer(decision["status"], {"message": "Not accepted"})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = protected

    def answer(self, status, document):
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="api"')
        if status in (411, 413):
            # The body was not read, so the next request on this connection can't be found.
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Service)
print(f"Listening on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
