"""What have all second-lifetime fits in common? Parameters with their errors, and predictions by customer and offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.discounting import check_horizon
from winback.doors import ArgumentError, door
from winback.formulas import Design
from winback.results import Result, format_count, format_percent, join_words
from winback.second_lifetime.check import ReturnCheck, judge_return
from winback.second_lifetime.effects import ReturnEffects, return_effects
from winback.second_lifetime.expected_value import Outlook, expected_margin, expected_tenure
from winback.second_lifetime.links import LINKS, probit_of_logit
from winback.second_lifetime.parameters import correlations_of, parameter_table
from winback.second_lifetime.sample import EQUATIONS
from winback.second_lifetime.tenure_fit import goodness_of_tenure
from winback.survival.families import find_family
from winback.survival.goodness_of_fit import GoodnessOfFit
from winback.tables import AnyTable, as_table
from winback.tables.headings import refuse_shared_names


@dataclass(frozen=True, repr=False, kw_only=True)
class SecondLifetimeFit(Result):
    r"""A fitted model of return, second tenure and second margin.

    Attributes
    ----------
    designs : mapping
        Equation -> `Design`.
    theta, covariance : numpy.ndarray, shapes (p,), (p, p)
        Coefficients of reacquisition, tenure and margin, then :math:`\log \sigma_T, \log \sigma_M` and the free
        correlations :math:`r_1, r_2, r_3` of `joint_likelihood` (zero in a two-part model).
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
    cautions : tuple of str
        What else a reader should know, such as values that lie far out.
    doubts : tuple of str
        Why the model should not be trusted, where there is another one to trust instead.
    seen : pandas.Index or None
        Ids of the customers it was fitted on; None where the table has none.
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
    doubts: tuple[str, ...] = ()
    seen: pd.Index | None = field(default=None, repr=False, compare=False)
    kind: ClassVar[str] = "second-lifetime"
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
        return parameter_table(self)

    def coefficients(self, equation: str) -> np.ndarray:
        """Return the coefficients of one equation, in the order of its design."""
        return self.theta[self.places[equation]]

    def outlook(self, numbers: Mapping[str, np.ndarray]) -> Outlook:
        """Return what the model says about customers, from the designs of its equations (`numbers`)."""
        a, tenure, margin = (numbers[equation] @ self.coefficients(equation) for equation in EQUATIONS)
        a = a if self.link == "probit" else probit_of_logit(a)
        shared = map(float, (*np.exp(self.theta[-5:-3]), *self.correlations))
        return Outlook(a, tenure, margin, *shared, find_family(self.distribution))

    @door
    def chance_of_return(self, customers: AnyTable) -> np.ndarray:
        """Return each customer's chance of return under their own offer, shape (n,)."""
        linear = self.designs["reacquisition"].matrix(as_table(customers)) @ self.coefficients("reacquisition")
        return LINKS[self.link].chance(linear)

    def numbers(self, customers: pd.DataFrame, offers: Iterable[str] | None = None) -> Iterator[dict[str, np.ndarray]]:
        """Yield the design of each equation for these customers: under each offer, or under their own."""
        if offers is None:
            yield {equation: self.designs[equation].matrix(customers) for equation in EQUATIONS}
            return
        offers = list(offers)
        if not offers:
            raise ValueError("offers names none: leave it out for the customers' own offers.")
        unknown = [name for name in offers if self.offers and name not in self.offers]
        if unknown:
            known = ", ".join(self.offers)
            raise ValueError(f"The model knows nothing about {join_words(map(repr, unknown))}; it knows {known}.")
        refuse_shared_names(customers, "table of customers")
        designs = [self.designs[equation].matrices(customers, "offer", offers) for equation in EQUATIONS]
        for matrices in zip(*designs, strict=True):
            yield dict(zip(EQUATIONS, matrices, strict=True))

    @door
    def predict(
        self, customers: AnyTable, offers: Iterable[str] | None = None, *, horizon_months: float | None = None
    ) -> pd.DataFrame:
        """Return what is expected of each customer, under each offer.

        Parameters
        ----------
        customers : pandas.DataFrame, path or Trial
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
        for name, numbers in zip(names, self.numbers(customers, None if offers is None else names), strict=True):
            outlook = self.outlook(numbers)
            piece = {name: customers[name].to_numpy() for name in ("customer_id", "offer") if name in customers}
            if name is not None:
                piece["offer"] = np.full(len(customers), name, dtype=object)
            piece["chance_of_return"] = ndtr(outlook.a)
            piece["tenure_if_returned"] = expected_tenure(outlook, horizon)
            piece["margin_if_returned"] = expected_margin(outlook)
            pieces.append(pd.DataFrame(piece))
        return pd.concat(pieces, ignore_index=True)

    @door
    def effects(self, customers: AnyTable) -> ReturnEffects:
        r"""Say how much each column of the reacquisition formula moves the chance of return.

        A column is moved for every customer and the design is computed again, so that powers, logarithms and
        interactions follow it. For a label the effect is the average over customers of :math:`F(x'\alpha)` with the
        label less that with the first label (for offers: with none, where somebody was sent none); for a count it is
        that of one more of it, averaged over those who could have one more (others had as many; of complaints settled,
        those who had one left open); for a number with decimals it is the average slope, per unit. Standard errors by
        the delta method. Where the column moves everybody's logit alike, the odds ratio is given.

        Parameters
        ----------
        customers : pandas.DataFrame, path or Trial
            Who is averaged over, with the columns of the reacquisition formula; rows whose ``eligible`` is false are
            left out.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
        >>> fit = wb.fit_two_part(study.trial, reacquisition="reason", tenure="reason", margin="reason", link="logit")
        >>> fit.effects(study.trial).frame[["in_words", "change", "odds_ratio"]].round(2)
                                                in_words  change  odds_ratio
        0              left for service rather than for price   -0.15        0.54
        1  left for price and service rather than for price   -0.37        0.14
        """
        return return_effects(self, customers)

    @door
    def check(self, held_out: AnyTable, *, threshold: float | None = None) -> ReturnCheck:
        """Judge predicted chances of return by customers the model has not seen.

        Parameters
        ----------
        held_out : pandas.DataFrame, path or Trial
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

    @door
    def check_shape(self, customers: AnyTable, by: str | None = None) -> GoodnessOfFit:
        """Compare fitted second tenures with what returned customers did: do they have the shape assumed?

        Parameters
        ----------
        customers : pandas.DataFrame, path or Trial
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

    def basis(self) -> str:
        """Say which model was fitted to whom."""
        left_out = f"; {format_count(self.n_set_aside)} set aside beforehand are left out" if self.n_set_aside else ""
        return (
            f"{self.kind.capitalize()} model of {format_count(self.n)} lost customers: {format_count(self.n_returned)} "
            f"returned ({format_percent(self.n_returned / self.n)}), {format_count(self.n_ended)} of these have left "
            f"again{left_out}."
        )

    def shapes(self) -> str:
        """Say which shapes are assumed."""
        return f"Return is a {self.link}; {find_family(self.distribution).in_words}; margin is linear."

    def doubts_of_the_search(self) -> list[str]:
        """Say what makes the estimates themselves doubtful: no top that was found, values that lie far out."""
        lost = "The search for the best fit did not settle: do not rely on these figures."
        return [*([] if self.converged else [lost]), *(f"A caution: {caution}." for caution in self.cautions)]


def check_is_fit(fit) -> None:
    """Refuse what is not a fit of second lifetimes, in words."""
    if not isinstance(fit, SecondLifetimeFit):
        hint = " For a fit of fit_duration there is its own check_shape()." if hasattr(fit, "lifetime") else ""
        raise ArgumentError(f"A fit from fit_joint or fit_two_part is needed; got {type(fit).__name__}.{hint}")
