"""What does a trial hold, customer by customer? Outcomes, what was known beforehand, and the chance of each offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER, ProblemList
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.terms.organic import Organic, assumed_organic, check_organic_value, organic_shares
from winback.trial.balance import covariate_matrix, known_beforehand
from winback.trial.design_checks import DesignReport, check_typed_design
from winback.trial.design_findings import measured_after_the_offer
from winback.trial.outcomes import trial_outcomes, typed_trial, value_settings

FEWEST_PER_COLUMN = 3  # customers of an arm for each coefficient of its linear prediction
USED_WHEN_NESTED = 0.6  # share of the customers that predictions use when two of five folds are left out
OUTCOMES = ("profit", "value", "cost", "returned")


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A checked trial, customer by customer; arrays of shape (n,) in the order of ``customers``."""

    customers: pd.DataFrame  # only those in the trial; the untreated only where they are a random control group
    arms: tuple[str, ...]  # offers in the catalog's order, then ``none`` where there is a control group
    arm: np.ndarray  # position in arms
    returned: np.ndarray
    value: np.ndarray  # money within the horizon
    cost: np.ndarray
    probability: np.ndarray  # known or planned chance of the arm that the customer is in
    covariates: tuple[str, ...]
    catalog: OfferCatalog
    horizon_months: float | None
    annual_discount: float | None
    design: DesignReport
    organic: Organic | None = None  # assumed where there is no control group
    organic_value: float | None = None  # money per customer who returns without an offer; None: each offer's own

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen for a customer: the arms, and no offer where its outcome is known or assumed."""
        return self.arms if self.organic is None else (*self.arms, NO_OFFER)

    @property
    def known(self) -> tuple[str, ...]:
        """Columns known of a customer before an offer, by which policies may tell customers apart."""
        late = {*measured_after_the_offer(self.customers), "followed"}
        return tuple(name for name in known_beforehand(self.customers) if name not in late)

    def with_assumed(self, money: np.ndarray, customers: pd.DataFrame | None = None) -> np.ndarray:
        """Return money under each arm less what is assumed without an offer, and 0 for no offer, (n, n_choices).

        Where nothing is assumed it is returned as it is. Rows are the trial's customers unless others are given.
        """
        if self.organic is None:
            return money
        alone = self.assumed_alone(self.customers if customers is None else customers)
        return np.column_stack([money - alone, np.zeros(len(money))])

    def assumed_alone(self, customers: pd.DataFrame) -> np.ndarray:
        """Return what customers are assumed to bring without an offer, in money, beside each arm, (n, n_arms)."""
        return organic_shares(self.organic, customers)[:, [1]] * self.organic_values

    @cached_property
    def organic_values(self) -> np.ndarray:
        """What one who returns without an offer is assumed to bring, beside each arm, (n_arms,).

        As given, else as much as those who returned with that very offer brought, as in `compare_offers`.
        """
        if self.organic_value is not None:
            return np.full(len(self.arms), float(self.organic_value))
        n_back = np.bincount(self.arm, weights=self.returned, minlength=len(self.arms))
        value = np.bincount(self.arm, weights=np.where(self.returned, self.value, 0.0), minlength=len(self.arms))
        return np.divide(value, n_back, out=np.zeros(len(self.arms)), where=n_back > 0)

    @property
    def assumption(self) -> str:
        """What is assumed of customers without an offer, as a sentence; empty where nothing is."""
        if self.organic is None:
            return ""
        found = assumed_organic(self.organic, self.customers)
        at = "" if found.low == found.high else ", at its middle: other shares give other figures than these intervals"
        return f"That rests on {found.says}{at}."

    @property
    def profit(self) -> np.ndarray:
        """Value less cost."""
        return self.value - self.cost

    @property
    def has_control(self) -> bool:
        """Whether a random group was left without an offer."""
        return NO_OFFER in self.arms

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers that were sent, without ``none``."""
        return tuple(name for name in self.arms if name != NO_OFFER)

    def outcome(self, name: str) -> np.ndarray:
        """Return profit, value, cost or returned, as numbers."""
        if name not in OUTCOMES:
            raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}; got {name!r}.")
        return np.asarray(getattr(self, name), dtype=float)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The covariates as numbers, each centred and with spread 1, shape (n, p)."""
        matrix, _ = covariate_matrix(self.customers, list(self.covariates))
        spread = matrix.std(axis=0)
        moving = spread > 1e-12 * np.abs(matrix).max(axis=0, initial=0.0)
        return matrix[:, moving] / spread[moving]


def read_trial(
    customers: pd.DataFrame,
    offers: OfferCatalog | Iterable[Offer],
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    covariates: Iterable[str] | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    assignment: str = "known",
) -> Trial:
    """Check a trial and return it customer by customer, for scores and policies.

    Customers judged not promising beforehand are left out. So are untreated ones who differ from the others, unless
    each customer's own chance makes up for it: recorded chances that differ within a group, or estimated ones.

    Parameters
    ----------
    customers, offers, horizon_months, annual_discount, organic, organic_value
        As in `winback.compare_offers`.
    covariates : iterable of str, optional
        Columns known before the offer, from which outcomes are predicted; by default all that are, or none where an
        arm is too small for so many.
    assignment : {"known", "estimated"}
        As in `winback.offer_scores`.

    Raises
    ------
    TableError
        Listing every problem of the table.
    ValueError
        When horizon or discount rate are missing, impossible or beyond the data.
    """
    catalog = as_catalog(offers)
    table = typed_trial(customers, catalog, one_chance_per_offer=False)
    horizon, discount = value_settings(table, catalog, horizon_months, annual_discount)
    design = check_typed_design(table, catalog)
    seen = trial_outcomes(table, catalog, horizon, discount)
    kept = seen.arm >= 0
    weighed = assignment == "estimated" or _chances_differ(table, seen.arm)
    if NO_OFFER in seen.arms and design.control != "accepted" and not weighed:
        kept &= seen.arm != seen.arms.index(NO_OFFER)
    arms = tuple(name for place, name in enumerate(seen.arms) if (seen.arm[kept] == place).any())  # none comes last
    table = table[kept].reset_index(drop=True)
    return Trial(
        customers=table,
        arms=arms,
        arm=seen.arm[kept],
        returned=seen.returned[kept],
        value=seen.value[kept],
        cost=seen.cost[kept],
        probability=_own_probability(table, seen.arm[kept], len(arms), whole=len(arms) == len(seen.arms)),
        covariates=_covariates(table, covariates, np.bincount(seen.arm[kept])),
        catalog=catalog,
        horizon_months=horizon,
        annual_discount=discount,
        design=design,
        **_assumed(
            catalog.organic if organic is None else organic,
            catalog.organic_value if organic_value is None else organic_value,
            table,
            NO_OFFER in arms,
        ),
    )


def _chances_differ(table: pd.DataFrame, arm: np.ndarray) -> bool:
    """Say whether customers of one arm were recorded with different chances, so that groups must differ."""
    if "offer_probability" not in table:
        return False
    chance = table["offer_probability"][arm >= 0].groupby(arm[arm >= 0])
    return bool((chance.max() - chance.min() > 1e-6).any())


def _assumed(organic, organic_value, table, has_control) -> dict:
    """Return what is assumed of customers without an offer."""
    check_organic_value(organic_value)
    if organic is None:
        return {}
    if has_control:
        raise ValueError(
            "organic is for tables without a control group; here the untreated show it. Leave it out, also "
            "of the offers file."
        )
    organic_shares(organic, table)  # refuses what is no share, and customers without one
    return {"organic": organic, "organic_value": organic_value}


def _own_probability(table: pd.DataFrame, arm: np.ndarray, n_arms: int, whole: bool) -> np.ndarray:
    """Return the chance of each customer's own arm: as recorded, else the arm's share of the customers."""
    sizes = np.bincount(arm, minlength=n_arms)
    if "offer_probability" not in table or table["offer_probability"].isna().all():
        return (sizes / len(arm))[arm]
    chance = table["offer_probability"].to_numpy(dtype=float)
    problems = ProblemList("table of lapsed customers", table)
    remedy = "Fill it in for every customer of the trial, or drop the column: then the groups' shares are used."
    problems.add_rows("offer_probability", np.isnan(chance), "is missing for some", remedy)
    if n_arms > 1:
        remedy = "Leave these customers out: nothing can be learned where only one offer was possible."
        problems.add_rows("offer_probability", chance >= 1, "must be below 1", remedy)
    problems.raise_if_any()
    if not whole:  # recorded chances count a group that is not compared: let those of the arms sum to one
        chance = chance * np.bincount(arm, weights=1 / chance, minlength=n_arms).mean() / len(arm)
    return chance


def _covariates(table: pd.DataFrame, covariates: Iterable[str] | None, sizes: np.ndarray) -> tuple[str, ...]:
    """Return the columns to predict from: those asked for, else all; none where the arms are too small for all."""
    late = measured_after_the_offer(table)
    usable = [name for name in known_beforehand(table) if name not in late]
    if covariates is None:
        width = covariate_matrix(table, usable)[0].shape[1]
        enough = USED_WHEN_NESTED * sizes.min() >= FEWEST_PER_COLUMN * (width + 1)
        return tuple(usable) if enough else ()
    wanted = [covariates] if isinstance(covariates, str) else list(covariates)
    problems = ProblemList("table of lapsed customers", table)
    for name in [name for name in wanted if name not in usable]:
        fault = (
            "is missing" if name not in table else "is not known before the offer, or no number, flag or short label"
        )
        problems.add(str(name), fault, f"Name some of {', '.join(usable)}.")
    problems.raise_if_any()
    return tuple(wanted)
