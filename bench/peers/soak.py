"""Steady load on Hubkeys at 70 % of what it was just measured to take, minute by minute: memory, errors, p99. `script/soak` starts it."""

import argparse
import os
import signal
import statistics
import sys
import tempfile
import time

import load
from sides import CONNECTIONS, Failed, Hubkeys

KEYS = 100_000
SHARE = 0.7
# Until then caches fill, and nothing is judged.
SETTLED = 5


def capacity(side):
    print(f"soak: measuring how much it takes, with {KEYS:,} keys", file=sys.stderr, flush=True)
    load.run(side, 3, CONNECTIONS)
    return statistics.median(load.run(side, 10, CONNECTIONS)["per_second"] for _ in range(3))


def minute(side, rate):
    """What a minute of load came to. Wrong answers, and requests without one, end the run."""
    wrk, memory = load.start(side, 60, CONNECTIONS, rate), []
    try:
        while wrk.poll() is None:
            memory.append(side.memory())
            time.sleep(2)
        return load.finish(side, wrk) | {"memory": statistics.median(memory) / 1e6}
    finally:
        if wrk.poll() is None:
            wrk.kill()


def run(side, minutes):
    takes = capacity(side)
    rate = SHARE * takes
    print(f"it takes {takes:,.0f} answers/s; steady load of {rate:,.0f}/s ({SHARE:.0%}), {CONNECTIONS} connections, {minutes} minutes")
    print(f"{'minute':>6}{'answers/s':>11}{'errors':>8}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'MB':>9}{'load':>7}", flush=True)
    rows = []
    for number in range(1, minutes + 1):
        row = minute(side, rate)
        rows.append(row)
        print(
            f"{number:>6}{row['per_second']:>11,.0f}{0:>8}{row['p50_us'] / 1000:>9.2f}{row['p99_us'] / 1000:>9.2f}"
            f"{row['max_us'] / 1000:>9.1f}{row['memory']:>9.2f}{os.getloadavg()[0]:>7.1f}",
            flush=True,
        )
    return judged(rows, rate)


def judged(rows, rate):
    kept = statistics.mean(row["per_second"] for row in rows) / rate
    verdicts = [("errors", True, "0"), ("load", kept >= 0.98, f"{kept:.1%} of what it was to be")]
    later = rows[SETTLED:]
    if later:
        memory = [row["memory"] for row in later]
        middle = statistics.median(memory)
        worst = max(abs(one / middle - 1) for one in memory)
        said = f"{middle:.1f} MB, at most {worst:.1%} from it; 5 % allowed"
        verdicts.append((f"memory after {SETTLED} minutes", worst <= 0.05, said))
    if len(later) >= 4:
        half = len(later) // 2
        first, last = (statistics.median(row["p99_us"] / 1000 for row in part) for part in (later[:half], later[-half:]))
        said = f"{first:.2f} ms in the first half, {last:.2f} in the second; 1.25 x allowed"
        verdicts.append((f"p99 after {SETTLED} minutes", last <= 1.25 * first, said))
    else:
        print(f"p99 is judged from {SETTLED + 4} minutes on, memory from {SETTLED + 1}")
    for what, good, said in verdicts:
        print(f"{what}: {said}: {'met' if good else 'MISSED'}")
    return all(good for _, good, _ in verdicts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, required=True)
    for tool in ("hubkeys", "seeder", "node", "modules", "drf"):
        parser.add_argument(f"--{tool}", required=True)
    given = parser.parse_args()
    # What was started is stopped however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: stopped"))
    with tempfile.TemporaryDirectory(prefix="hubkeys-soak-") as folder:
        side = Hubkeys(folder, KEYS, given.hubkeys, given.seeder)
        side.prepare()
        with side.running():
            return run(side, given.minutes)


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except Failed as failed:
        sys.exit(f"soak: {failed}")
    except KeyboardInterrupt:
        sys.exit("soak: interrupted")
