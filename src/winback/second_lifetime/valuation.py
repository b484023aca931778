"""How do second lifetime values show themselves? By customer, by segment and on average, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, Shown
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.horizon import Horizon
from winback.second_lifetime.measured import measured_outcomes
from winback.second_lifetime.model_check import ModelCheck, check_values
from winback.second_lifetime.offer_value import (
    net_value_slopes,
    parameter_slopes,
    pieces_of,
    value_offers,
)
from winback.second_lifetime.ranking import SHARES, RankingComparison, rank_customers
from winback.second_lifetime.value_words import answer, scope
from winback.tables import NO_OFFER, in_trial, label_codes
from winback.terms.catalog import OfferCatalog
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

EVERYBODY = "everybody"
ROWS_AT_ONCE = 20_000  # customers x parameters in memory at a time


@dataclass(frozen=True, repr=False, kw_only=True)
class SecondLifetimeValues(Result):
    """Second lifetime values, see `second_lifetime_value`.

    Attributes
    ----------
    net_values : pandas.DataFrame
        Expected discounted value less expected cost, in money: one row per customer (index ``customer_id``), one
        column per offer, and ``none`` where the model knows untreated customers.
    costs, chances : pandas.DataFrame
        Expected costs, and chances of return, the same shape.
    fit : SecondLifetimeFit
        The model whose answer is given.
    beside : SecondLifetimeFit or None
        The other model, whose averages are shown beside it.
    customers : pandas.DataFrame
        Who was valued.
    trial : Trial
        Whose offers and terms they are valued under.
    """

    net_values: pd.DataFrame = field(repr=False)
    costs: pd.DataFrame = field(repr=False)
    chances: pd.DataFrame = field(repr=False)
    fit: SecondLifetimeFit = field(repr=False)
    beside: SecondLifetimeFit | None = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    trial: Trial = field(repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "segment": ("Customers", "text"),
        "offer": ("Offer", "text"),
        "n": ("Number", "count"),
        "chance_of_return": ("Chance of return", "percent"),
        "cost": ("Expected cost", "money"),
        "net_value": ("Value net of cost", "money"),
        "gain": ("More than without an offer", "money"),
        "net_value_beside": ("The other model says", "money"),
    }

    @property
    def currency(self) -> str:
        """Sign or code put before money."""
        return self.trial.currency

    @property
    def horizon(self) -> Horizon:
        """Over how long money is counted, and what later money is worth: the trial's terms."""
        return Horizon.of(self.trial)

    @property
    def catalog(self) -> OfferCatalog:
        """The offers."""
        return self.trial.offers

    def to_frame(self) -> pd.DataFrame:
        """Return the values, customers x offers."""
        return self.net_values.copy()

    @cached_property
    def set_aside(self) -> np.ndarray:
        """Customers who are valued but not averaged over, because the model left them out, too: ``eligible`` false."""
        return ~in_trial(self.customers)

    @cached_property
    def averages(self) -> pd.DataFrame:
        """Average per customer of each offer, see `segments`."""
        return self._averages(np.where(self.set_aside, -1, 0), [EVERYBODY])

    def segments(self, by: str) -> pd.DataFrame:
        """Return averages per customer for each value of a column.

        Returns
        -------
        pandas.DataFrame
            One row per segment and offer: ``segment``, ``offer``, ``n``, ``chance_of_return``, ``value`` (before cost),
            ``cost``, ``net_value`` and ``gain`` (net value less that without an offer), each of the last two with
            ``_std_error``, ``_low``, ``_high``; ``net_value_beside`` by the other model. Totals are averages times n.
        """
        if by not in self.customers:
            there = ", ".join(map(str, self.customers.columns))
            raise ValueError(f"There is no column {by!r}; there are {there}.")
        codes, labels = label_codes(self.customers[by])
        codes = np.where(self.set_aside, -1, codes)
        kept = np.unique(codes[codes >= 0])
        return self._averages(np.where(codes < 0, -1, np.searchsorted(kept, codes)), [labels[place] for place in kept])

    @cached_property
    def std_errors(self) -> pd.DataFrame:
        """Standard errors of the values, of the same shape: of what is expected, not of what one customer will do."""
        errors = np.empty(self.net_values.shape)
        for place, offer in enumerate(self.net_values.columns):
            for rows, slopes in self._slopes(offer):
                variance = np.einsum("ij,ij->i", slopes @ self.fit.covariance, slopes)
                errors[rows, place] = np.sqrt(np.maximum(variance, 0.0))
        return pd.DataFrame(errors, index=self.net_values.index, columns=self.net_values.columns)

    def intervals(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return low and high of each value, by the delta method."""
        margin = normal_quantile(self.fit.level) * self.std_errors
        return self.net_values - margin, self.net_values + margin

    def table(self, by: str | None = None) -> pd.DataFrame:
        """Return the rounded table of averages, of everybody or by the labels of a column."""
        return self.rounded(self.averages.drop(columns="segment") if by is None else self.segments(by))

    def show(self, by: str | None = None) -> Shown:
        """Return the rounded table as a notebook shows it."""
        return Shown(self.table(by))

    def describe(self) -> Sentences:
        """Say which offer is worth most, how sure that is, and what is in doubt."""
        return Sentences.of(answer(self))

    def details(self) -> Sentences:
        """Say over what is counted, who is left out, and what the other model says."""
        return Sentences.of(scope(self))

    @cached_property
    def measured(self) -> pd.DataFrame:
        """What each of these customers brought and cost in the trial, under the values' own terms."""
        return measured_outcomes(self)

    def check(self, *, held_out: bool = False, level: float = 0.95) -> ModelCheck:
        """Set what the model expects under each customer's own offer beside what the trial measured.

        A model whose shape does not suit the data shows it here in money. Values are gross, net of the offer's cost,
        within the horizon; where the data end before a customer does, measured ones are pseudo-observations within the
        offer's group. The interval of the gap allows for the chance error of the measured values, customer by
        customer, and for customers the model was not fitted on also for the model's own.

        Parameters
        ----------
        held_out : bool
            Whether these are customers the model was not fitted on.
        level : float
            Of the intervals.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.load_telecom_study()
        >>> formulas = dict.fromkeys(["reacquisition", "tenure", "margin"], "offer + reason")
        >>> values = wb.second_lifetime_value(wb.fit_two_part(study.trial, **formulas), study.trial)
        >>> values.check().frame[["offer", "measured", "expected"]].round(0).head(2)
              offer  measured  expected
        0  discount     361.0     362.0
        1   upgrade     341.0     338.0
        """
        return check_values(self, held_out, level)

    def rankings(self, shares: Iterable[float] = SHARES, level: float = 0.95) -> RankingComparison:
        r"""Say what ranking customers by their chance of return forgoes against ranking them by value.

        Customers who were sent an offer are ranked twice under their own offer: by the model's chance of return and by
        its expected value net of cost. The best share of each ranking is then judged by what these customers really
        brought, net of what they cost. The difference is

        .. math:: \frac{1}{n_c} \sum_i (1\{i \in V\} - 1\{i \in P\}) (\text{value}_i - \text{cost}_i)

        with :math:`V` and :math:`P` the two sets of :math:`n_c` customers; its standard error comes from the customers
        in which the two differ. Values are gross: some of these customers would have come back anyway.

        Parameters
        ----------
        shares : iterable of float
            Shares of the customers that could be contacted; best of customers the model was not fitted on.
        level : float
            Of the intervals.

        Examples
        --------
        >>> import winback as wb
        >>> fit_on, judge_by = wb.hold_out(wb.load_telecom_study().trial)
        >>> fit = wb.fit_two_part(fit_on, reacquisition="reason", tenure="reason", margin="reason + first_margin")
        >>> wb.second_lifetime_value(fit, judge_by).rankings([0.3]).frame["n"].tolist()
        [3589]
        """
        return rank_customers(self, shares, level)

    def _slopes(self, offer) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield rows, and how their values under an offer move with the parameters, (n, p)."""
        for piece in pieces_of(offer, self.fit, self.customers, self.catalog):
            for start in range(0, len(piece.rows), ROWS_AT_ONCE):
                rows = piece.rows[start : start + ROWS_AT_ONCE]
                numbers = next(self.fit.numbers(self.customers.iloc[rows], [piece.label]))
                slopes = net_value_slopes(self.fit.outlook(numbers), piece.contract, self.horizon)
                yield rows, parameter_slopes(self.fit, numbers, slopes)

    def mean_slopes(self, offer: str, rows: np.ndarray) -> np.ndarray:
        """Return how the mean value of some customers (positions) under an offer moves with the parameters, (p,)."""
        chosen = np.zeros(len(self.customers), dtype=bool)
        chosen[rows] = True
        return sum(moved[chosen[each]].sum(axis=0) for each, moved in self._slopes(offer)) / len(rows)

    def _averages(self, codes, labels) -> pd.DataFrame:
        members = np.eye(len(labels) + 1)[:, :-1]  # the last row is for missing labels
        slopes = {}
        for offer in self.net_values.columns:
            sums = sum(members[codes[rows]].T @ moved for rows, moved in self._slopes(offer))
            slopes[offer] = sums / members[codes].sum(axis=0)[:, None]
        rows = [
            self._row(offer, codes == segment, {name: of[segment] for name, of in slopes.items()}) | {"segment": label}
            for segment, label in enumerate(labels)
            for offer in self.net_values.columns
        ]
        frame = pd.DataFrame(rows)
        return frame[["segment", *frame.columns.drop("segment")]]

    def _row(self, offer, inside, slopes) -> dict:
        """Return the averages of some customers under one offer."""
        net, cost, chance = (
            frame[offer].to_numpy()[inside].mean() for frame in (self.net_values, self.costs, self.chances)
        )
        row = {"offer": offer, "n": int(inside.sum()), "chance_of_return": chance, "value": net + cost, "cost": cost}
        row |= self._with_interval("net_value", net, slopes[offer])
        if NO_OFFER in self.net_values and offer != NO_OFFER:
            gain = net - self.net_values[NO_OFFER].to_numpy()[inside].mean()
            row |= self._with_interval("gain", gain, slopes[offer] - slopes[NO_OFFER])
        if self.beside is not None:
            row["net_value_beside"] = self._values_beside[offer].to_numpy()[inside].mean()
        return row

    @cached_property
    def _values_beside(self) -> pd.DataFrame:
        return value_offers(self.beside, self.customers, self.catalog, self.horizon, self.net_values.columns)[
            "net_values"
        ]

    def _with_interval(self, name, estimate, slopes) -> dict[str, float]:
        error = float(np.sqrt(max(slopes @ self.fit.covariance @ slopes, 0.0)))
        margin = normal_quantile(self.fit.level) * error
        ends = {f"{name}_std_error": error, f"{name}_low": estimate - margin, f"{name}_high": estimate + margin}
        return {name: float(estimate)} | ends
