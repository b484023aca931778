"""Which value is this? Every amount that is named for the first offer, and what stands between one and the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.offers.compared import OfferComparison
from winback.offers.longer import first_when_longer
from winback.results import Result, Sentences, format_percent

BACK, SENT = "who came back", "sent the offer"


@dataclass(frozen=True, repr=False)
class MoneyLadder(Result):
    """What one customer is worth, from the largest figure to the smallest, see `money_ladder`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per rung: ``rung`` in words, ``of`` (one who came back, or one who was sent the offer), ``amount`` in
        money with ``amount_low`` and ``amount_high`` (missing where an amount is only worked out from others).
    offer : str
        The offer that earns most, whose amounts these are.
    long_months : float or None
        Over how many months the data can count, where that is longer than the comparison's horizon.
    long_first : str
        Which offer is first over so many months, in a sentence.
    """

    frame: pd.DataFrame
    offer: str
    long_months: float | None
    long_first: str
    horizon_months: float | None
    kind: str  # whether its last amount is incremental or gross
    catalogue: tuple[str, ...] = field(default=(), repr=False)
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rung": ("Which value", "text"),
        "of": ("Of one customer", "text"),
        "amount": ("Amount", "money"),
    }

    def describe(self) -> Sentences:
        """Say between which amounts the ladder stands, and which offer leads where more months are counted."""
        return Sentences.of(_lines(self))


@door
def money_ladder(comparison: OfferComparison) -> MoneyLadder:
    """Return every amount that is named for the first offer, from what returners bring in all to what is gained.

    Each rung differs from the one before in one thing: whose customers, how many months, the discounting of later
    money, the offer's cost, who did not come back, who would have come anyway. Months beyond the comparison's horizon
    are counted as long as a hundred customers of every offer are still watched, in whole years.

    Parameters
    ----------
    comparison : OfferComparison
        From `winback.compare_offers`; where only figures are known, or value was measured directly, the ladder begins
        within the horizon.

    Examples
    --------
    >>> import winback as wb
    >>> ladder = money_ladder(wb.compare_offers(wb.load_telecom_study().trial))
    >>> ladder.rounded(ladder.frame, {"amount": ladder.shown["amount"]})["Amount"].str.split(" ").str[0].tolist()
    ['$1,410', '$1,456', '$922', '$802', '$361', '$291']
    """
    first, over = comparison.frame.iloc[0], comparison.longer
    rows, months, leads = list(_within(comparison, first)), None, ""
    if over is not None:
        months, leads = over.settings.horizon_months, first_when_longer(comparison)
        whole = over.again(over.trial.over(annual_discount=0.0)) if over.settings.annual_discount else over
        rows = [*_in_all(whole.frame, first["offer"], months), *rows]
    ends = {"offer": first["offer"], "long_months": months, "long_first": leads}
    terms = {
        "horizon_months": comparison.settings.horizon_months,
        "kind": comparison.kind,
        "catalogue": comparison.catalogue,
    }
    return MoneyLadder(pd.DataFrame(rows), **ends, **terms, currency=comparison.currency)


def _in_all(frame: pd.DataFrame, offer: str, months: float) -> Iterator[dict]:
    """Yield what returners bring over the longest time: after any offer, and after the first one."""
    own, span = frame.set_index("offer").loc[offer], f"over {months:g} months"
    if len(frame) > 1:
        everybody = float(np.average(frame["value_per_returned"], weights=frame["n_returned"]))
        yield _rung(f"after any offer, {span}", BACK, everybody)
    yield _rung(f"after {offer}, {span}", BACK, own, "value_per_returned")


def _within(comparison: OfferComparison, first: pd.Series) -> Iterator[dict]:
    """Yield what the comparison counts: a returner's value, less cost, spread over all, less who comes anyway."""
    settings, offer = comparison.settings, first["offer"]
    counted = "as measured" if settings.horizon_months is None else f"over {settings.horizon_months:.1f} months"
    rate = settings.annual_discount
    later = f", less interest of {format_percent(rate)} a year" if settings.horizon_months is not None and rate else ""
    yield _rung(f"after {offer}, {counted}{later}", BACK, first, "value_per_returned")
    yield _rung("less what the offer costs", BACK, float(first["gross_profit"] / first["acceptance"]))
    yield _rung("with those who did not come back", SENT, first, "gross_profit")
    if comparison.kind == "incremental":
        assumed = "" if settings.organic is None else " (assumed)"
        yield _rung(f"less what would have come anyway{assumed}", SENT, first, "incremental_profit")


def _rung(words: str, of: str, row: pd.Series | float, name: str = "") -> dict:
    amounts = (row, np.nan, np.nan) if not name else (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    return {"rung": words, "of": of, **dict(zip(("amount", "amount_low", "amount_high"), amounts, strict=True))}


def _lines(found: MoneyLadder) -> Iterator[str]:
    amounts = found.formats(found.frame["amount"], "money")
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    shorter = ""
    if found.long_months is not None:  # the same within the horizon, before cost: what offers are compared by
        place = found.frame.index[found.frame["of"] == BACK][-2]
        shorter = f" by way of {amounts[place]} ({found.frame.loc[place, 'rung']}, before its cost)"
    yield (
        f"From {amounts[0]} for one {first['of']} ({first['rung']}){shorter} to {amounts[-1]} for one {last['of']} "
        f"({last['rung']}): each is right; they answer different questions."
    )
    if found.long_months is not None:
        yield found.long_first
        yield f"What comes after {found.horizon_months:.1f} months rests on the few who were watched so long."
