"""Is one model for return, tenure and margin to be believed, and what does it find? The joint fit and its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from winback.results import Sentences, state_p_value
from winback.second_lifetime.acceptance import SHARES, ValueByAcceptance, value_by_acceptance
from winback.second_lifetime.chi_squared import ShapeTest, Test
from winback.second_lifetime.fit_words import basis, doubts_of_the_search, join_reasons, shapes
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.horizon import read_horizon
from winback.second_lifetime.trust import LARGEST_GAP, SHAPE_LEVEL
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.tables import AnyTable

TENDENCIES = (  # what the sign of each correlation means, in the order of `correlations.CORRELATIONS`
    ("who return against the odds stay longer", "who return against the odds leave again sooner"),
    ("who return against the odds bring more a month", "who return against the odds bring less a month"),
    ("who stay longer than expected bring more a month", "who stay longer than expected bring less a month"),
)


@dataclass(frozen=True, repr=False, kw_only=True)
class JointFit(SecondLifetimeFit):
    """A fitted joint model, see `fit_joint`.

    Attributes
    ----------
    two_part : TwoPartFit
        The same equations without correlations.
    independence : Test
        Likelihood-ratio test of the joint model against the two-part model.
    doubts : tuple of str
        Why the joint fit should not be trusted; empty when it may be.
    shape : Test
        Whether second tenures have the shape assumed; ``check_shape`` shows where they have not.
    """

    two_part: TwoPartFit = field(repr=False)
    independence: Test
    shape: ShapeTest
    kind: ClassVar[str] = "joint"

    @property
    def trusted(self) -> bool:
        """Whether the joint answer comes first."""
        return not self.doubts

    @property
    def recommended(self) -> SecondLifetimeFit:
        """The fit whose answer comes first: this one, or the two-part model where this one is in doubt."""
        return self if self.trusted else self.two_part

    def value_by_acceptance(
        self,
        customers: AnyTable,
        *,
        offer: str,
        horizon_months: float | None = None,
        annual_discount: float | None = None,
        currency: str | None = None,
        shares: Iterable[float] = SHARES,
    ) -> ValueByAcceptance:
        r"""Move the share who return, by an inducement that acts on return alone, and value those who then come back.

        The linear part of reacquisition is shifted for everybody until the mean chance of return is the share asked
        for. Those who come back first are those who come back most easily: when the unseen parts of return and tenure
        go together, each further one is worth less. The two-part model cannot see that.

        .. math:: \frac{\sum_i E[z_i m_i A_i \mid a_i + \Delta]}{\sum_i \Phi(a_i + \Delta)}

        Parameters
        ----------
        customers : pandas.DataFrame, path or Trial
            Lapsed customers with the columns of the formulas.
        offer : str
            The offer everyone is thought to have been sent.
        horizon_months, annual_discount : float, optional
            Over how long money is counted, and the rate a year; a trial's own where not given.
        currency : str, optional
            Put before money; by default the trial's.
        shares : iterable of float
            Shares who return, between 0 and 1.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=1)
        >>> fit = wb.fit_joint(study.trial, reacquisition="offer + contact_attempts", tenure="offer", margin="offer")
        >>> counted = {"horizon_months": 60, "annual_discount": 0.1}
        >>> found = fit.value_by_acceptance(study.trial, offer="discount", shares=[0.1, 0.8], **counted)
        >>> found.frame["two_part_off"].round(2).tolist()
        [-0.15, 0.13]
        """
        models = {"joint": self, "two_part": self.two_part}
        horizon = read_horizon(customers, horizon_months, annual_discount, currency)
        return value_by_acceptance(models, customers, horizon, offer, shares)

    def describe(self) -> Sentences:
        """Say which model to believe and why, what it was fitted to, and what it finds or what is in doubt."""
        return Sentences.of([_first(self), basis(self.recommended), *self._most_important()[:1]])

    def details(self) -> Sentences:
        """Say what else is in doubt and what else is found, which shapes are assumed, and what the test says."""
        return Sentences.of(_more(self, self._most_important()[1:]))

    def _most_important(self) -> list[str]:
        return [*doubts_of_the_search(self.recommended), *_shape(self), *_found(self)]


def _first(fit: JointFit) -> str:
    if fit.trusted:
        return "The joint model comes first: nothing speaks against telling its correlations from its effects."
    return f"The two-part model comes first: {fit.doubts[0]}."


def _found(fit: JointFit) -> Iterator[str]:
    if np.isfinite(fit.covariance).all():
        yield from _tendencies(fit) if fit.trusted else [f"In doubt, the joint model finds: {_doubtful(fit)}."]


def _more(fit: JointFit, rest) -> Iterator[str]:
    if fit.doubts[1:]:
        yield f"More speaks against the joint model: {join_reasons(fit.doubts[1:])}."
    yield from rest
    yield shapes(fit.recommended)
    yield f"Against independence of return, tenure and margin: likelihood ratio {_test(fit.independence)}."


def _shape(fit: JointFit) -> Iterator[str]:
    if fit.shape.p_value < SHAPE_LEVEL and fit.shape.gap <= LARGEST_GAP:
        yield (
            f"A caution: second tenures do not quite have the shape assumed (chi-square {_test(fit.shape)}), but the "
            "miss is small; check_shape of the fit shows it, check of its values what it costs."
        )


def _test(test: Test) -> str:
    return f"{test.statistic:,.1f} on {test.degrees} degrees of freedom, {state_p_value(test.p_value)}"


def _doubtful(fit: JointFit) -> str:
    return join_reasons(line[:1].lower() + line[1:].rstrip(".") for line in _tendencies(fit))


def _tendencies(fit: JointFit) -> Iterator[str]:
    rows = fit.params[fit.params["equation"] == "correlation"]
    for row, (positive, negative) in zip(rows.to_dict("records"), TENDENCIES, strict=True):
        interval = f"correlation {row['estimate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
        if row["low"] > 0 or row["high"] < 0:
            yield f"Those {positive if row['low'] > 0 else negative} ({interval})."
        else:
            first, second = row["term"].split("-")
            yield f"Beyond the covariates {first} and {second} are not shown to go together ({interval})."
