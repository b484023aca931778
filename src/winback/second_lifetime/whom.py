"""Whom is a sign of, those with one value or those with more of a number? The subject of a sentence."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from winback.labels import OWN, label_of, value_words

# More of a column where another, of which it is a part or the whole, is held equal: (column, held) -> words.
MORE_BESIDE = {
    ("complaints_resolved", "complaints"): "those whose complaints were settled",
    ("complaints", "complaints_resolved"): "those whose complaints were left open",
}
DID, ARE = ("left", "chose", "came", "did"), ("still", "judged", "with")  # how words of a value begin


def who_words(column: str, value=None, held: Iterable[str] = ()) -> str:
    """Say who has a value, or more of a number where no value is named; ``held`` are columns that are held equal.

    Examples
    --------
    >>> who_words("reason", "both"), who_words("offer", "bundle"), who_words("region", "north")
    ('those who left for price and service', 'those with the bundle offered', 'those with region north')
    >>> who_words("complaints_resolved", held=["complaints"]), who_words("referrals"), who_words("first_tenure")
    ('those whose complaints were settled', 'those with more referrals', 'those with a longer first stay')
    >>> who_words("months_away"), who_words("age"), who_words("eligible", True)
    ('those with more months away', 'those with higher age', 'those judged promising')
    """
    if value is not None and not pd.isna(value):
        said = value_words(column, value)
        begins = said.split()[0]
        return f"those {'who ' if begins in DID else '' if begins in ARE else 'with '}{said}"
    beside = [MORE_BESIDE[column, other] for other in held if (column, other) in MORE_BESIDE]
    if beside:
        return beside[0]
    name, words = label_of(column), OWN.get(column)
    if words and words.unit.strip() == "months":
        return f"those with a longer {name}"
    return f"those with {'more' if 'months' in name or (words and words.counts) else 'higher'} {name}"
