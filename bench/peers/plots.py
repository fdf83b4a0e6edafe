"""The figures as SVG, for docs/bench."""

import os

import matplotlib

matplotlib.use("svg")
# Text stays text, and the same figures give the same file.
matplotlib.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "hubkeys", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}

import matplotlib.pyplot as plt  # noqa: E402

from table import summed  # noqa: E402

OURS, THEIRS, FLOOR = "#1f6feb", "#8b949e", "#d0d7de"


def colour(name):
    return OURS if name.startswith("Hubkeys") else FLOOR if name.startswith("nginx") else THEIRS


def draw(report, folder):
    os.makedirs(folder, exist_ok=True)
    sides = {title: summed(side) for title, side in report["sides"].items()}
    caption = f"{report['at']}, {report['machine']}, {report['connections']} connections"
    bars(folder, "throughput", "checked answers per second", caption, sides, lambda side: side["per_second"], log=True)
    bars(folder, "memory", "MB under load", caption, sides, lambda side: side["memory"] / 1e6)
    latency(folder, caption, sides)
    growth(folder, caption, sides)
    denied = {title: side for title, side in sides.items() if "denial" in side}
    bars(
        folder, "revocation", "ms from a revocation's success to the last valid answer, of a question asked before", caption, denied,
        lambda side: side["denial"]["last_valid_ms"],
    )  # fmt: skip


def save(figure, folder, name, caption):
    figure.text(0.01, 0.01, caption, fontsize=7, color="#57606a")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    figure.savefig(os.path.join(folder, f"{name}.svg"), metadata={"Date": None})
    plt.close(figure)


def bars(folder, name, what, caption, sides, value, log=False):
    figure, axes = plt.subplots(figsize=(8, 0.6 + 0.32 * len(sides)))
    titles = list(sides)[::-1]
    values = [value(sides[title]) for title in titles]
    drawn = axes.barh(titles, values, color=[colour(title) for title in titles])
    axes.bar_label(drawn, [f"{one:,.0f}" if one >= 10 else f"{one:.1f}" for one in values], padding=3)
    if log:
        axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_xlabel(what)
    save(figure, folder, name, caption)


def latency(folder, caption, sides):
    figure, axes = plt.subplots(figsize=(8, 0.6 + 0.32 * len(sides)))
    for at, title in enumerate(list(sides)[::-1]):
        p50, p99 = sides[title]["p50_us"] / 1000, sides[title]["p99_us"] / 1000
        axes.plot([p50, p99], [at, at], "o-", color=colour(title))
        axes.annotate(f"{p50:.2g} … {p99:.3g}", (p99, at), (6, -3), textcoords="offset points")
    axes.set_yticks(range(len(sides)), list(sides)[::-1])
    axes.set_xscale("log")
    axes.margins(x=0.2)
    axes.set_xlabel("ms under full load: p50 … p99")
    save(figure, folder, "latency", caption)


def growth(folder, caption, sides):
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4))
    names = dict.fromkeys(side["name"] for side in sides.values())
    for name in names:
        points = sorted((side["keys"], side["per_second"], side["alone_p50_us"] / 1000) for side in sides.values() if side["name"] == name)
        if len(points) < 2:
            continue
        keys, throughput, alone = zip(*points)
        left.plot(keys, throughput, "o-", label=name)
        right.plot(keys, alone, "o-", label=name)
    for axes, what in ((left, "checked answers per second"), (right, "p50 of one connection, ms")):
        axes.set(xscale="log", yscale="log", xlabel="keys", ylabel=what)
    # Beside the lines, which go everywhere.
    right.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    save(figure, folder, "growth", caption)
