"""Which purchases are looked at? A shop's log, the simulated one or the analyst's own, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd
from scipy.special import exprel

from winback.provenance import Provenance
from winback.purchases.logs.summary import PurchaseSummary
from winback.results import Sentences, counted
from winback.tables import Problem, TableError

CUSTOMERS = "table of customers"
ID = "customer_id"


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
    """A log of purchases, what else is known of the customers, where both come from, and the truth where it is known.

    The log has ``customer_id``, ``date`` and ``amount`` in order of date, see `winback.tables.PURCHASES`, and in the
    simulation ``discount`` and ``referrals``. Customers have a row each, with ``customer_id`` and in the simulation
    ``channel`` (shop, web, newsletter) and ``referred`` (yes: another customer brought them). ``later`` are their
    purchases after the log, without mistakes: what a forecast should have said.
    """

    purchases: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame | None = field(repr=False)
    until: date | str | None  # last day on which purchases were recorded; None: the last one of the log
    source: str  # name of the log
    sha256: str  # of its file, or of the simulated table
    later: pd.DataFrame | None = field(default=None, repr=False)
    truth: RetailTruth | None = field(default=None, repr=False)  # where the log is simulated
    details: tuple[tuple[str, str], ...] = ()  # what else a reader needs to make it again
    caveat: str = ""  # what a reader must know of the data
    currency: str = "$"  # sign or code put before money

    @property
    def n_rows(self) -> int:
        """Rows of the log."""
        return len(self.purchases)

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a report."""
        n = self.n_unknown
        unknown = f"; {counted(n, 'customers')} of it not in the {CUSTOMERS}" if n else ""
        return Sentences(f"{self.source}: a log of {counted(self.n_rows, 'rows')}{unknown}")

    @property
    def provenance(self) -> Provenance:
        """What a reader needs to make a report again: data with hash, versions."""
        return Provenance.of(self.source, self.n_rows, self.sha256, self.details)

    @property
    def n_unknown(self) -> int:
        """Customers of the log without a row in the table of customers; 0 where there is no such table."""
        if self.customers is None or ID not in self.purchases:
            return 0
        ids = pd.Series(self.purchases[ID].dropna().unique())
        return int((~ids.isin(self.customers[ID])).sum())

    def labelled(self, summary: PurchaseSummary) -> pd.DataFrame:
        """Return a summary's customers, in pandas, with what else is known of them.

        A table of customers in which nobody is, or whose columns have names of the summary's, is refused.
        """
        seen = summary.customers
        if self.customers is None:
            return seen
        _check_label_names(seen, self.customers)
        _check_somebody_known(seen[ID], self.customers[ID])
        return seen.merge(self.customers, on=ID, how="left", validate="one_to_one")


def _check_label_names(seen: pd.DataFrame, known: pd.DataFrame) -> None:
    """Refuse columns that have the name of one of the summary's."""
    problems = [
        Problem(name, "is also what a column of the summary is called", 0, "", f"Rename it, such as own_{name}.")
        for name in known.columns
        if name in seen and name != ID
    ]
    if problems:
        raise TableError(CUSTOMERS, problems)


def _check_somebody_known(seen: pd.Series, known: pd.Series) -> None:
    """Refuse a table that has no row for anybody."""
    if seen.isin(known).any():
        return
    ours, theirs = (repr(ids.tolist()[0]) if len(ids) else "nobody" for ids in (seen, known))
    said = f"names 0 of {counted(len(seen), 'customers')} of the log (such as {ours}; there: {theirs})"
    remedy = "Write ids alike in both tables: as text where some start with a zero."
    raise TableError(CUSTOMERS, [Problem(ID, said, 0, "", remedy)])
