"""Is one model for return, tenure and margin to be believed, and what does it find? The joint fit and its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from winback.doors import door
from winback.labels import label_of
from winback.results import Sentences, counted, join_words, state_p_value
from winback.second_lifetime.acceptance import SHARES, ValueByAcceptance, value_by_acceptance
from winback.second_lifetime.expected_value import read_horizon
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.margin_fit import MarginShape
from winback.second_lifetime.tenure_fit import ShapeTest
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.survival.goodness_of_fit import Test, chi_squared_test
from winback.tables import AnyTable

FEWEST_RETURNED = 300
HIGHEST_CORRELATION = 0.9  # beyond it more than four fifths of a variance are shared: rather a wrong shape than a truth
LARGEST_STD_ERROR = 0.25  # of the correlation between return and tenure
LEVEL = 0.05
SHAPE_LEVEL, LARGEST_GAP = 0.01, 0.02  # a miss must be more than chance, and more than two points of customers
MARGIN_LEVEL = 0.005  # of two tests: of a hundred right models one is doubted
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
    margin_shape : MarginShape
        Whether second margin has: tests of its straight ``mean`` and its even ``spread``.
    """

    two_part: TwoPartFit = field(repr=False)
    independence: Test
    shape: ShapeTest
    margin_shape: MarginShape
    kind: ClassVar[str] = "joint"

    @property
    def trusted(self) -> bool:
        """Whether the joint answer comes first."""
        return not self.doubts

    @property
    def recommended(self) -> SecondLifetimeFit:
        """The fit whose answer comes first: this one, or the two-part model where this one is in doubt."""
        return self if self.trusted else self.two_part

    @door
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

        Intervals are by the delta method, over all parameters, correlations and spreads included; the shift follows
        the parameters so that the share stays what was asked for.

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
        terms = read_horizon(customers, horizon_months, annual_discount, currency)
        return value_by_acceptance(models, customers, offer, shares, terms)

    def describe(self) -> Sentences:
        """Say which model to believe and why, what it was fitted to, and what it finds or what is in doubt."""
        return Sentences.of([_first(self), self.recommended.basis(), *self._most_important()[:1]])

    def details(self) -> Sentences:
        """Say what else is in doubt and what else is found, which shapes are assumed, and what the test says."""
        return Sentences.of(_more(self, self._most_important()[1:]))

    def _most_important(self) -> list[str]:
        return [*self.recommended.doubts_of_the_search(), *_shape(self), *_found(self)]


def _first(fit: JointFit) -> str:
    if fit.trusted:
        return "The joint model comes first: nothing speaks against telling its correlations from its effects."
    return f"The two-part model comes first: {fit.doubts[0]}."


def _found(fit: JointFit) -> Iterator[str]:
    if np.isfinite(fit.covariance).all():
        found = list(_tendencies(fit))
        in_doubt = "; ".join(line[:1].lower() + line[1:].rstrip(".") for line in found)
        yield from found if fit.trusted else [f"In doubt, the joint model finds: {in_doubt}."]


def _more(fit: JointFit, rest) -> Iterator[str]:
    if fit.doubts[1:]:
        yield f"More speaks against the joint model: {'; '.join(fit.doubts[1:])}."
    yield from rest
    yield fit.recommended.shapes()
    yield f"Against independence of return, tenure and margin: likelihood ratio {_test(fit.independence)}."
    yield (
        "Tests on these data chose which model comes first; intervals take it as known beforehand, so they are "
        "somewhat too narrow."
    )


def _shape(fit: JointFit) -> Iterator[str]:
    if fit.shape.p_value < SHAPE_LEVEL and fit.shape.gap <= LARGEST_GAP:
        yield (
            f"A caution: second tenures do not quite have the shape assumed (chi-square {_test(fit.shape)}), but the "
            "miss is small; check_shape of the fit shows it, check of its values what it costs."
        )


def _test(test: Test) -> str:
    return f"{test.statistic:,.1f} on {test.degrees} degrees of freedom, {state_p_value(test.p_value)}"


def _tendencies(fit: JointFit) -> Iterator[str]:
    rows = fit.params[fit.params["equation"] == "correlation"]
    for row, (positive, negative) in zip(rows.to_dict("records"), TENDENCIES, strict=True):
        interval = f"correlation {row['estimate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
        if row["low"] > 0 or row["high"] < 0:
            yield f"Those {positive if row['low'] > 0 else negative} ({interval})."
        else:
            first, second = row["term"].split("-")
            yield f"Beyond the covariates {first} and {second} are not shown to go together ({interval})."


def _wald(fit: SecondLifetimeFit, places) -> Test:
    """Test whether parameters at these places are all zero."""
    estimate, covariance = fit.theta[places], fit.covariance[np.ix_(places, places)]
    return chi_squared_test(estimate @ np.linalg.solve(covariance, estimate), len(places))


def excluded_drivers(fit: SecondLifetimeFit) -> tuple[str, ...]:
    """Return the columns that explain return and neither tenure nor margin; the offer is none, it moves all three."""
    elsewhere = {*fit.designs["tenure"].columns, *fit.designs["margin"].columns, "offer"}
    return tuple(name for name in fit.designs["reacquisition"].columns if name not in elsewhere)


def drivers_test(fit: SecondLifetimeFit, drivers: tuple[str, ...]) -> Test | None:
    """Test whether the excluded drivers move return at all (Wald); None when there is none."""
    terms = fit.designs["reacquisition"].terms_of(drivers)
    if not terms:
        return None
    places = np.arange(*fit.places["reacquisition"].indices(len(fit.theta)))[list(terms)]
    return _wald(fit, places)


def doubts(
    fit: SecondLifetimeFit, independence: Test, shape: ShapeTest, margin: MarginShape, implied: float | None = None
) -> Iterator[str]:
    """Yield why the joint fit should not be trusted; nothing when it may be.

    ``implied`` is the correlation of return and tenure that the two-step estimate implies, where it can be had.
    """
    known = np.isfinite(fit.covariance).all()
    if shape.p_value < SHAPE_LEVEL and shape.gap > LARGEST_GAP:
        yield (
            f"second tenures do not have the shape assumed ({100 * shape.gap:.1f} points of customers off in month "
            f"{shape.gap_month:.0f}), and the correlations rest on that shape"
        )
    yield from _doubts_about_margin(margin)
    yield from _doubts_about_drivers(fit)
    if fit.n_returned < FEWEST_RETURNED:
        yield f"only {counted(fit.n_returned, 'customers')} returned, fewer than {FEWEST_RETURNED}"
    if implied is not None and abs(implied) > 1:
        yield (
            f"the two-step estimate implies a correlation of return and tenure of {implied:.2f}, outside [-1, 1]: the "
            "shape assumed for tenure does not suit these data"
        )
    if not fit.converged and known:
        yield "the search for the best fit did not settle"
    highest = np.abs(fit.correlations).max()
    if highest > HIGHEST_CORRELATION or np.abs(np.tanh(fit.theta[-3:])).max() > HIGHEST_CORRELATION:
        yield f"a correlation runs to its limit ({highest:.2f}): the shape assumed does not suit these data"
    if not known:
        yield "the data do not pin down all parameters (the observed information is not positive definite)"
    elif (error := float(fit.params.query("term == 'return-tenure'")["std_error"].iloc[0])) > LARGEST_STD_ERROR:
        yield f"the correlation of return and tenure is hardly known (standard error {error:.2f})"
    if independence.p_value > LEVEL:
        yield f"independence of return, tenure and margin is not rejected (p = {independence.p_value:.2f})"
    elif known and (test := _wald(fit, [-3, -1])).p_value > LEVEL:  # the two free correlations of return
        yield f"return is not shown to go with tenure or margin (p = {test.p_value:.2f})"


def _doubts_about_margin(shape: MarginShape) -> Iterator[str]:
    tests = {"bends where the model is straight": shape.mean, "does not spread evenly": shape.spread}
    wrong = [f"{how} ({state_p_value(test.p_value)})" for how, test in tests.items() if test.p_value < MARGIN_LEVEL]
    if wrong:
        logarithm = "to learn the correlations fit the logarithm of margin in its place, " if shape.positive else ""
        yield (
            f"second margin {' and '.join(wrong)}, which is mistaken for correlation: {logarithm}for values in money "
            "take the two-part model"
        )


def _doubts_about_drivers(fit) -> Iterator[str]:
    drivers = excluded_drivers(fit)
    if not drivers:
        yield (
            "no column explains return without also explaining tenure or margin (planned contact attempts, timing, "
            "channel or agent would); an offer is none, since it moves all three"
        )
    elif np.isfinite(fit.covariance).all():
        test = drivers_test(fit, drivers)
        if test is None or test.p_value > LEVEL:
            yield f"{join_words(map(label_of, drivers))} should move return only, but is not shown to move it"
