"""How are columns and their values said in words that people use? "left for price and service", not ``reason both``.

Columns of winback's own tables have words of their own in `OWN`; an analyst's column is said by its name, without
underscores. What is said of a number is what decides: a cut is written to its last digit, a count is whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.results import format_count

NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Words:
    """How a column is said: its name, and what fits its values."""

    name: str
    unit: str = ""  # after a number
    counts: tuple[str, str] | None = None  # one of what is counted, and several
    flag: tuple[str, str] | None = None  # true and false
    labels: Mapping[str, str] = field(default_factory=dict)  # how labels are said; with `start`, only these
    start: tuple[str, str] | None = None  # before one of these labels, and before another than these
    others: str = ""  # how any other label is said after `start`, {} being the label; empty: it is not
    end: str = ""  # after the labels
    opposite: Mapping[str, str] = field(default_factory=dict)  # what any label but this one is called


_REASONS = {
    "price": "for price",
    "service": "for service",
    "both": "for price and service",
    "other": "for another reason",
    # of the codebook for exit texts; moved, died and the like say themselves what they are
    "better offer": "for a better offer",
    "needs changed": "for changed needs",
    "quality": "for quality",
    "billing": "for bills and charges",
    "indifference": "for indifference",
    "delivery": "for delivery",
    "range": "for what is on offer",
}
_OFFERED = ("with", "without")
_A_MONTH, _MONTHS = " a month", " months"
OWN = {
    "customer_id": Words("customer"),
    "reason": Words("reason for leaving", labels=_REASONS, start=("left", "did not leave")),
    "second_reason": Words("reason for leaving again", labels=_REASONS, start=("left again", "did not leave again")),
    "offer": Words(
        "offer",
        labels={"none": "nothing"},
        start=_OFFERED,
        others="the {}",
        end=" offered",
        opposite={"none": "with any offer"},
    ),
    "first_tenure": Words("first stay", _MONTHS),
    "second_tenure": Words("second stay", _MONTHS),
    "first_ended": Words("left", flag=("left", "still here")),
    "first_watched_from": Words("first stay before it was watched", _MONTHS),
    "involuntary": Words("left without choosing to", flag=("left without choosing to", "chose to leave")),
    "first_margin": Words("first margin", _A_MONTH),
    "second_margin": Words("second margin", _A_MONTH),
    "margin": Words("margin", _A_MONTH),
    "months_away": Words("months away"),
    "followed": Words("months followed"),
    "referrals": Words("referrals", counts=("referral", "referrals")),
    "complaints": Words("complaints", counts=("complaint", "complaints")),
    "complaints_resolved": Words("complaints settled", counts=("complaint settled", "complaints settled")),
    # what is left of a column when another is taken off it, as formulas write it
    "complaints - complaints_resolved": Words(
        "complaints left open", counts=("complaint left open", "complaints left open")
    ),
    "contact_attempts": Words(
        "contact attempts planned", counts=("planned contact attempt", "planned contact attempts")
    ),
    "contact_cost": Words("cost of contacts"),
    "eligible": Words("judged promising", flag=("judged promising", "judged not promising")),
    "returned": Words("came back", flag=("came back", "did not come back")),
    "second_ended": Words("left again", flag=("left again", "still here")),
    "offer_probability": Words("chance of the offer"),
    "exit_text": Words("words when leaving"),
    "cluster": Words("cluster"),
    "left_on": Words("day of leaving"),
    "offered_on": Words("day of the offer"),
    "returned_on": Words("day of the return"),
    "ended_on": Words("day of leaving again"),
}

# One more of a column where another, of which it is a part or a whole, is held equal: (column, held) -> words.
ONE_MORE_BESIDE = {
    ("complaints_resolved", "complaints"): "1 complaint settled rather than left open",
    ("complaints", "complaints_resolved"): "1 more complaint left open",
}


def label_of(column: str) -> str:
    """Return the words for a column.

    Examples
    --------
    >>> label_of("months_away"), label_of("first_tenure"), label_of("zip_code")
    ('months away', 'first stay', 'zip code')
    """
    return _words(column).name


def value_words(column: str, *values) -> str:
    """Say that a column has one of these values; a missing one is not known.

    Examples
    --------
    >>> value_words("reason", "both"), value_words("offer", "bundle"), value_words("complaints", 0)
    ('left for price and service', 'with the bundle offered', 'no complaints')
    >>> value_words("region", "north", "east"), value_words("old_tariff", True), value_words("reason", "price", "both")
    ('region north or east', 'old tariff yes', 'left for price or for price and service')
    """
    words, there = _words(column), [value for value in values if not _is_missing(value)]
    if len(there) < len(values):
        return f"{value_words(column, *there)} or {NOT_KNOWN}" if there else known_words(column, known=False)
    if words.flag and all(_is_flag(value) for value in values):
        return " or ".join(words.flag[0 if value else 1] for value in values)
    if words.counts and all(_is_number(value) for value in values):
        return " or ".join(_counted(words.counts, value) for value in values)
    if said := _said(words, values):
        return f"{words.start[0]} {_either(said)}{words.end}"
    return f"{words.name} {_either(_plain(words, values))}{words.unit}"


def short_words(column: str, value) -> str:
    """Return a value's words where the column need not be said, as in a list of its values.

    Examples
    --------
    >>> short_words("reason", "both"), short_words("offer", "none"), short_words("region", "north")
    ('price and service', 'nothing', 'north')
    """
    return _plain(_words(column), (value,))[0]


def other_words(column: str, *values) -> str:
    """Say that a column has none of these values.

    Examples
    --------
    >>> other_words("reason", "price"), other_words("offer", "none"), other_words("region", "north", "east")
    ('did not leave for price', 'with any offer', 'region neither north nor east')
    """
    words = _words(column)
    if len(values) == 1 and _is_flag(values[0]):
        return value_words(column, not values[0])
    if len(values) == 1 and values[0] in words.opposite:
        return words.opposite[values[0]]
    if said := _said(words, values):
        return f"{words.start[1]} {_either(said)}{words.end}"
    plain = _plain(words, values)
    return f"{words.name} " + (f"not {plain[0]}" if len(plain) == 1 else f"neither {_either(plain, 'nor')}")


def range_words(column: str, above: float | None = None, up_to: float | None = None) -> str:
    """Say that a column of numbers lies above a number, up to one, or both; what is counted is said in whole numbers.

    Examples
    --------
    >>> range_words("months_away", up_to=5), range_words("first_tenure", above=12), range_words("age", 18, 40)
    ('months away up to 5', 'first stay above 12 months', 'age above 18 and up to 40')
    >>> [range_words("complaints", *ends) for ends in ((None, 0), (0, None), (None, 2), (1, None), (1, 3))]
    ['no complaints', '1 or more complaints', 'at most 2 complaints', '2 or more complaints', '2 to 3 complaints']
    """
    if above is None and up_to is None:
        raise ValueError("range_words needs above, up_to or both.")
    words = _words(column)
    if words.counts:
        return _counted_range(words.counts, above, up_to)
    ends = [f"above {number_words(above)}"] if above is not None else []
    ends += [f"up to {number_words(up_to)}"] if up_to is not None else []
    return f"{words.name} {' and '.join(ends)}{words.unit}"


def known_words(column: str, known: bool = True) -> str:
    """Say that a value is there, or that it is missing.

    Examples
    --------
    >>> known_words("months_away"), known_words("zip_code", known=False)
    ('months away known', 'zip code not known')
    """
    return f"{label_of(column)} {'known' if known else NOT_KNOWN}"


def contrast_words(column: str, level, reference) -> str:
    """Say that a column has one value rather than another.

    Examples
    --------
    >>> contrast_words("reason", "both", "price"), contrast_words("offer", "bundle", "none")
    ('left for price and service rather than for price', 'with the bundle offered rather than nothing')
    >>> contrast_words("region", "north", "south"), contrast_words("eligible", True, False)
    ('region north rather than south', 'judged promising rather than judged not promising')
    """
    words = _words(column)
    said = _said(words, (level, reference))
    if said or not (words.flag or words.counts):
        other = said[1] if said else _plain(words, (reference,))[0]
        return f"{value_words(column, level)} rather than {other}"
    return f"{value_words(column, level)} rather than {value_words(column, reference)}"


def one_more_words(column: str, held: Iterable[str] = ()) -> str:
    """Say that a column of numbers is higher by one, and what that means where some other columns are held equal.

    Examples
    --------
    >>> one_more_words("complaints"), one_more_words("first_tenure"), one_more_words("age")
    ('1 more complaint', 'first stay higher by 1 month', 'age higher by 1')
    >>> one_more_words("complaints_resolved"), one_more_words("complaints_resolved", held=["reason", "complaints"])
    ('1 more complaint settled', '1 complaint settled rather than left open')
    """
    for other in held:
        if (column, other) in ONE_MORE_BESIDE:
            return ONE_MORE_BESIDE[column, other]
    words = _words(column)
    if words.counts:
        return f"1 more {words.counts[0]}"
    return f"{words.name} higher by 1{words.unit.removesuffix('s')}"


def number_words(number: float) -> str:
    """Write a number that decides, so that reading it gives the same number.

    Examples
    --------
    >>> number_words(6.0), number_words(1234.5)
    ('6', '1,234.5')
    """
    text = f"{number:,.15g}"
    return text if float(text.replace(",", "")) == number else f"{number:,.17g}"


def _words(column) -> Words:
    return OWN[column] if column in OWN else Words(str(column).replace("_", " ").strip() or repr(column))


def _said(words: Words, values) -> list[str] | None:
    """Return labels in the words that go with the column's start; None where one of them has none."""
    if not words.start:
        return None
    said = [words.labels.get(str(value)) or (words.others and words.others.format(_text(value))) for value in values]
    return said if all(said) else None


def _plain(words: Words, values) -> list[str]:
    return [words.labels.get(str(value), _text(value)).removeprefix("for ") for value in values]


def _text(value) -> str:
    if _is_flag(value):
        return "yes" if value else "no"
    if _is_number(value):
        return number_words(value)
    text = str(value)
    return text if text and text == text.strip() else repr(text)


def _counted(forms: tuple[str, str], number: float) -> str:
    return f"{format_count(number) if number else 'no'} {forms[0] if number == 1 else forms[1]}"


def _counted_range(forms, above, up_to) -> str:
    least = 0 if above is None else max(0, math.floor(above) + 1)
    if up_to is None:
        return f"{format_count(least)} or more {forms[1]}"
    most = math.floor(up_to)
    if most <= least:
        return _counted(forms, most)
    return f"at most {_counted(forms, most)}" if least == 0 else f"{format_count(least)} to {_counted(forms, most)}"


def _is_missing(value) -> bool:
    return value is None or value is pd.NA or value != value


def _is_flag(value) -> bool:
    return isinstance(value, bool | np.bool_)


def _is_number(value) -> bool:
    return isinstance(value, int | float | np.number) and not _is_flag(value)


def _either(words: Iterable[str], last: str = "or") -> str:
    words = list(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]
