"""Hubkeys next to what a user would pick instead: throughput, latency, memory, and how long a revoked key is still valid; all in
one run, every round in another order. `script/bench` starts it.
"""

import argparse
import json
import os
import platform
import random
import signal
import statistics
import sys
import tempfile
import time

import denial
import load
import table
from sides import CONNECTIONS, BetterAuth, BetterAuthHot, BetterAuthTwice, Failed, Hello, knows_leases
from sides import Hubkeys, HubkeysHot, HubkeysLeased, Nginx, RestFramework

LIST_CALLS = 100
FEW, MANY, MOST = 1_000, 100_000, 1_000_000


def parsed():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few and short rounds, no million keys: not for the record")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int, help="of each round")
    parser.add_argument("--trials", type=int, help="revocations of each side")
    parser.add_argument("--only", help="sides whose name contains this, and no other")
    parser.add_argument("--json", help="the file to write all figures into")
    parser.add_argument("--plots", help="the folder to draw into")
    for tool in ("hubkeys", "seeder", "node", "modules", "drf"):
        parser.add_argument(f"--{tool}", required=True)
    given = parser.parse_args()
    usual = (2, 2, 5) if given.quick else (7, 6, 50)
    given.rounds, given.seconds, given.trials = (
        asked or least for asked, least in zip((given.rounds, given.seconds, given.trials), usual)
    )
    return given


def progress(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def sides(given, folder):
    leases = knows_leases(given.hubkeys)
    all_ = []

    def add(side, *twins):
        all_.append(side)
        for twin in twins:
            twin.twin = side
            all_.append(twin)

    for keys in (FEW, MANY) if given.quick else (FEW, MANY, MOST):
        ours, theirs = (folder, keys, given.hubkeys, given.seeder), (folder, keys, given.node, given.modules)
        leased = [HubkeysLeased(*ours)] if leases and keys != MOST else []
        hot = [HubkeysHot(*ours)] if leases and keys == FEW else []
        add(Hubkeys(*ours), *leased, *hot)
        if keys != MOST:
            add(BetterAuth(*theirs), BetterAuthTwice(*theirs), *([BetterAuthHot(*theirs)] if hot else []))
            add(RestFramework(folder, keys, given.drf))
            add(Nginx(folder, keys))
    add(Hello(folder, FEW))
    chosen = [side for side in all_ if not given.only or given.only in side.name]
    for side in chosen:
        side.twin = side.twin if side.twin in chosen else None
    return chosen


def rounds(given, all_, measured):
    """Each side in each round, in an order that changes: whatever else the machine does falls on all of them. Each is started anew for
    each: one start of a server is up to a quarter faster than another for as long as it runs, and that is nothing of the product's.
    """
    order = random.Random(1)
    began = time.monotonic()
    for number in range(1, given.rounds + 1):
        turn = list(all_)
        order.shuffle(turn)
        for side in turn:
            measured[side.title]["rounds"].append(one_round(given, side))
        left = (time.monotonic() - began) / number * (given.rounds - number)
        progress(f"round {number} of {given.rounds}, load {os.getloadavg()[0]:.1f}; {left:.0f} s left of them")


def one_round(given, side):
    with side.running():
        load.warm_up(side)
        wrk = load.start(side, given.seconds, CONNECTIONS)
        try:
            time.sleep(given.seconds * 0.7)
            memory = side.memory()
            result = load.finish(side, wrk)
        finally:
            if wrk.poll() is None:
                wrk.kill()
        alone = load.run(side, max(1, given.seconds // 3), 1)
        result |= {"memory": memory, "alone_p50_us": alone["p50_us"], "alone_p99_us": alone["p99_us"]}
        if type(side) is Hubkeys:
            result["list_ms"] = lists(side)
    return result


def lists(side):
    """The first page of an account with many keys: a quarter of all are its own."""
    user, times = side.user(), []
    for _ in range(LIST_CALLS):
        began = time.monotonic()
        page = side.call("GET", "/v1/keys", user)
        times.append(1000 * (time.monotonic() - began))
        if len(page["keys"]) < 50:
            raise Failed(f"{side.title}: a first page of {len(page['keys'])} keys")
    return statistics.median(times)


def processor():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return models[0] if models else platform.machine()


def main():
    given = parsed()
    # What was started is stopped however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench: stopped"))
    machine = f"{processor()}, {os.cpu_count()} cores"
    began, loads = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="hubkeys-bench-") as folder:
        os.chmod(folder, 0o755)
        all_ = sides(given, folder)
        measured = {}
        for side in all_:
            start = time.monotonic()
            side.prepare()
            progress(f"{side.title}: made in {time.monotonic() - start:.1f} s")
            measured[side.title] = {"name": side.name, "keys": side.keys, "rounds": []}
        rounds(given, all_, measured)
        for side in all_:
            if side.create and side.keys == FEW:
                with side.running():
                    load.warm_up(side)
                    measured[side.title]["denial"] = denial.measure(side, given.trials, progress_of(given.trials))
    loads.append(os.getloadavg()[0])
    report = {
        "at": began, "machine": machine, "load_before_after": loads, "quick": given.quick, "connections": CONNECTIONS,
        "rounds": given.rounds, "seconds": given.seconds, "sides": measured,
    }  # fmt: skip
    if given.json:
        with open(given.json, "w") as file:
            json.dump(report, file, indent=1)
    print(table.text(report))
    if given.plots:
        import plots

        plots.draw(report, given.plots)
        progress(f"plots are in {given.plots}")
    if outrun := table.outrun(report):
        raise Failed(f"{outrun} answers said that a key of ours is valid after its revocation had returned success")


def progress_of(trials):
    def say(text):
        # A line for every tenth is enough.
        number = int(text.rsplit(" ", 3)[1])
        if number == trials or number % max(1, trials // 5) == 0:
            progress(text)

    return say


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"bench: {failed}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
