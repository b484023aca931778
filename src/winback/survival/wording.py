"""How do the sentences about survival write months and intervals?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from winback.results import Result, format_percent

NOT_REACHED = "not reached"


def format_months(months: float) -> str:
    """Write months with one decimal; what the data do not reach is said in words.

    Examples
    --------
    >>> format_months(29.2350), format_months(float("nan"))
    ('29.2', 'not reached')
    """
    text = NOT_REACHED if pd.isna(months) else f"{months:,.1f}"
    return "0.0" if text == "-0.0" else text


def months_interval(low: float, high: float) -> str:
    """Write an interval in months.

    Examples
    --------
    >>> months_interval(1.52, 2.7)
    '[1.5, 2.7]'
    """
    return f"[{format_months(low)}, {format_months(high)}]"


def percent_interval(low: float, high: float) -> str:
    """Write an interval of shares.

    Examples
    --------
    >>> percent_interval(0.152, 0.27)
    '[15.2%, 27.0%]'
    """
    return f"[{format_percent(low)}, {format_percent(high)}]"


def join_parts(parts: Iterable[str]) -> str:
    """Join parts that have commas of their own.

    Examples
    --------
    >>> join_parts(["price 1.0 [0.5, 1.5]", "service 2.0 [1.5, 2.5]"])
    'price 1.0 [0.5, 1.5]; service 2.0 [1.5, 2.5]'
    """
    return "; ".join(parts)


def in_words(groups: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """Write groups in the words that were found for them; a name without words stands for itself.

    Examples
    --------
    >>> in_words(["both", "x"], {"both": "left for price and service"})
    ['left for price and service', 'x']
    """
    return [said.get(group, group) for group in groups]


class MonthsResult(Result):
    """A result whose figures are months, ratios or p-values as well as shares and counts."""

    def format(self, value, form: str) -> str:
        """Write one value; ``months`` has one decimal."""
        return format_months(value) if form == "months" else super().format(value, form)
