"""Which behaviour and which reason go with return, and by how much? Percentage points and odds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, format_percent, join_words

MOST_NAMED = 3  # columns in the answer, each by its strongest label; the others are in the details


@dataclass(frozen=True, repr=False)
class ReturnEffects(Result):
    """What goes with the chance of return, see `SecondLifetimeFit.effects`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per label and per number: ``column``, ``level`` against ``reference`` (both missing for a number),
        ``in_words``, ``change`` of the chance of return (as a share, averaged over the customers: what the label makes
        against the reference, or the slope per unit of a number), ``change_std_error``, ``change_low``,
        ``change_high``, ``p_value``; with a logit ``odds_ratio`` and its interval.
    link : str
    n : int
        Customers averaged over.
    """

    frame: pd.DataFrame = field(repr=False)
    link: str
    n: int
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("What differs", "text"),
        "change": ("Chance of return, in points", "percent"),
        "odds_ratio": ("Odds of return, times", "times"),
        "p_value": ("p-value", "p_value"),
    }

    def describe(self) -> Sentences:
        """Say what goes with a higher and with a lower chance of return, strongest first, and that this is no proof."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say what else goes with return, what is not shown to, and in which unit."""
        return Sentences.of(_more(self))


def _answer(effects) -> Iterator[str]:
    for verb, first, _ in _clear(effects.frame):
        yield f"Return is {verb} likely: {_listed(first)}."
    if not _clear(effects.frame):
        yield "Nothing in the formula is shown to go with return."
    yield _doubt(set(effects.frame["column"]))


def _doubt(columns) -> str:
    but_for = "but for an offer drawn at random, " if "offer" in columns else ""
    what = "such customers differ, not what changing them would do"
    if "complaints_resolved" in columns:
        what = (
            "customers differ: what settling a complaint seems to give back is how those with complaints settled differ"
        )
    return f"Association is not effect; {but_for}this says how {what}."


def _more(effects) -> Iterator[str]:
    frame = effects.frame
    for verb, _, others in _clear(frame):
        if len(others):
            yield f"Return is {verb} likely, too: {_listed(others)}."
    unclear = frame.loc[(frame["change_low"] <= 0) & (frame["change_high"] >= 0), "in_words"]
    if len(unclear):
        yield f"Not shown to go with return: {'; '.join(unclear)}."
    yield (
        "Points are percentage points of the chance of return, other things in the formula equal, averaged over the "
        "customers: a label rather than the one it is compared with, or one more unit of a number."
    )


def _clear(frame) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Return what raises and what lowers the chance beyond doubt, strongest first: in the answer, and the others."""
    found = []
    for verb, is_clear in (("more", frame["change_low"] > 0), ("less", frame["change_high"] < 0)):
        rows = frame[is_clear].sort_values("change", key=np.abs, ascending=False)
        first = rows.drop_duplicates("column").head(MOST_NAMED)
        if len(rows):
            found.append((verb, first, rows.drop(index=first.index)))
    return found


def _listed(rows: pd.DataFrame) -> str:
    return join_words(_said(row) for row in rows.to_dict("records"))


def _said(row) -> str:
    points = f"{'+' if row['change'] > 0 else '-'}{format_percent(abs(row['change'])).removesuffix('%')} points"
    odds = f", odds x {row['odds_ratio']:.2f}" if "odds_ratio" in row else ""
    return f"{row['in_words']} ({points}{odds})"
