"""The table of a run, for people."""

import textwrap
import unicodedata

from .registry import AS_EXPECTED, OTHERWISE, SKIPPED, Result

WIDTHS = (29, 50, 50)
# US dollars for a million requests with everything that they make the functions, the queue and the table do: the dearest
# of their kind in docs/OPERATIONS.md, rounded up.
DOLLARS = {"api POST": 40, "api DELETE": 20, "api GET": 3, "api OPTIONS": 1, "s3 PUT": 5}
OTHERS = 3


def row(*cells: str) -> str:
    """One row, with cells wrapped to their widths."""
    lines = [textwrap.wrap(cell, width, break_long_words=True) or [""] for cell, width in zip(cells, WIDTHS)]
    height = max(len(cell) for cell in lines)
    padded = [[pad(line, width) for line in cell + [""] * (height - len(cell))] for cell, width in zip(lines, WIDTHS)]
    return "\n".join(" | ".join(cells).rstrip() for cells in zip(*padded))


def pad(text: str, width: int) -> str:
    """Text filled with blanks to a width on a terminal, where some characters take two columns."""
    return text + " " * (width - sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text))


def head() -> str:
    """The first two rows."""
    rule = "-+-".join("-" * width for width in WIDTHS)
    return f"{row('check', 'as the local AWS says', 'otherwise: what was seen')}\n{rule}"


def shown(result: Result) -> str:
    """The row of a result; what is otherwise also has the sentence that does not hold."""
    one = result.check
    if result.state == AS_EXPECTED:
        return row(one.id, one.expected, "")
    if result.state == SKIPPED:
        return row(one.id, one.expected, f"skipped: {result.seen}")
    return row(one.id, f"{one.expected} ({one.sentence})", result.seen)


def summary(results: list[Result]) -> str:
    """The last line, which programs read."""
    count = [sum(result.state == state for result in results) for state in (AS_EXPECTED, OTHERWISE, SKIPPED)]
    return "{} as expected, {} otherwise, {} skipped".format(*count)


def cost(sent: dict[str, int]) -> str:
    """What the run cost at most, from the requests that were counted."""
    millionths = sum(count * DOLLARS.get(kind, OTHERS) for kind, count in sent.items())
    calls = sum(count for kind, count in sent.items() if kind.startswith("api "))
    return (f"{calls} requests to the API, {sum(sent.values()) - calls} to the bucket: less than "
            f"{millionths / 10_000 + 0.01:.2f} cents at list prices, without the operator's own calls")
