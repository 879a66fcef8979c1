"""What was measured, as a table for people and as JSON."""

import json
import platform


def number(value):
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def shown(row, name):
    value = row.values.get(name)
    return "" if value is None else f"{number(value)} {row.unit}"


def cells(row):
    """What, Amity, moto, ministack, ratio, target, verdict. A row that compares variants shows them all at once."""
    amity = shown(row, "Amity") or " / ".join(number(value) for value in row.values.values()) + f" {row.unit}"
    ratio = f"{number(row.ratio)}" if row.ratio else ""
    verdict = {True: "yes", False: "NO", None: ""}[row.reached]
    third = shown(row, "ministack") or shown(row, "ceiling")
    return [row.what, amity, shown(row, "moto"), third, ratio, row.target, verdict]


HEADINGS = ["what", "Amity", "moto", "ministack or ceiling", "ratio", "must reach", "reached"]


def table(rows):
    lines = [HEADINGS] + [cells(row) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    numeric = {1, 2, 3, 4}

    def text(line):
        parts = [
            cell.rjust(width) if column in numeric else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths))
        ]
        return "  ".join(parts).rstrip()

    return "\n".join([text(lines[0]), "  ".join("-" * width for width in widths)] + [text(line) for line in lines[1:]])


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        names = [line.split(":", 1)[1].strip() for line in cpuinfo if line.startswith("model name")]
    return f"{len(names)} × {names[0]}" if names else platform.processor()


def as_json(rows, settings):
    return json.dumps(
        {
            "machine": {"processor": processor(), "system": platform.platform()},
            "settings": {"rounds": settings.rounds, "seconds": settings.seconds},
            "rows": [vars(row) for row in rows],
        },
        indent=2,
        ensure_ascii=False,
    )
