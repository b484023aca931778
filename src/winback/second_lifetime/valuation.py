"""How do second lifetime values show themselves? By customer, by segment and on average, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.results import Result, Sentences, Shown
from winback.second_lifetime.contact_worth import CONTACT_COSTS, ContactWorth, not_worth_a_contact
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.model_check import ModelCheck, check_values, measured_outcomes
from winback.second_lifetime.offer_value import average_values, std_errors_of, value_offers
from winback.second_lifetime.ranking import SHARES, RankingComparison, rank_customers
from winback.second_lifetime.value_words import answer, scope
from winback.tables import in_trial, label_codes
from winback.tables.likeness import to_choose_from
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

EVERYBODY = "everybody"


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
    unseen : bool
        Whether the model is known to be of other customers than those valued.
    """

    net_values: pd.DataFrame = field(repr=False)
    costs: pd.DataFrame = field(repr=False)
    chances: pd.DataFrame = field(repr=False)
    fit: SecondLifetimeFit = field(repr=False)
    beside: SecondLifetimeFit | None = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    trial: Trial = field(repr=False)
    unseen: bool = False
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
        return average_values(self, np.where(self.set_aside, -1, 0), [EVERYBODY])

    @door
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
            raise ValueError(f"There is no column {by!r}. {to_choose_from(by, self.customers.columns)}")
        codes = np.full(len(self.customers), -1)
        codes[~self.set_aside], labels = label_codes(self.customers[by][~self.set_aside])
        return average_values(self, codes, labels)

    @cached_property
    def net_values_beside(self) -> pd.DataFrame | None:
        """The values by the other model, where there is one; of the same shape."""
        if self.beside is None:
            return None
        return value_offers(self.beside, self.trial, self.customers)["net_values"]

    @cached_property
    def std_errors(self) -> pd.DataFrame:
        """Standard errors of the values, of the same shape: of what is expected, not of what one customer will do."""
        return std_errors_of(self)

    def intervals(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return low and high of each value, by the delta method."""
        margin = normal_quantile(self.fit.level) * self.std_errors
        return self.net_values - margin, self.net_values + margin

    @door
    def table(self, by: str | None = None) -> pd.DataFrame:
        """Return the rounded table of averages, of everybody or by the labels of a column."""
        return self.rounded(self.averages.drop(columns="segment") if by is None else self.segments(by))

    @door
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

    @door
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

    @door
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

    @door
    def not_worth_a_contact(
        self, contact_costs: Iterable[float] = CONTACT_COSTS, *, by: str | None = None, level: float = 0.95
    ) -> ContactWorth:
        """Find the customers whom a contact would cost more than it brings.

        The gain of a contact is the value of the customer's best offer, net of the offer's cost, less the value without
        an offer, by the model. Whoever gains less than a contact costs is better left alone. What these customers
        really gained is measured in the trial: mean net value of those who were sent an offer less that of those who
        were not.

        Where nobody was left untreated, the value without an offer is what the trial's terms assume (``organic``), or
        not taken off at all: gains are then gross, and too many look worth a contact.

        Parameters
        ----------
        contact_costs : iterable of float
            What one contact may cost, on top of the offer, in money; best of customers the model was not fitted on.
        by : str, optional
            Column in whose labels the answer is put.
        level : float
            Of the intervals.

        Examples
        --------
        >>> import winback as wb
        >>> trial = wb.load_telecom_study().trial
        >>> fit = wb.fit_two_part(trial, reacquisition="offer + reason", tenure="reason", margin="reason")
        >>> values = wb.second_lifetime_value(fit, trial, trial.customers)
        >>> values.not_worth_a_contact([150.0], by="reason").frame[["share", "mostly"]].round(2)
           share                              mostly
        0   0.04  left for price and service (100%)
        """
        return not_worth_a_contact(self, contact_costs, by, level)
