"""The rows as a picture: how many times better than the peers, and how much of each limit is used."""

import math
from html import escape

from report import number

WIDTH = 960
LABELS = 420  # where the bars begin
BARS = 420  # how long the longest may be
ROW = 30
PEERS = ("moto", "ministack")
COLORS = {"moto": "#2f6f9f", "ministack": "#8fb8d6", "good": "#3a8a5f", "bad": "#c2513d"}


def text(x, y, words, anchor="start", size=13, color="#222", weight="normal"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{color}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def bar(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" rx="2" fill="{color}"/>'


def line(x, top, bottom, color, dashes=""):
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" stroke="{color}"{dashed}/>'


def advantage(row, peer):
    """How many times better Amity is than the peer; less is better where a row counts milliseconds or megabytes."""
    ours, theirs = row.values["Amity"], row.values[peer]
    return theirs / ours if row.unit in ("ms", "MB") else ours / theirs


def ratios(rows, top):
    """Bars on a logarithmic scale, a mark where each has to reach."""
    compared = [row for row in rows if "Amity" in row.values and any(peer in row.values for peer in PEERS)]
    if not compared:
        return [], top
    measured = [advantage(row, peer) for row in compared for peer in PEERS if peer in row.values]
    first = min(0, math.floor(math.log10(min(measured))))
    last = max(2, math.ceil(math.log10(max(measured))))

    def at(ratio):
        return LABELS + BARS * (math.log10(ratio) - first) / (last - first)

    parts = [text(20, top, "How many times better than the peers", size=16, weight="bold")]
    parts += [
        bar(LABELS, top - 11, 12, 12, COLORS["moto"]),
        text(LABELS + 18, top, "moto"),
        bar(LABELS + 75, top - 11, 12, 12, COLORS["ministack"]),
        text(LABELS + 93, top, "ministack"),
        line(LABELS + 180, top - 12, top + 2, COLORS["bad"]),
        text(LABELS + 188, top, "must be reached, of moto"),
    ]
    top += 22
    bottom = top + 8 + ROW * len(compared)
    for decade in range(first, last + 1):
        parts.append(line(at(10**decade), top, bottom, "#ddd"))
        parts.append(text(at(10**decade), bottom + 16, f"{10**decade:,g} ×", "middle", 11, "#666"))
    for place_of_row, row in enumerate(compared):
        y = top + 8 + ROW * place_of_row
        parts.append(text(LABELS - 10, y + 15, row.what, "end"))
        for place, peer in enumerate(peer for peer in PEERS if peer in row.values):
            ratio = advantage(row, peer)
            left, right = sorted((at(1), at(ratio)))
            parts.append(bar(left, y + 11 * place, right - left, 10, COLORS[peer]))
            parts.append(text(right + 5, y + 9 + 11 * place, number(ratio), size=10, color="#444"))
        if row.factor:
            parts.append(line(at(row.factor), y - 3, y + 24, COLORS["bad"]))
    return parts, bottom + 55


def limits(rows, top):
    """Bars up to the limit, which is at four fifths of the room."""
    bounded = [row for row in rows if row.limit and "Amity" in row.values]
    if not bounded:
        return [], top
    unit = BARS * 0.8
    parts = [text(20, top, "How much of each limit is used", size=16, weight="bold")]
    top += 15
    bottom = top + 8 + ROW * len(bounded)
    parts.append(line(LABELS + unit, top, bottom, COLORS["bad"]))
    for place_of_row, row in enumerate(bounded):
        y = top + 8 + ROW * place_of_row
        used = row.values["Amity"] / row.limit
        width = min(used, 1.25) * unit
        parts.append(text(LABELS - 10, y + 15, row.what, "end"))
        parts.append(bar(LABELS, y + 2, width, 18, COLORS["good" if used <= 1 else "bad"]))
        words = f"{number(row.values['Amity'])} of {row.limit:,g} {row.unit}"
        x, anchor = (LABELS + width - 6, "end") if used > 0.6 else (LABELS + width + 6, "start")
        parts.append(text(x, y + 15, words, anchor, 11, "#fff" if anchor == "end" else "#444"))
    return parts, bottom + 40


def svg(rows):
    upper, below = ratios(rows, 40)
    lower, bottom = limits(rows, below)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom:.0f}" '
        f'viewBox="0 0 {WIDTH} {bottom:.0f}" font-family="Helvetica, Arial, sans-serif">\n'
        f'<rect width="{WIDTH}" height="{bottom:.0f}" fill="#fff"/>\n' + "\n".join(upper + lower) + "\n</svg>\n"
    )
