"""At which organic return does an offer stop paying? The break-even returns in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.results import format_percent, join_words


def break_even_lines(frame: pd.DataFrame) -> Iterator[str]:
    """Yield the sentences on ``break_even_organic`` of every ``offer`` in a frame; what is no share is put in words.

    Examples
    --------
    >>> list(break_even_lines(pd.DataFrame({"offer": ["call"], "break_even_organic": [0.391]})))[0][-54:]
    'ed without it: call 39.1% (break-even organic return).'
    """
    known = frame[frame["break_even_organic"].notna()]
    shares = known[known["break_even_organic"].between(0, 1)]
    if len(shares):
        each = [f"{row.offer} {format_percent(row.break_even_organic)}" for row in shares.itertuples()]
        yield (
            f"An offer stops paying when this share would have returned without it: {join_words(each)} "
            "(break-even organic return)."
        )
    never = known["offer"][known["break_even_organic"] < 0]
    always = known["offer"][known["break_even_organic"] > 1]
    if len(never):
        yield f"{join_words(never)}: the cost is above the value, so there is no break-even organic return."
    if len(always):
        yield f"{join_words(always)}: pays whatever the organic return, so there is no break-even."
