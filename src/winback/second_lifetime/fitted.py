"""What have all second-lifetime fits in common? Parameters with their errors, and predictions by customer and offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, log_ndtr, ndtr, ndtri

from winback.discounting import check_horizon
from winback.formulas import Design
from winback.results import Result, join_words
from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.check import ReturnCheck
from winback.second_lifetime.correlations import CORRELATIONS, correlation_slopes, correlations_of
from winback.second_lifetime.expected_value import Outlook, expected_margin, expected_tenure
from winback.second_lifetime.judging import judge_return
from winback.second_lifetime.sample import EQUATIONS
from winback.second_lifetime.tenure_fit import goodness_of_tenure
from winback.survival.families import find_family
from winback.survival.goodness_of_fit import GoodnessOfFit
from winback.tables import as_table
from winback.uncertainty import normal_quantile


@dataclass(frozen=True, repr=False, kw_only=True)
class SecondLifetimeFit(Result):
    r"""A fitted model of return, second tenure and second margin.

    Attributes
    ----------
    designs : mapping
        Equation -> `Design`.
    theta : numpy.ndarray, shape (p,)
        Coefficients of reacquisition, tenure and margin, then :math:`\log \sigma_T, \log \sigma_M` and the free
        correlations :math:`r_1, r_2, r_3` of `joint_likelihood` (zero in a two-part model).
    covariance : numpy.ndarray, shape (p, p)
        Of theta.
    distribution, link : str
        Shape of second tenures; probit or logit.
    log_likelihood : float
        Of the whole model, in months and money.
    n, n_returned, n_ended, n_set_aside : int
        Customers fitted on; of these returned; of these gone again; left out because not ``eligible``.
    offers : tuple of str
        Labels of ``offer`` the model knows; empty when no formula uses it.
    longest : float
        Longest second tenure seen, months: predictions beyond it are extrapolated.
    converged : bool
    level : float
        Of all intervals.
    cautions : tuple of str
        What else a reader should know, such as values that lie far out.
    """

    designs: Mapping[str, Design] = field(repr=False)
    theta: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    distribution: str
    link: str
    log_likelihood: float
    n: int
    n_returned: int
    n_ended: int
    n_set_aside: int
    offers: tuple[str, ...]
    longest: float
    converged: bool
    level: float
    cautions: tuple[str, ...] = ()
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "equation": ("Equation", "text"),
        "in_words": ("Term", "text"),
        "estimate": ("Estimate", "number"),
        "std_error": ("Standard error", "number"),
        "p_value": ("p-value", "p_value"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return the parameters, see `params`."""
        return self.params.copy()

    @cached_property
    def places(self) -> dict[str, slice]:
        """Where the coefficients of each equation stand in theta."""
        ends = np.cumsum([0, *(len(self.designs[equation].names) for equation in EQUATIONS)])
        return {name: slice(*ends[place : place + 2]) for place, name in enumerate(EQUATIONS)}

    @property
    def correlations(self) -> np.ndarray:
        """Correlations return-tenure, return-margin and tenure-margin of what the covariates do not explain."""
        return correlations_of(self.theta[-3:])

    @cached_property
    def params(self) -> pd.DataFrame:
        """Parameters: equation, term, in_words, estimate, std_error, z, p_value, low, high.

        Spreads and correlations have intervals made on the scale on which they are near normal (log; Fisher's z). A
        spread has no z: whether it is zero is no question.
        """
        rows = [
            {"equation": equation, "term": name, "in_words": self.designs[equation].in_words(name)}
            for equation in EQUATIONS
            for name in self.designs[equation].names
        ]
        error = np.sqrt(np.diag(self.covariance))
        n_terms = len(rows)
        frame = pd.DataFrame(rows).assign(estimate=self.theta[:n_terms], std_error=error[:n_terms])
        z = normal_quantile(self.level)
        frame["z"] = frame["estimate"] / frame["std_error"]
        frame["low"], frame["high"] = (frame["estimate"] + side * z * frame["std_error"] for side in (-1, 1))
        frame = pd.concat([frame, self._spreads(error[n_terms : n_terms + 2], z), self._correlations(z)])
        frame["p_value"] = 2 * ndtr(-frame["z"].abs())
        order = ["equation", "term", "in_words", "estimate", "std_error", "z", "p_value", "low", "high"]
        return frame[order].reset_index(drop=True)

    def _spreads(self, error, z) -> pd.DataFrame:
        of_tenure = "log tenure" if find_family(self.distribution).log_tenure else "tenure"
        estimate = np.exp(self.theta[-5:-3])
        return pd.DataFrame(
            {
                "equation": ["tenure", "margin"],
                "term": "sd",
                "in_words": [f"spread of {of_tenure}", "spread of margin"],
                "estimate": estimate,
                "std_error": estimate * error,
                "low": estimate * np.exp(-z * error),
                "high": estimate * np.exp(z * error),
            }
        )

    def _correlations(self, z) -> pd.DataFrame | None:
        if not self.covariance[-3:, -3:].any():
            return None  # none was estimated
        slopes = correlation_slopes(self.theta[-3:])
        rho = self.correlations
        error = np.sqrt(np.diag(slopes @ self.covariance[-3:, -3:] @ slopes.T))
        fisher, fisher_error = np.arctanh(rho), error / (1 - rho**2)
        return pd.DataFrame(
            {
                "equation": "correlation",
                "term": CORRELATIONS,
                "in_words": [f"of {name} beyond the covariates" for name in CORRELATIONS],
                "estimate": rho,
                "std_error": error,
                "z": rho / error,
                "low": np.tanh(fisher - z * fisher_error),
                "high": np.tanh(fisher + z * fisher_error),
            }
        )

    def coefficients(self, equation: str) -> np.ndarray:
        """Return the coefficients of one equation, in the order of its design."""
        return self.theta[self.places[equation]]

    def outlook(self, numbers: Mapping[str, np.ndarray]) -> Outlook:
        """Return what the model says about customers, from the designs of its equations (`numbers`)."""
        a, tenure, margin = (numbers[equation] @ self.coefficients(equation) for equation in EQUATIONS)
        a = a if self.link == "probit" else _probit_of_logit(a)
        spreads = np.exp(self.theta[-5:-3])
        family = find_family(self.distribution)
        return Outlook(a, tenure, margin, *map(float, spreads), *map(float, self.correlations), family)

    def chance_of_return(self, customers: pd.DataFrame) -> np.ndarray:
        """Return each customer's chance of return under their own offer, shape (n,)."""
        linear = self.designs["reacquisition"].matrix(as_table(customers)) @ self.coefficients("reacquisition")
        return ndtr(linear) if self.link == "probit" else expit(linear)

    def numbers(self, customers: pd.DataFrame, offers: Iterable[str] | None = None) -> Iterator[dict[str, np.ndarray]]:
        """Yield the design of each equation for these customers: under each offer, or under their own."""
        if offers is None:
            yield {equation: self.designs[equation].matrix(customers) for equation in EQUATIONS}
            return
        offers = list(offers)
        unknown = [name for name in offers if self.offers and name not in self.offers]
        if unknown:
            known = ", ".join(self.offers)
            raise ValueError(f"The model knows nothing about {join_words(map(repr, unknown))}; it knows {known}.")
        designs = [self.designs[equation].matrices(customers, "offer", offers) for equation in EQUATIONS]
        for matrices in zip(*designs, strict=True):
            yield dict(zip(EQUATIONS, matrices, strict=True))

    def predict(
        self,
        customers: pd.DataFrame,
        offers: Iterable[str] | None = None,
        *,
        horizon_months: float | None = None,
    ) -> pd.DataFrame:
        """Return what is expected of each customer, under each offer.

        Parameters
        ----------
        customers : pandas.DataFrame
            With the columns of the formulas; outcomes are not looked at.
        offers : iterable of str, optional
            Offers to predict for; each customer's own where not given.
        horizon_months : float, optional
            Count tenure up to here; the longest tenure seen where not given, so that nothing is extrapolated.

        Returns
        -------
        pandas.DataFrame
            One row per customer and offer: ``customer_id`` (where the table has one), ``offer``,
            ``chance_of_return`` (share), ``tenure_if_returned`` (expected months within the horizon) and
            ``margin_if_returned`` (money per month).
        """
        customers = as_table(customers)
        horizon = self.longest if horizon_months is None else check_horizon(horizon_months)
        names = [None] if offers is None else list(offers)
        pieces = []
        for name, numbers in zip(names, self.numbers(customers, offers and names), strict=True):
            outlook = self.outlook(numbers)
            piece = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
            if name is not None:
                piece["offer"] = np.full(len(customers), name, dtype=object)
            elif "offer" in customers:
                piece["offer"] = customers["offer"].to_numpy(dtype=object)
            piece["chance_of_return"] = ndtr(outlook.a)
            piece["tenure_if_returned"] = expected_tenure(outlook, horizon)
            piece["margin_if_returned"] = expected_margin(outlook)
            pieces.append(pd.DataFrame(piece))
        return pd.concat(pieces, ignore_index=True)

    def check(self, held_out: pd.DataFrame, *, threshold: float | None = None) -> ReturnCheck:
        """Judge predicted chances of return by customers the model has not seen.

        Parameters
        ----------
        held_out : pandas.DataFrame
            With the columns of the reacquisition formula and ``returned``, see `winback.hold_out`. Rows whose
            ``eligible`` is false are left out.
        threshold : float, optional
            Predict return from this chance on; the share who returned without it. One half is always shown beside.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.load_telecom_study()
        >>> fit_on, judge_by = wb.hold_out(study.lapsed)
        >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
        >>> fit.check(judge_by).frame["lift"].round(2).head(2).tolist()
        [1.36, 1.3]
        """
        return judge_return(self, held_out, threshold)

    def check_shape(self, customers: pd.DataFrame, by: str | None = None) -> GoodnessOfFit:
        """Compare fitted second tenures with what returned customers did: do they have the shape assumed?

        Parameters
        ----------
        customers : pandas.DataFrame
            The table it was fitted to, or another one, with outcomes.
        by : str, optional
            Column whose labels are checked one by one.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.load_telecom_study()
        >>> fit = wb.fit_two_part(study.lapsed, reacquisition="offer", tenure="offer + reason", margin="offer")
        >>> fit.check_shape(study.lapsed).frame[["gap", "gap_month"]].round(2)
            gap  gap_month
        0 -0.04       7.94
        """
        return goodness_of_tenure(self, customers, by)


def check_is_fit(fit) -> None:
    """Refuse what is not a fit of second lifetimes, in words."""
    if not isinstance(fit, SecondLifetimeFit):
        hint = " For a fit of fit_duration there is its own check_shape()." if hasattr(fit, "lifetime") else ""
        raise TypeError(f"A fit from fit_joint or fit_two_part is needed; got {type(fit).__name__}.{hint}")


def _probit_of_logit(linear: np.ndarray) -> np.ndarray:
    """Return the probit index with the same chance of return as a logit index."""
    return np.where(linear < 0, ndtri(expit(linear)), -ndtri(expit(-linear)))


def probit_slope(linear: np.ndarray) -> np.ndarray:
    """Return how the probit index of `_probit_of_logit` moves with the logit index."""
    return expit(linear) * expit(-linear) / normal_density(_probit_of_logit(linear))


def log_chance(linear: np.ndarray, returned: np.ndarray, link: str) -> float:
    """Return the log-likelihood of who returned."""
    signed = np.where(returned, linear, -linear)
    return float(log_ndtr(signed).sum() if link == "probit" else -np.logaddexp(0, -signed).sum())
