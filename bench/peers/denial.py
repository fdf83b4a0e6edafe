"""How long a key is still valid once its revocation has returned success, under load."""

import socket
import threading
import time

import load
from sides import HOST, Failed

ASKERS = 4
CONNECTIONS = 8


class Asker:
    """Asks about one key again and again over one connection, and remembers when it asked, when it was answered, and whether the
    key was valid."""

    def __init__(self, side, credential):
        self.request = side.request(credential).encode()
        self.status, text = side.expected["valid"]
        self.text = text.encode()
        self.answers = []
        self.stopped = threading.Event()
        self.broken = None
        self.thread = threading.Thread(target=self.run, args=(side.port,))

    def run(self, port):
        try:
            with socket.create_connection((HOST, port), 10) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while not self.stopped.is_set():
                    asked = time.monotonic()
                    connection.sendall(self.request)
                    status, body = answer(connection)
                    self.answers.append((asked, time.monotonic(), status == self.status and self.text in body))
        except (OSError, ValueError) as error:
            self.broken = error


def answer(connection):
    """Status and body of one answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += received(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    fields = dict(line.split(b": ", 1) for line in lines[1:])
    if fields.get(b"transfer-encoding") == b"chunked":
        while not body.endswith(b"0\r\n\r\n"):
            body += received(connection)
    else:
        while len(body) < int(fields[b"content-length"]):
            body += received(connection)
    return int(lines[0].split()[1]), body


def received(connection):
    if not (more := connection.recv(65536)):
        raise ValueError("the connection was closed")
    return more


def trial(side):
    """Revokes a key that is in use, and watches it on."""
    key, credential = side.create()
    askers = [Asker(side, credential) for _ in range(ASKERS)]
    for asker in askers:
        asker.thread.start()
    try:
        until = time.monotonic() + 30
        while any(len(asker.answers) < 3 for asker in askers) and time.monotonic() < until:
            if any(asker.broken for asker in askers):
                break
            time.sleep(0.002)
        began = time.monotonic()
        side.revoke(key)
        success = time.monotonic()
        time.sleep(side.watched)
    finally:
        for asker in askers:
            asker.stopped.set()
        for asker in askers:
            asker.thread.join()
    for asker in askers:
        if asker.broken:
            raise Failed(f"{side.title}: {asker.broken}")
    answers = [answer for asker in askers for answer in asker.answers]
    before = [valid for asked, answered, valid in answers if answered < began]
    if not before or not all(before):
        raise Failed(f"{side.title}: a live key was refused, or never asked about")
    if not any(asked > success for asked, _, _ in answers):
        raise Failed(f"{side.title}: nobody asked after the revocation")
    return {
        "took_ms": 1000 * (success - began),
        # Asked after success was returned: 0, or the revocation was outrun.
        "asked_after": sum(asked > success for asked, _, _ in answers),
        "valid_asked_after": sum(valid and asked > success for asked, _, valid in answers),
        # Answers to questions asked before may come in after.
        "last_valid_ms": 1000 * max(0.0, *(answered - success for _, answered, valid in answers if valid)),
    }


def measure(side, trials, progress):
    seconds = round(5 + 4 * side.watched)
    wrk, ends, results = None, 0.0, []
    try:
        for number in range(trials):
            # Load all the time, checked as ever.
            if wrk is None or time.monotonic() > ends - side.watched - 0.7:
                if wrk:
                    load.finish(side, wrk)
                wrk, ends = load.start(side, seconds, CONNECTIONS), time.monotonic() + seconds
                time.sleep(0.3)
            results.append(trial(side))
            progress(f"{side.title}: revocation {number + 1} of {trials}")
        load.finish(side, wrk)
        wrk = None
    finally:
        if wrk and wrk.poll() is None:
            wrk.kill()
            wrk.wait()
    return {
        "trials": trials,
        "asked_after": sum(result["asked_after"] for result in results),
        "valid_asked_after": sum(result["valid_asked_after"] for result in results),
        "last_valid_ms": max(result["last_valid_ms"] for result in results),
        "revoke_ms": sorted(result["took_ms"] for result in results)[trials // 2],
    }
