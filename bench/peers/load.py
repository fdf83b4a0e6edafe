"""The load: wrk, with every answer checked."""

import json
import os
import subprocess

from sides import CONNECTIONS, HERE, HOST, Failed

# Seconds of load after a start that are not counted.
WARM_UP = 3


def command(side, seconds, connections, rate=None):
    if side.threads < connections and len(set(side.mix)) > 1:
        raise Failed(f"{side.title}: an answer might belong to a request of another kind")
    if side.threads < connections and rate:
        raise Failed(f"{side.title}: a thread keeps the time of one connection")
    return [
        "wrk", "--threads", str(min(side.threads, connections)), "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "10s",
        "--script", os.path.join(HERE, "load.lua"), f"http://{HOST}:{side.port}", "--", side.requests,
    ] + ([f"{1000 * connections / rate:.4f}"] if rate else [])  # fmt: skip


def start(side, seconds, connections, rate=None):
    return subprocess.Popen(
        command(side, seconds, connections, rate), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(side, wrk):
    """What was measured. A wrong answer, or a request without one, ends the run."""
    out, err = wrk.communicate()
    lines = [line for line in out.splitlines() if line.startswith("{")]
    if wrk.returncode or len(lines) != 1:
        raise Failed(f"wrk against {side.title}: {err or out}")
    result = json.loads(lines[0])
    if result["wrong"] or result["failed"]:
        raise Failed(f"{side.title}: {result['wrong']} wrong answers, {result['failed']} failed: {result['example']}")
    answers = sum(result["right"].values())
    if not answers or min(result["right"].values()) == 0 or abs(answers - result["requests"]) > 2 * 64:
        raise Failed(f"{side.title}: {answers} checked answers of {result['requests']} requests: {result['right']}")
    return result


def warm_up(side):
    """Twice, for the first may have connections to that process alone which was ready first."""
    for seconds in (1, WARM_UP):
        run(side, seconds, CONNECTIONS)


def run(side, seconds, connections):
    wrk = start(side, seconds, connections)
    try:
        return finish(side, wrk)
    finally:
        if wrk.poll() is None:
            wrk.kill()
