"""How satisfied were those who left, beside those who stayed? The answer of `satisfied_leavers`, and its sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.lost.answers import SATISFACTION
from winback.results import Result, Sentences, counted, format_count, format_number, format_percent, join_words

FEW = 30  # who left and had answered: below it a handful more would change the figures
TELLS_LITTLE = 0.6  # area under the curve: of two customers the one who leaves is named in 60 of 100 cases at most
TELLS_MUCH = 0.7  # in 70 at least
SHARES = 1.0  # a claim up to it is a share, one above it says how many times


@dataclass(frozen=True, repr=False, eq=False)
class SatisfiedLeavers(Result):
    """Answers of those who left beside those who stayed at the same time.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per question (``satisfaction``, ``seller_rating``): ``top``, the lowest answer that counts as high;
        ``n_left`` and ``n_stayed``; ``left_top`` and ``stayed_top``, the shares of each with a high answer; ``odds``
        of staying with a high answer against those with others; ``auc``, the chance that of one who left and one
        who stayed the one who left had answered lower (0.5: it tells nothing). Each with ``_low`` and ``_high``.
    claims : pandas.DataFrame
        One row per claim of the survey: ``claim``, ``claimed_low`` and ``claimed_high``, ``evidence``, and ``measured``
        here with ``_low`` and ``_high``; missing where the base cannot say.
    within_months : float
        Time after an answer within which a loss counts.
    dated : bool
        Whether answers have a day; else they are the last ones on record.
    """

    frame: pd.DataFrame
    claims: pd.DataFrame = field(repr=False)
    within_months: float
    dated: bool
    n_too_late: int = 0
    n_overlapping: int = 0
    level: float = 0.95
    source: str = "a table"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "words": ("Customers who had", "text"),
        "n_left": ("Left", "count"),
        "left_top": ("Of those who left", "percent"),
        "n_stayed": ("Stayed", "count"),
        "stayed_top": ("Of those who stayed", "percent"),
        "odds": ("Odds of staying, times", "times"),
        "auc": ("Tells who leaves (0.5: not at all)", "times"),
    }
    claims_shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "claim": ("Claim", "text"),
        "said": ("Claimed", "text"),
        "evidence": ("Evidence", "text"),
        "here": ("Measured here", "text"),
    }

    def claims_table(self) -> pd.DataFrame:
        """Return the claims beside what is measured here, rounded, all text."""
        rows = [{**row, "said": _claimed(row), "here": _measured(self, row)} for row in self.claims.to_dict("records")]
        return self.rounded(pd.DataFrame(rows), self.claims_shown)

    def describe(self) -> Sentences:
        """Say how satisfied those who left were beside those who stayed, what tells more, and the doubt."""
        return Sentences.of(_lines(self)[:3])

    def details(self) -> Sentences:
        """Say the survey's claims beside what is measured here, and which answers were left out."""
        return Sentences.of([*_lines(self)[3:], *_claim_lines(self), *_left_out(self)])


def _lines(found: SatisfiedLeavers) -> list[str]:
    return [*(_answer(found, row) for _, row in found.frame.iterrows()), *_doubts(found)]


def _answer(found: SatisfiedLeavers, row: pd.Series) -> str:
    if not row["n"]:
        return f"{_asked(row)}: it is not known yet of anybody who answered whether they left."
    if not (row["n_left"] and row["n_stayed"]):
        who = "left" if row["n_stayed"] else "stayed"
        return f"{_asked(row)}: nobody who answered {who}, so nothing can be compared."
    left, stayed = (found.interval(row, name, "percent") for name in ("left_top", "stayed_top"))
    shares = f"{left} of {format_count(row['n_left'])} who left had {row['words']}, of those who stayed {stayed}"
    if np.isnan(row["odds"]):
        return f"{shares}; all or none of them in a group, so odds of staying cannot be compared."
    odds = found.interval(row, "odds", "times")
    much = _how_much(row["auc_low"], row["auc_high"])
    return f"{shares}: odds of staying {odds} times those of others, which tells {much} of who leaves."


def _how_much(low: float, high: float) -> str:
    if low > TELLS_MUCH or high < 0.5:
        return "much" if low > 0.5 else "the opposite"
    return "little" if high < TELLS_LITTLE else "something" if low > 0.5 else "nothing for sure"


def _asked(row: pd.Series) -> str:
    return "Satisfaction" if row["question"] == SATISFACTION else "The rating of sellers"


def _doubts(found: SatisfiedLeavers) -> Iterator[str]:
    if not found.dated:
        yield (
            "Answers have no day: they are the last ones on record, so those who left and those who stayed may have "
            "been asked at other times, and whether an answer came before a loss was in sight is not known."
        )
    few = [_asked(row) for _, row in found.frame.iterrows() if row["n_left"] < FEW]
    if few:
        yield f"Few who left had answered ({join_words(few)}): the figures may change with a few more."
    yield "Who answers may be others than who does not, and an answer that goes with staying need not be why."


def _claim_lines(found: SatisfiedLeavers) -> Iterator[str]:
    for row in found.claims.to_dict("records"):
        said = f"{_claimed(row)} {row['claim']} ({row['evidence']})"
        yield f"{said}; here {_measured(found, row)}."
    yield "Shares of the survey overlap, and neither its questions nor whom it asked are known."


def _claimed(row: Mapping) -> str:
    if row["claimed_high"] <= SHARES:
        return format_percent(row["claimed_low"], 0)
    return f"{format_number(row['claimed_low']).rstrip('0').rstrip('.')}-{row['claimed_high']:g} times"


def _measured(found: SatisfiedLeavers, row: Mapping) -> str:
    if np.isnan(row["measured"]):
        return "not known"
    if row["claimed_high"] <= SHARES:
        return found.interval(row, "measured", "percent")
    known = np.isfinite(row["measured_low"])
    text = found.interval(row, "measured", "times") if known else found.format(row["measured"], "times")
    return f"{text} times the odds"


def _left_out(found: SatisfiedLeavers) -> Iterator[str]:
    within = f"{found.within_months:g} months"
    if found.dated:
        yield f"A loss counts within {within} of the answer; odds and ranks compare answers of the same {within}."
    if found.n_too_late:
        late = counted(found.n_too_late, "answers")
        yield f"{late} were given so late that it is not known yet who has left within {within}; they are left out."
    if found.n_overlapping:
        more = counted(found.n_overlapping, "answers")
        yield f"{more} came before the {within} after the same customer's last one were over; they are left out."
