"""What of a table's money was taken for granted, and how is it said? A page must not lose a column in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pandas.api.types import is_bool_dtype, is_numeric_dtype

from winback.base.any_base import AnyBase
from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.base.snapshot_base import SnapshotBase
from winback.results import join_words
from winback.tables.likeness import bare_name
from winback.tables.money_columns import looks_like_revenue

SAID = "Money: "  # what these sentences begin with
WORDS = {"total", "sum", "summe", "db", "paid", "usd", "eur", "chf", "gbp", "profit", "net", "gross", "brutto", "netto"}
PARTS = ("amount", "betrag", "margin", "marge", "price", "preis", "value", "wert", "erloes", "gewinn", "contribution")
MOST = 5  # columns named


def money_asked(base: AnyBase, stated: Mapping[str, object] | None = None) -> list[str]:
    """Return what to say of a table's money, each with the option that says it otherwise.

    ``stated`` is what was said of the table when it was read.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-02", "2024-03-01", "2024-02-01"],
    ...                     "CDs": [1, 2, 1], "Total": [9.0, 20.0, 7.5]})
    >>> print(*money_asked(wb.read_purchases(log, until="2024-06-30")))
    Money: nothing says what customers brought, so nobody is ranked. If Total does: --column "amount=Total"
    """
    return [f"{SAID}{text}" for text in _asked(base, stated or {})]


def revenue_as_margin(base: AnyBase) -> str:
    """Say that what customers paid is taken for margin; nothing where money is margin, or there is none."""
    paid = base.margin_share is None if isinstance(base, PurchaseBase) else base.is_revenue
    if not (has_money(base) and paid):
        return ""
    return (
        "What customers paid is taken for margin, as no share of margin was said: all money is too high by the costs."
    )


def has_money(base: AnyBase) -> bool:
    """Say whether a base knows what customers brought."""
    if isinstance(base, PurchaseBase):
        return base.summary.log.amount is not None
    return "margin" in (base.contracts if isinstance(base, ContractBase) else base.customers)


def _asked(base: AnyBase, stated: Mapping[str, object]) -> Iterator[str]:
    if not has_money(base):
        yield _which_column(base)
        return
    if said := revenue_as_margin(base):
        yield f"{said[0].lower()}{said[1:]} If 30% of it is margin: --margin-share 0.3"
    if "currency" not in stated:
        yield f"shown in {base.currency}, as no currency was said. If it is in euros: --currency €"


def _which_column(base: AnyBase) -> str:
    ours = {PurchaseBase: "amount", SnapshotBase: "monthly_charge"}.get(type(base), "margin")
    start, numbers = "nothing says what customers brought, so nobody is ranked", _own_numbers(base)
    likely = [name for name in numbers if looks_like_money(name)] or numbers
    if not likely:
        return f"{start}. Add a column {ours} to the table."
    if len(likely) == 1:
        return f'{start}. If {likely[0]} does: --column "{ours}={likely[0]}"'
    return f'{start}. If one of {join_words(likely[:MOST])} does, name it: --column "{ours}={likely[0]}"'


def looks_like_money(name: str) -> bool:
    """Say whether a column may hold money by what it is called.

    Examples
    --------
    >>> looks_like_money("Total"), looks_like_money("DB"), looks_like_money("Umsatz 2024"), looks_like_money("CDs")
    (True, True, True, False)
    """
    bare = bare_name(name)
    return bare in WORDS or looks_like_revenue(name) or any(part in bare for part in PARTS)


def _own_numbers(base: AnyBase) -> list[str]:
    """Return the analyst's own columns that may be numbers; of a log it is not looked into what they hold."""
    if isinstance(base, PurchaseBase):
        log = base.summary.log
        return [str(name) for name in log.names if name not in (log.customer, log.date)]
    frame = base.contracts if isinstance(base, ContractBase) else base.customers[base.further]
    ours = ("customer_id", "start", "end", "reason", "manager", "satisfaction")
    own = [name for name in frame if name not in ours and is_numeric_dtype(frame[name])]
    return [str(name) for name in own if not is_bool_dtype(frame[name])]
