"""Which column says what returned customers brought? Measured value, second lives, or revenue whose margin is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from winback.tables.columns import SECOND_LIFETIME
from winback.tables.likeness import bare_name
from winback.tables.problems import Problem
from winback.tables.reading import Reading

REVENUE = ("revenue", "umsatz", "turnover", "sales", "spend", "ricavi", "ingresos", "chiffredaffaires", "omzet")
_ALONE = re.compile(rf"(?:total)?(?:{'|'.join(REVENUE)})(?:total|sum|amount|eur|usd|gbp|chf)?")
_EITHER = "`value` (margin within the horizon), or second_tenure, second_ended, second_margin"


def looks_like_revenue(name: object) -> bool:
    """Say whether a column is called revenue, in one of several languages.

    Examples
    --------
    >>> looks_like_revenue("Umsatz 2024"), looks_like_revenue("region")
    (True, False)
    """
    return any(word in bare_name(name) for word in REVENUE)


def says_money(names: Iterable[object]) -> bool:
    """Say whether a table has measured value or second lives, whole or in part."""
    return bool({"value", *SECOND_LIFETIME} & set(names))


def with_revenue(reading: Reading, margin_share: float | None) -> Reading:
    """Take the one column that is called revenue for ``value``, where nothing else says what customers brought.

    Only where the analyst says which share of revenue is margin, and never a column such as revenue_last_year.

    Examples
    --------
    >>> table = Reading(pd.DataFrame({"customer_id": [7], "revenue": [30.0]}))
    >>> list(with_revenue(table, 0.4).frame), list(with_revenue(table, None).frame)
    (['customer_id', 'value'], ['customer_id', 'revenue'])
    """
    frame = reading.frame
    like = [name for name in frame if looks_like_revenue(name)]
    if margin_share is None or says_money(frame) or len(like) != 1 or not _ALONE.fullmatch(bare_name(like[0])):
        return reading
    said = f'"{like[0]}" was read as value: revenue, of which margin_share says how much is margin.'
    return reading.renamed({like[0]: "value"}, [said])


def money_needs(frame: pd.DataFrame) -> list[str]:
    """Return the columns that must say what customers brought; what dates will supply is not asked for.

    Examples
    --------
    >>> money_needs(pd.DataFrame(columns=["value"])), money_needs(pd.DataFrame(columns=["returned_on"]))
    (['value'], ['second_margin'])
    """
    if "value" in frame:
        return ["value"]
    if "returned_on" in frame:  # the last day of the data is asked for, and gives the months
        return [name for name in SECOND_LIFETIME if name in frame or name == "second_margin"]
    return list(SECOND_LIFETIME) if says_money(frame) else []


def money_problems(frame: pd.DataFrame, headings: Mapping[str, str] = MappingProxyType({})) -> list[Problem]:
    """Return the one problem of a table that does not say at all what returned customers brought, with the way out."""
    if money_needs(frame):
        return []
    like = [str(name) for name in frame if looks_like_revenue(name)]
    there = ", ".join(str(headings.get(name, name)) for name in frame.columns[:12]) or "none"
    remedy = f"Add {_EITHER}; columns seen: {there}."
    if like:
        shown = " and ".join(f"`{name}`" for name in like)
        verb = "looks" if len(like) == 1 else "look"
        remedy = (
            f'{shown} {verb} like it: map it, columns={{"value": "{like[0]}"}}, and state margin_share, '
            f"the share that is margin. {remedy}"
        )
    said = "is missing, and so are second lives: nothing says what returned customers brought"
    return [Problem("value", said, 0, "", remedy)]


def without_money(frame: pd.DataFrame, headings: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Say of a table that is looked at by itself that nothing in it says what returned customers brought.

    Examples
    --------
    >>> without_money(pd.DataFrame(columns=["customer_id", "value"]))
    []
    """
    if says_money(frame):
        return []
    remedy = "".join(problem.remedy for problem in money_problems(frame, headings)) or f"Add {_EITHER}."
    said = "What returned customers brought is not there: it was not looked at, and no offer can be judged."
    return [f"{said} {remedy}"]
