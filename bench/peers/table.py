"""The figures as text, with what is aimed at and whether it was met."""

from statistics import median

HUBKEYS, HOT, PEERS_HOT = "Hubkeys, strict", "Hubkeys, lease 1 s, hot keys", "better-auth, 2 processes, hot keys"
PEERS = ("better-auth", "DRF API Key")


def of(report, name, keys):
    """The figures of a side, medians of its rounds. Of several ways to run it, that with the highest throughput."""
    found = [
        side for side in report["sides"].values()
        if side["keys"] == keys
        and (side["name"] == name or name in PEERS and side["name"].startswith(f"{name}, ") and "hot" not in side["name"])
    ]  # fmt: skip
    return max(map(summed, found), key=lambda side: side["per_second"], default=None)


def exactly(report, name, keys):
    found = [side for side in report["sides"].values() if side["keys"] == keys and side["name"] == name]
    return summed(found[0]) if found else None


def summed(side):
    rounds = side["rounds"]
    figures = {name: median(one[name] for one in rounds) for name in rounds[0] if isinstance(rounds[0][name], (int, float))}
    slowest, fastest = min(one["per_second"] for one in rounds), max(one["per_second"] for one in rounds)
    return side | figures | {"slowest": slowest, "fastest": fastest}


def text(report):
    lines = [
        f"{report['at']}, {report['machine']}; load average {report['load_before_after'][0]:.1f} before, "
        f"{report['load_before_after'][1]:.1f} after" + ("; QUICK: not for the record" if report["quick"] else ""),
        f"medians of {report['rounds']} interleaved rounds of {report['seconds']} s, {report['connections']} connections; 50 % valid, "
        "25 % revoked, 25 % unknown; every answer was right",
        "",
        f"{'':38}{'answers/s':>10} {'(worst, best)':>16}{'p50 ms':>9}{'p99 ms':>9}{'p50 alone':>11}{'MB':>7}",
    ]
    for title, side in report["sides"].items():
        figures = summed(side)
        spread = f"({figures['slowest']:,.0f}, {figures['fastest']:,.0f})"
        lines.append(
            f"{title:38}{figures['per_second']:>10,.0f} {spread:>16}{figures['p50_us'] / 1000:>9.2f}"
            f"{figures['p99_us'] / 1000:>9.2f}{figures['alone_p50_us'] / 1000:>11.3f}{figures['memory'] / 1e6:>7.0f}"
        )
    lines += ["", "revocation under load: valid answers to questions asked after it had returned success"]
    for title, side in report["sides"].items():
        if denied := side.get("denial"):
            lines.append(
                f"{title:38}{denied['valid_asked_after']:>6} of {denied['asked_after']:,} in {denied['trials']} revocations; the last valid "
                f"answer came {denied['last_valid_ms']:.1f} ms after; a revocation took {denied['revoke_ms']:.0f} ms"
            )
    lines += ["", "the first page of the list, of an account with a quarter of all keys"]
    for title, side in report["sides"].items():
        if "list_ms" in (figures := summed(side)):
            lines.append(f"{title:38}{figures['list_ms']:>6.2f} ms, median")
    return "\n".join(lines + ["", "aims"] + list(aims(report)))


def aims(report):
    for keys in (1_000, 100_000):
        ours = of(report, HUBKEYS, keys)
        for peer, least in (("better-auth", 5), ("DRF API Key", 4)):
            theirs = of(report, peer, keys)
            if ours and theirs:
                yield judged(f"strict throughput next to {theirs['name']}, {keys:,} keys", ours, theirs, least)
                # The aim is held against the faster. What most people run is one process.
                one = exactly(report, peer, keys)
                if one and one["name"] != theirs["name"]:
                    yield f"    next to one process: {ours['per_second'] / one['per_second']:.1f} x"
    hot, theirs = of(report, HOT, 1_000), of(report, PEERS_HOT, 1_000)
    if hot and theirs:
        yield judged(f"hot keys and a lease of 1 s next to {theirs['name']}", hot, theirs, 25)
        # They are faster with the mix, for they write what is valid.
        yield judged("the same next to better-auth with the mix", hot, of(report, "better-auth", 1_000), 25)
    few, most = of(report, HUBKEYS, 1_000), of(report, HUBKEYS, 1_000_000)
    if few and most:
        for what, figure in (("p50 of one connection", "alone_p50_us"), ("p50 of 16", "p50_us"), ("first page of the list", "list_ms")):
            ratio = most[figure] / few[figure]
            yield f"  {what}, a million keys next to a thousand: {ratio:.2f} x, at most 1.15: {met(ratio <= 1.15)}"
    if any("denial" in side for side in ours_of(report)):
        yield f"  valid after a revocation: {outrun(report)}, at most 0: {met(outrun(report) == 0)}"


def ours_of(report):
    return [side for side in report["sides"].values() if side["name"].startswith("Hubkeys")]


def outrun(report):
    """Answers of ours that a revocation came too late for."""
    return sum(side["denial"]["valid_asked_after"] for side in ours_of(report) if "denial" in side)


def judged(what, ours, theirs, least):
    ratio = ours["per_second"] / theirs["per_second"]
    return f"  {what}: {ratio:.1f} x, at least {least}: {met(ratio >= least)}"


def met(yes):
    return "met" if yes else "MISSED"
