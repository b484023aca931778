"""Who is still here after so many periods? A contract model's parameters, its survival and its retention."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2

from winback.doors import door_of_settings
from winback.formulas import Design
from winback.periods import Period
from winback.results import Result, Sentences
from winback.value.contracts.checks import all_checked, whole_periods
from winback.value.contracts.counts import numbers
from winback.value.contracts.edges import fit_beta_geometric, fit_beta_weibull
from winback.value.contracts.maximum import Cells, Maximum
from winback.value.contracts.parameters import slopes, std_errors, survival_interval
from winback.value.contracts.payments import log_stays
from winback.value.contracts.wording import describe_contracts

MOST_CELLS = 20_000  # of distinct customers, to which another model is fitted in a blink


@dataclass(frozen=True)
class LikelihoodRatio:
    """A test of c = 1: does each customer's own risk of leaving change with time?"""

    statistic: float  # chi-square, one degree of freedom
    p_value: float
    log_likelihood: float  # of the sBG, where c = 1
    c: float  # of the BdW

    @classmethod
    def between(cls, geometric: Maximum, weibull: Maximum) -> LikelihoodRatio:
        """Compare the maxima of the sBG and of the BdW, fitted to the same customers."""
        gain = max(2 * (weibull.log_likelihood - geometric.log_likelihood), 0.0)
        return cls(gain, float(chi2.sf(gain, 1)), geometric.log_likelihood, float(np.exp(weibull.location[-1])))


@dataclass(frozen=True, repr=False)
class ContractCurves(Result):
    """Who is still here: the part of a contract model that needs no money, see `ContractFit`.

    Age counts whole periods completed; a customer of age a is about to renew, or has renewed, for the (a + 1)-th.
    Every interval is for the expected share or value, not for what one customer will do.

    Attributes
    ----------
    model : str
        ``sBG`` or ``BdW``.
    period : Period
        The unit of every period here.
    params : pandas.DataFrame
        ``equation``, ``term``, ``estimate``, ``std_error``, ``z``, ``p_value``, ``low``, ``high``. Without a formula
        the parameters themselves, with intervals on the log scale; with one, the coefficients of their logarithms.
    """

    model: str
    period: Period
    params: pd.DataFrame
    location: np.ndarray = field(repr=False)  # (2 p + 1,) of log alpha, log beta and log c
    covariance: np.ndarray = field(repr=False)
    log_likelihood: float = np.nan  # from here on: as in a model with known parameters
    n: int = 0  # customers
    n_ended: int = 0  # of them, how many left
    n_cohorts: int = 0  # 0 where customers came as rows
    last_period: int = 12  # the longest that anybody was seen; beyond it the model extrapolates
    converged: bool = True  # a maximum was found, inside or on a stated edge
    edge: str = ""  # empty, or which edge the fit lies on; ``describe()`` says what that means
    against_sbg: LikelihoodRatio | None = None  # of a BdW against the sBG
    design: Design | None = field(default=None, repr=False)
    level: float = 0.95
    columns: tuple[str, str] | None = None  # tenure and end, where customers came as rows
    cells: Cells | None = field(default=None, repr=False)  # what it was fitted to
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "equation": ("Parameter", "text"),
        "term": ("Term", "text"),
        "estimate": ("Estimate", "number"),
        "std_error": ("Std. error", "number"),
        "low": ("Low", "number"),
        "high": ("High", "number"),
    }

    @cached_property
    def against_bdw(self) -> LikelihoodRatio | None:
        """Of an sBG: the BdW against it; None for another model, or where that would take long."""
        if self.model != "sBG" or self.cells is None or len(self.cells.counts) > MOST_CELLS:
            return None
        geometric = fit_beta_geometric(self.cells)
        return LikelihoodRatio.between(geometric, fit_beta_weibull(self.cells, geometric))

    def to_frame(self) -> pd.DataFrame:
        """Return the parameters, one row each."""
        return self.params.copy()

    def describe(self) -> Sentences:
        """Say who stays, why retention rises, and what the model rests on."""
        return describe_contracts(self)

    @door_of_settings
    def survival(self, periods: ArrayLike, customers: pd.DataFrame | None = None) -> np.ndarray:
        """Return the share of new customers still here after so many periods, shape (m,) or (n, m)."""
        return self.survival_from_now(0, periods, customers)

    @door_of_settings
    def survival_from_now(self, age: int, periods: ArrayLike, customers: pd.DataFrame | None = None) -> np.ndarray:
        """Return the chance that a customer of this age is still here after so many more periods; 1 at none."""
        (age,), periods = all_checked(lambda: whole_periods(age, "age"), lambda: whole_periods(periods, "periods"))
        logs, _ = self.logs(customers)
        return self._rows(_kept(logs, age, periods), customers)

    @door_of_settings
    def retention(self, periods: ArrayLike, customers: pd.DataFrame | None = None) -> np.ndarray:
        """Return the share of those who reached a period's end that renews then, S(t) / S(t - 1)."""
        periods = whole_periods(periods, "periods", least=1)
        logs, _ = self.logs(customers)
        return self._rows(_renewing(logs, periods), customers)

    @door_of_settings
    def project(self, periods: ArrayLike, *, age: int = 0, customers: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return who is still here after so many more periods, and the retention then, with intervals.

        Returns
        -------
        pandas.DataFrame
            ``periods``, ``still_here``, ``retention`` (of that period; missing at none), each with ``_low`` and
            ``_high``; with covariates a row for each customer and period, and ``row``, the customer's position.
        """
        (age,), periods = all_checked(lambda: whole_periods(age, "age"), lambda: whole_periods(periods, "periods"))
        logs, matrix = self.logs(customers)
        still = self._with_interval(lambda at: _kept(at, age, periods), logs, matrix)
        later = np.maximum(periods, 1)
        renewing = self._with_interval(lambda at: _renewing(at, age + later), logs, matrix)
        columns = {"periods": np.tile(periods.astype(int), len(matrix))}
        for name, found in (("still_here", still), ("retention", renewing)):
            for suffix, values in zip(("", "_low", "_high"), found, strict=True):
                told = np.where((periods == 0) & (name == "retention"), np.nan, values)
                columns[name + suffix] = told.ravel()
        if customers is not None:
            columns = {"row": np.repeat(np.arange(len(matrix)), len(periods)), **columns}
        return pd.DataFrame(columns)

    def logs(self, customers: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
        """Return log alpha, log beta and log c of customers, shape (3, n), and their covariates, shape (n, p)."""
        if self.design is None:
            matrix = np.ones((1 if customers is None else len(customers), 1))
        elif customers is None:
            raise ValueError(f"customers must be given: the parameters depend on {', '.join(self.design.columns)}.")
        else:
            matrix = numbers(self.design, customers)
        p = matrix.shape[1]
        both = matrix @ self.location[:p], matrix @ self.location[p:-1]
        return np.array([*both, np.full(len(matrix), self.location[-1])]), matrix

    def _with_interval(self, function: Callable, logs, matrix):
        """Return a share, a function of the parameters, with low and high by the delta method."""
        estimate = function(logs)
        error = std_errors(slopes(function, logs, self.model), matrix, self.covariance)
        return estimate, *survival_interval(estimate, error, self.level)

    def _rows(self, values, customers) -> np.ndarray:
        return values[0] if customers is None else values


def _kept(logs, age, periods) -> np.ndarray:
    """Return S(age + periods) / S(age), shape (n, m)."""
    begin = log_stays(logs, np.broadcast_to(age, logs.shape[1]))
    return np.exp(log_stays(logs[..., None], age + periods) - begin[:, None])


def _renewing(logs, periods) -> np.ndarray:
    """Return S(t) / S(t - 1), shape (n, m)."""
    return np.exp(log_stays(logs[..., None], periods) - log_stays(logs[..., None], periods - 1))
