"""How long a new instance of a function takes: from the start of its process until it asks for its first event, and until it has
answered it. One process that is the Runtime API, DynamoDB and Secrets Manager at once; the functions take turns.

What of a start is not network is told in two ways: the time in which no call was under way, and the processor's time. The first has the
machine's other work in it; the second has that of the calls in it (building, signing and sending them, and reading the answers).

    script/cold-start [ROUNDS]
"""

import asyncio
import base64
import json
import os
import statistics
import subprocess
import sys
import time

VERIFY, HELLO, NODE, PYTHON, MODULES = sys.argv[1:6]
ROUNDS = int(sys.argv[6]) if len(sys.argv) > 6 else 20
HERE = os.path.dirname(os.path.abspath(__file__))

# Of a key that is not there: verify checks it as one that is.
FACTS = {
    "method": "GET",
    "target": "/v1/messages",
    "headers": [
        ["Host", "api.example.com"],
        ["Date", "Mon, 23 Nov 2026 08:32:00 GMT"],
        [
            "Authorization",
            'hmac username="hk_01jd3v9m2x8c5q7w4n6t0r1z2y", algorithm="hmac-sha256", headers="Date request-line", '
            'signature="guXVhsRH6prISiWKBOPeELO8AZDT6WoU/YlBDUMh5uw="',
        ],
    ],
    "body_base64": None,
    "source_address": "192.0.2.7",
}
HTTP_EVENT = {
    "version": "2.0",
    "routeKey": "GET /",
    "rawPath": "/",
    "rawQueryString": "",
    "headers": {},
    "requestContext": {"http": {"method": "GET", "path": "/"}, "requestId": "r-1"},
    "isBase64Encoded": False,
}
KEYRING = json.dumps({"current": "1", "1": base64.b64encode(bytes([7] * 32)).decode()})


class Services:
    """What a function speaks to, and when it did."""

    def __init__(self):
        self.begin(None)

    def begin(self, event):
        self.event, self.ready, self.answered, self.answer = event, None, asyncio.Event(), None
        self.process, self.processor = None, 0
        # When each call came, and when its answer was gone.
        self.calls = []

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                came = time.perf_counter()
                first, *lines = head.decode("latin-1").split("\r\n")
                method, path, _ = first.split(" ", 2)
                headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines if line)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if headers.get("transfer-encoding") == "chunked":
                    while size := int(await reader.readline(), 16):
                        body += (await reader.readexactly(size + 2))[:-2]
                    await reader.readline()
                answer, more = await self.respond(method, path, headers, body)
                writer.write(f"HTTP/1.1 200 OK\r\n{more}content-length: {len(answer)}\r\n\r\n".encode() + answer)
                await writer.drain()
                if "/runtime/" not in path:
                    self.calls.append((came, time.perf_counter()))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def respond(self, method, path, headers, body):
        if path.endswith("/invocation/next"):
            if self.ready is not None:
                # There is one event. Whoever waits for another is killed.
                raise ConnectionError
            self.ready = time.perf_counter()
            self.processor = processor_time(self.process)
            deadline = int(time.time() * 1000) + 10_000
            return json.dumps(self.event).encode(), (
                "content-type: application/json\r\nlambda-runtime-aws-request-id: r-1\r\n"
                f"lambda-runtime-deadline-ms: {deadline}\r\nlambda-runtime-invoked-function-arn: arn\r\n"
            )
        if path.endswith("/response") or path.endswith("/error"):
            self.answer = (time.perf_counter(), body)
            self.answered.set()
            return b"{}", ""
        if headers.get("x-amz-target", "").startswith("secretsmanager."):
            found = {"Name": "keyring", "VersionId": "1" * 36, "SecretString": KEYRING}
            return json.dumps(found).encode(), "content-type: application/x-amz-json-1.1\r\n"
        return b"{}", "content-type: application/x-amz-json-1.0\r\nx-amz-crc32: 2745614147\r\n"


def processor_time(process):
    """Of all threads of a process, in ms."""
    try:
        tasks = [f"/proc/{process}/task/{task}/schedstat" for task in os.listdir(f"/proc/{process}/task")]
        return sum(int(open(task, encoding="ascii").read().split()[0]) for task in tasks) / 1e6
    except OSError:
        return float("nan")


def together(calls, end):
    """How long at least one of these calls was under way before this instant, in seconds."""
    total, last = 0.0, 0.0
    for came, gone in sorted((came, min(gone, end)) for came, gone in calls if came < end):
        total += max(0.0, gone - max(came, last))
        last = max(last, gone)
    return total


async def once(services, port, command, event):
    services.begin(event)
    url = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_LOG_GROUP_NAME": "l",
        "AWS_LAMBDA_LOG_STREAM_NAME": "s",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_SESSION_TOKEN": "none",
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
        "EVENTS_TABLE": "events",
        "VIEWS_TABLE": "views",
        "KEYRING_SECRET": "keyring",
        "MODULES": MODULES,
    }
    start = time.perf_counter()
    # Known before anything is served: a function may be ready sooner than asyncio's own start of a process returns.
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    services.process = process.pid
    answered, ended = asyncio.create_task(services.answered.wait()), asyncio.create_task(asyncio.to_thread(process.wait))
    await asyncio.wait([answered, ended], return_when=asyncio.FIRST_COMPLETED)
    if services.answer is None:
        sys.exit(f"{command[-1]} ended before it answered")
    process.kill()
    await ended
    at, answer = services.answer
    ready = services.ready - start
    own = ready - together(services.calls, services.ready)
    return (ready * 1000, (at - start) * 1000, own * 1000, services.processor), len(services.calls), answer


async def main():
    services = Services()
    server = await asyncio.start_server(services.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    functions = {
        "hello (Rust)": ([HELLO], HTTP_EVENT),
        "verify (Rust)": ([VERIFY], FACTS),
        "check (Node)": ([NODE, f"{HERE}/check.mjs"], FACTS),
        "check (Python)": ([PYTHON, f"{HERE}/check.py"], FACTS),
    }
    measured = {name: [] for name in functions}
    # The first round fills the page cache.
    for turn in range(ROUNDS + 1):
        for name, (command, event) in functions.items():
            times, calls, answer = await once(services, port, command, event)
            if turn:
                measured[name].append(times)
            else:
                print(f"{name}: {calls} calls, answers {answer.decode()[:100]}", file=sys.stderr)
    columns = ("first /next", "first answer", "/next, no calls", "/next, processor")
    print(f"ms, medians (worst) of {ROUNDS} starts each, in turn")
    print(f"{'':16}" + "".join(f"{column:>20}" for column in columns))
    middle = {}
    for name, starts in measured.items():
        each = list(zip(*starts))
        middle[name] = [statistics.median(times) for times in each]
        shown = (f"{median:.1f} ({max(times):.1f})" for median, times in zip(middle[name], each))
        print(f"{name:16}" + "".join(f"{column:>20}" for column in shown))
    verify, hello = middle["verify (Rust)"], middle["hello (Rust)"]
    for at, says in ((0, "with its calls"), (2, "without the time of its calls"), (3, "in processor time")):
        print(f"verify's start is {verify[at] / hello[at]:.2f} x that of hello {says}")
    for other in ("check (Node)", "check (Python)"):
        print(f"{other} takes {middle[other][1] / verify[1]:.1f} x as long to its first answer as verify")


asyncio.run(main())
