"""What does a model of leaving say, of everybody, of one customer, and month by month ahead? The fitted model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.linalg import block_diag
from scipy.special import expit, logit, ndtr

from winback.base.contract_base import ContractBase
from winback.discounting import check_horizon
from winback.doors import ArgumentError, door
from winback.formulas import Design
from winback.held_out import TENTHS
from winback.results import Result, Sentences
from winback.retention import risk_words as words
from winback.retention.about_to_leave import AboutToLeave, worth_keeping
from winback.retention.bands import levels_of
from winback.retention.keeping import Keeping, WorthLost
from winback.retention.person_months import History, Known, customers_of, is_written
from winback.retention.risk_ahead import Ahead, Drift, ahead_of, drift_of
from winback.retention.risk_check import RiskCheck
from winback.retention.risk_judged import judge_risk
from winback.retention.risk_table import LevelTable
from winback.tables import ProblemList
from winback.tables.likeness import to_choose_from
from winback.uncertainty import normal_interval


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ChurnRisk(Result):
    """The chance of leaving within the next month, fitted to months of a base; see `fit_churn_risk`.

    Attributes
    ----------
    params : pandas.DataFrame
        One row per term: ``term``, ``in_words``, ``estimate`` of log odds, ``std_error``, ``z``, ``p_value``, ``low``,
        ``high``.
    n, n_lost, n_cells : int
        Months of customers, how many ended with a loss, and different rows among them.
    starts : numpy.ndarray
        First days of the months, as whole numbers; at the last one the last month ends.
    """

    base: ContractBase = field(repr=False)
    refitted: Callable[[np.ndarray], ChurnRisk] = field(repr=False)  # the same model, fitted to other months
    design: Design = field(repr=False)
    table_of_levels: LevelTable = field(repr=False)
    coefficients: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    log_likelihood: float
    starts: np.ndarray = field(repr=False)
    n: int
    n_lost: int
    n_cells: int
    left_within: Mapping[str, float] = field(repr=False)  # share who left within the month, by level of a term
    level: float
    notes: tuple[str, ...] = ()
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("Who", "text"),
        "odds": ("Odds of leaving, times", "times"),
        "p_value": ("p", "p_value"),
    }

    @property
    def formula(self) -> str:
        """The right-hand side."""
        return self.design.formula

    @cached_property
    def params(self) -> pd.DataFrame:
        """The coefficients, one row per term."""
        error = np.sqrt(np.diag(self.covariance))
        z = self.coefficients / error
        low, high = normal_interval(self.coefficients, error, self.level)
        figures = {"estimate": self.coefficients, "std_error": error, "z": z, "p_value": 2 * ndtr(-np.abs(z))}
        said = words.terms_in_words(self.design.names, self.table_of_levels.columns)
        return pd.DataFrame({"term": self.design.names, "in_words": said, **figures, "low": low, "high": high})

    def to_frame(self) -> pd.DataFrame:
        """Return the terms but those of curves and the intercept, with odds ratios ``odds`` and their intervals."""
        rows = self.params[[bool(said) for said in self.params["in_words"]]]
        ends = {"": "estimate", "_low": "low", "_high": "high"}
        return rows.assign(**{f"odds{end}": np.exp(rows[name]) for end, name in ends.items()}).reset_index(drop=True)

    def describe(self) -> Sentences:
        """Say how many are expected to leave next month, what foretells it most, and the doubt."""
        return Sentences.of(words.answer_lines(self))

    def details(self) -> Sentences:
        """Say what the model is, and what it does not know."""
        return Sentences.of(words.detail_lines(self))

    def what_to_do(self) -> Sentences:
        """Say how to go on."""
        return Sentences.of(
            [
                "Judge the model on later months first; then rank whom to keep by what keeping would gain, with what "
                "it costs and prevents, not by risk."
            ]
        )

    def odds(self, levels: np.ndarray) -> np.ndarray:
        """Return the log odds of leaving of rows of levels, (n, n_columns)."""
        return self.table_of_levels.odds(levels, self.coefficients)

    @cached_property
    def drift(self) -> Drift:
        """By how much the risk of later months lies above what is known today; see `winback.retention.risk_ahead`."""
        return drift_of(self)

    @property
    def covariance_ahead(self) -> np.ndarray:
        """The covariance of the coefficients and of the drift."""
        return block_diag(self.covariance, self.drift.variance)

    @cached_property
    def next_month(self) -> Ahead:
        """The chances of all who are here of leaving in the next month."""
        return self.ahead(None, 1)

    @property
    def expected(self) -> tuple[float, float, float]:
        """How many of them leave, with an interval: of the parameters, and of who does."""
        return self.next_month.in_all(self.covariance_ahead, self.level)

    @door
    def predict(self, base: ContractBase | None = None, *, months: int = 1) -> pd.DataFrame:
        r"""Return for everybody here on the last day the chance of leaving next month, and within some months.

        .. math:: 1 - \prod_{h=1}^{H} (1 - p_h)

        Months as a customer, months since events and the month of the year go on; all else is held. What happens
        meanwhile is counted on average only (`winback.retention.risk_ahead`): whose discount will end is not foreseen.

        Parameters
        ----------
        base : ContractBase, optional
            A later one of the same customers; by default the one of the fit.
        months : int
            Ahead, from the day after the last one of the data.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``risk`` of leaving next month and ``within`` these months, each with ``_low`` and
            ``_high`` for the expected value, ``margin`` a month where known. Customers with a label that the model has
            not seen are left out.
        """
        ahead = self.ahead(base, months)
        seen, found = ahead.seen, {}
        customers, leaves = customers_of(self.base if base is None else base, ahead.known)[seen], ahead.leaves[seen]
        lost = np.log(-np.log1p(-leaves.sum(axis=1)))
        for name, middle, error, share in (
            ("risk", logit(leaves[:, 0]), ahead.risk_error[seen], expit),
            ("within", lost, ahead.within_error[seen], lambda value: -np.expm1(-np.exp(value))),
        ):
            low, high = normal_interval(middle, error, self.level)
            found |= {f"{name}_low": share(low), name: share(middle), f"{name}_high": share(high)}
        columns = {"customer_id": customers["customer_id"], **found, "margin": customers["margin"]}
        return pd.DataFrame(columns).reset_index(drop=True)

    def ahead(self, base: ContractBase | None, months: int) -> Ahead:
        """Return the chances of leaving in each of the months after the last day of a base."""
        check_horizon(months)
        return ahead_of(self, self.here(self.base if base is None else base), months)

    def here(self, base: ContractBase) -> Known:
        """Return who is a customer on the last day of a base, and what is known of them."""
        problems = ProblemList("contracts", base.contracts)
        for name in self.design.columns:
            if is_written(self.base, name) and not is_written(base, name):
                problems.add(name, "is in the model, not in the table", to_choose_from(name, base.contracts.columns))
        problems.raise_if_any()
        known = History(base, self.table_of_levels.columns).at(base.last + 1)
        if not len(known.life):
            raise ValueError(f"Nobody is a customer on {base.until}: there is nobody whose risk could be told.")
        return known

    def levels(self, known: Known, ahead: int = 0) -> np.ndarray:
        """Return the levels of customers, (n, n_columns), -1 where the model has not seen a value."""
        columns = self.table_of_levels.columns
        return levels_of(known.places(columns, ahead), columns)

    def risks(self, known: Known) -> np.ndarray:
        """Return the chance of leaving within the month that begins, (n,); missing where a value is not known to it."""
        levels = self.levels(known)
        seen = (levels >= 0).all(axis=1)
        found = np.full(len(seen), np.nan)
        found[seen] = expit(self.odds(levels[seen]))
        return found

    @door
    def score(self, customer: Mapping) -> float:
        """Return the chance that one customer leaves within the next month, from what is known on the telephone.

        Parameters
        ----------
        customer : mapping
            Columns of the formula and their values as numbers or labels: ``tenure`` in months, months since each event
            (left out: never), a trend as a ratio (left out: not known), ``month_of_year`` from 1 to 12, ``came_back``.

        Raises
        ------
        ArgumentError
            When a column is not in the model, is missing, or has a value not seen.

        Examples
        --------
        >>> import winback as wb
        >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
        >>> fit = wb.fit_churn_risk(base, "log1p(tenure) + since_complaint", months=12)
        >>> fit.score({"tenure": 14, "since_complaint": 1}) > 2 * fit.score({"tenure": 14})
        True
        """
        columns = self.table_of_levels.columns
        names, levels = [each.name for each in columns], []
        for name in customer:
            if name not in names:
                raise ArgumentError(f"{name} is not in the model. {to_choose_from(name, sorted(names))}")
        for each in columns:
            value = customer.get(each.name)
            try:
                levels.append(each.level_of[each.place_of(value)])
            except (TypeError, ValueError):  # a list, a table or an array in a value's place
                raise ArgumentError(f"Values must be numbers or labels; got {dict(customer)!r}.") from None
            if levels[-1] < 0:
                unseen = f"is {value!r}, which the model has not seen"
                said = unseen if each.name in customer else "is missing, and the model needs it"
                raise ArgumentError(f"{each.name} {said}.")
        return float(expit(self.odds(np.array([levels]))[0]))

    @door
    def check(self, *, months: int = 6, flagged: float = 1 / TENTHS) -> RiskCheck:
        """Fit the same model to what was known before the last months, and judge it by them; see `risk_check`.

        Parameters
        ----------
        months : int
            The last ones, held out.
        flagged : float
            Share of customers, the riskiest, who count as flagged.

        Returns
        -------
        RiskCheck
            Calibration by tenths, and how well it ranks; ``unforeseen()`` and ``net_benefit(...)``.
        """
        return judge_risk(self, months, flagged)

    @door
    def about_to_leave(
        self,
        base: ContractBase | None = None,
        *,
        cost: float,
        share_prevented: float,
        months: int = 12,
        annual_discount: float = 0.0,
        worth_lost: float | WorthLost = 0.0,
    ) -> AboutToLeave:
        """Return whom it pays to keep, by what keeping would gain; see `winback.retention.keeping`.

        Parameters
        ----------
        base : ContractBase, optional
            A later one; by default that of the fit.
        cost : float
            Of the measure for each customer who gets it, also for those who would have stayed.
        share_prevented : float
            Share of the losses within the months that it prevents: an assumption where no trial measured it.
        months : int
            That count, from the last day of the data.
        annual_discount : float
        worth_lost : float or WorthLost
            What a lost customer is still worth on the day of leaving: the chance of a return times its value. A
            comparison with winning back has it, `StrategyComparison.worth_lost`.

        Returns
        -------
        AboutToLeave
        """
        terms = Keeping(cost, share_prevented, months, annual_discount, worth_lost)
        ahead = self.ahead(base, months)
        base = self.base if base is None else base
        customers, leaves = customers_of(base, ahead.known)[ahead.seen], ahead.leaves[ahead.seen]
        both = (ahead, self.ahead(base, max(months // 2, 1)))
        reach, sooner = (each.reach(self.covariance_ahead, self.level) for each in both)
        return replace(worth_keeping(customers, leaves, terms, base.currency), reach=reach, reach_sooner=sooner)
