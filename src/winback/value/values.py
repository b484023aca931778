"""Who carries the value of a base? Customers with what each is worth, and their tenths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.held_out import Ranking
from winback.results import Sentences, Shown, format_percent
from winback.value.valued import Valued, extrapolated_lines, terms_lines, worth_lines


@dataclass(frozen=True, repr=False, kw_only=True)
class LifetimeValues(Valued):
    """What each customer is still expected to bring, see `lifetime_value`; its other attributes are those of `Valued`.

    Attributes
    ----------
    customers : pandas.DataFrame
        One row per customer, in the order and with the index of the table: ``customer_id`` where it has one;
        ``next_renewal`` (contracts) or ``chance_active`` (purchases); ``expected`` discounted payments or purchases;
        ``value`` with ``value_low`` and ``value_high``, for the expected value, not for what one customer will bring.
    frame : pandas.DataFrame
        One row per tenth of the customers, most valuable first: ``tenth``, ``n``, ``value`` of all of them,
        ``per_customer``, ``share`` of the total and ``cumulative_share``.
    """

    customers: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, most valuable first", "count"),
        "n": ("Customers", "count"),
        "per_customer": ("Value per customer", "money"),
        "value": ("Value", "money"),
        "share": ("Share of all value", "percent"),
        "cumulative_share": ("Up to here", "percent"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer."""
        return self.customers.copy()

    def carried_by(self, share: float) -> float:
        """Return the share of the total that so large a share of the customers carries, most valuable first.

        Tenths of 15 customers have one or two of them; here the customer at the cut counts in part.
        """
        value = self.customers["value"].to_numpy()
        return float(np.interp(share, *Ranking.of(value).concentration(value)))

    def table(self) -> pd.DataFrame:
        """Return the tenths, rounded, as text."""
        return self.rounded(self.frame)

    def show(self, best: int | None = None) -> Shown:
        """Return the tenths as a notebook shows them, or so many of the most valuable customers."""
        if best is None:
            return super().show()
        if best < 1:
            raise ValueError(f"best must be a number of customers, at least 1; got {best!r}.")
        columns = {
            "customer_id": ("Customer", "text"),
            "next_renewal": ("Next renewal", "count"),
            "chance_active": ("Chance to be active", "percent"),
            "expected": (f"Expected {self.unit}, discounted", "number"),
            "value": ("Value", "money"),
        }
        return Shown(self.rounded(self.customers.nlargest(best, "value"), columns))

    def describe(self) -> Sentences:
        """Say what the customers are worth, who carries it, and the doubt that matters."""
        return Sentences.of([*worth_lines(self), *_carried(self), *list(_doubts(self))[:1]])

    def details(self) -> Sentences:
        """Say what else is in doubt, and on what the value rests."""
        return Sentences.of([*list(_doubts(self))[1:], *terms_lines(self)])


def _doubts(values) -> Iterator[str]:
    yield from values.doubts
    yield from extrapolated_lines(values)


def _carried(values) -> Iterator[str]:
    if len(values.frame) < 10 or values.frame["share"].isna().any():
        return
    fifth, half = values.carried_by(0.2), values.carried_by(0.5)
    yield (
        f"The most valuable fifth carries {format_percent(fifth, 0)} of it, "
        f"the least valuable half {format_percent(1 - half, 0)}."
    )
