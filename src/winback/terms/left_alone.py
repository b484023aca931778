"""What do customers bring who are left alone? As untreated ones show it, as it is assumed, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER, ProblemList
from winback.terms.catalog import OfferCatalog
from winback.terms.organic import assumed_organic, organic_shares, problems_of_shares


@dataclass(frozen=True)
class LeftAlone:
    """What n customers bring without an offer; zero where nothing is known."""

    money: np.ndarray  # (n, 3) expected profit at the low, middle and high organic return
    chances: np.ndarray  # (n,) of return
    kind: str = "gross"  # or incremental: what offers bring can be compared with it
    is_known: bool = False  # untreated customers showed it
    value: float | None = None  # money that one organic returner is assumed to bring
    assumed: str = ""  # how organic return was assumed, in words

    @classmethod
    def known(cls, money: np.ndarray, chances: np.ndarray | None = None) -> LeftAlone:
        """Return what untreated customers show, (n,) each."""
        chances = np.zeros(len(money)) if chances is None else chances
        return cls(np.repeat(money[:, None], 3, axis=1), chances, "incremental", is_known=True)

    @classmethod
    def stated(cls, offers: OfferCatalog | None, customers: pd.DataFrame) -> LeftAlone:
        """Return what the offers' terms assume of these customers, who fit them (`problems_of_terms`)."""
        n, value = len(customers), None if offers is None else offers.organic_value
        if offers is None or offers.organic is None:
            return cls(np.zeros((n, 3)), np.zeros(n), value=value)
        shares = organic_shares(offers.organic, customers)
        says = assumed_organic(offers.organic, customers).says
        return cls(shares * value, shares[:, 1], "incremental", value=value, assumed=says)

    def of(self, kept: np.ndarray) -> LeftAlone:
        """Return the same of some of the customers, given as a mask or by position."""
        return replace(self, money=self.money[kept], chances=self.chances[kept])


def problems_of_terms(
    knows_none: bool, offers: OfferCatalog | None, customers: pd.DataFrame, problems: ProblemList
) -> None:
    """Add what speaks against taking organic return from the offers' terms: it is known, or it is said by halves."""
    if offers is None or offers.organic is None:
        return
    if knows_none:
        text = f"is for values without a column {NO_OFFER!r}; here that column shows it"
        problems.add("organic", text, "Leave it out, also of the offers file.")
        return
    if offers.organic_value is None:
        text = "needs organic_value: what one customer brings who returns without an offer, in money"
        problems.add("organic", text, "State both among the trial's terms, or in the offers file.")
    problems.found += problems_of_shares(offers.organic, customers).found
