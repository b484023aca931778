"""What is known of a simulated shop? Its log, its customers, and the truth behind both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import pandas as pd
from scipy.special import exprel

from winback.base.purchase_base import PurchaseBase
from winback.base.purchases import read_purchases

SOURCE = "A simulated shop"


@dataclass(frozen=True)
class RetailTruth:
    """What only a simulation knows.

    Parameters are what an estimator should find (times in weeks), and what is assumed. Customers have a row each, with
    ``customer_id``, ``purchases_per_week`` while active, ``leaving_per_week`` (the rate of leaving), ``leaves_on``
    (last day as a customer; missing after the year 2260), ``mean_spend`` per purchase, ``on_discount`` (chance that a
    purchase is) and ``promoter`` (brings others).
    """

    parameters: pd.DataFrame = field(repr=False)  # parameter, value, meaning
    customers: pd.DataFrame = field(repr=False)
    until: date  # last day of the log

    def expected_purchases(self, periods: float) -> pd.Series:
        """Return each customer's expected purchases within so many weeks after the log, by ``customer_id``.

        They are zero for those who have left, and for the others rate x expected weeks until leaving.

        Examples
        --------
        >>> import winback as wb
        >>> truth = wb.simulate_shop_study(200).truth
        >>> bool((truth.expected_purchases(52) <= 52 * truth.customers["purchases_per_week"].to_numpy()).all())
        True
        """
        known = self.customers.set_index("customer_id")
        here = ~(known["leaves_on"] <= pd.Timestamp(self.until))
        weeks = periods * exprel(-known["leaving_per_week"] * periods)
        return (known["purchases_per_week"] * weeks).where(here, 0.0).rename("expected_purchases")


@dataclass(frozen=True)
class ShopStudy:
    """A simulated shop: its log of purchases, what else is known of the customers, and the truth behind both.

    The log has ``customer_id``, ``date`` and ``amount`` in order of date, see `winback.tables.PURCHASES`, ``discount``
    and ``referrals``. Customers have a row each, with ``customer_id``, ``channel`` (shop, web, newsletter) and
    ``referred``. ``later`` are their purchases after the log, without mistakes: what a forecast should have said.
    """

    purchases: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    until: date  # last day on which purchases were recorded
    later: pd.DataFrame = field(repr=False)
    truth: RetailTruth = field(repr=False)
    made_with: tuple[tuple[str, str], ...] = ()  # what else a reader needs to make it again
    caveat: str = ""  # what a reader must know of the data

    @cached_property
    def base(self) -> PurchaseBase:
        """All customers over time: who buys still, who was called lost, and who came back.

        Examples
        --------
        >>> import winback as wb
        >>> wb.load_shop_study().base.to_frame()["state"].tolist()
        ['here', 'back', 'lost']
        """
        read = read_purchases(self.purchases, until=self.until, customers=self.customers)
        return replace(read, source=SOURCE, made_with=self.made_with)
