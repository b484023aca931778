"""When should a joint model not be trusted? Every reason, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.labels import label_of
from winback.results import format_count, join_words
from winback.second_lifetime.chi_squared import ShapeTest, Test, chi_squared_test
from winback.second_lifetime.fitted import SecondLifetimeFit

FEWEST_RETURNED = 300
HIGHEST_CORRELATION = 0.95
LARGEST_STD_ERROR = 0.25  # of the correlation between return and tenure
LEVEL = 0.05
SHAPE_LEVEL, LARGEST_GAP = 0.01, 0.02  # a miss must be more than chance, and more than two points of customers


def selection_test(fit: SecondLifetimeFit) -> Test:
    """Test whether return goes with tenure or margin at all (Wald, on the two free correlations of return)."""
    places = [len(fit.theta) - 3, len(fit.theta) - 1]
    estimate, covariance = fit.theta[places], fit.covariance[np.ix_(places, places)]
    return chi_squared_test(estimate @ np.linalg.solve(covariance, estimate), 2)


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
    estimate, covariance = fit.theta[places], fit.covariance[np.ix_(places, places)]
    return chi_squared_test(estimate @ np.linalg.solve(covariance, estimate), len(places))


def doubts(
    fit: SecondLifetimeFit,
    positive_definite: bool,
    independence: Test,
    shape: ShapeTest,
    implied: float | None = None,
) -> Iterator[str]:
    """Yield why the joint fit should not be trusted; nothing when it may be.

    ``implied`` is the correlation of return and tenure that the two-step estimate implies, where it can be had.
    """
    if shape.p_value < SHAPE_LEVEL and shape.gap > LARGEST_GAP:
        yield (
            f"second tenures do not have the shape assumed ({100 * shape.gap:.1f} points of customers off in month "
            f"{shape.gap_month:.0f}), and the correlations rest on that shape"
        )
    yield from _doubts_about_drivers(fit)
    if fit.n_returned < FEWEST_RETURNED:
        yield f"only {format_count(fit.n_returned)} customers returned, fewer than {FEWEST_RETURNED}"
    if implied is not None and abs(implied) > 1:
        yield (
            f"the two-step estimate implies a correlation of return and tenure of {implied:.2f}, outside [-1, 1]: the "
            "shape assumed for tenure does not suit these data"
        )
    if not fit.converged and positive_definite:
        yield "the search for the best fit did not settle"
    highest = np.abs(fit.correlations).max()
    if highest > HIGHEST_CORRELATION or np.abs(np.tanh(fit.theta[-3:])).max() > HIGHEST_CORRELATION:
        yield f"a correlation runs to its limit ({highest:.2f}): the shape assumed does not suit these data"
    if not positive_definite:
        yield "the data do not pin down all parameters (the observed information is not positive definite)"
    elif (error := _correlation_error(fit)) > LARGEST_STD_ERROR:
        yield f"the correlation of return and tenure is hardly known (standard error {error:.2f})"
    if independence.p_value > LEVEL:
        yield f"independence of return, tenure and margin is not rejected (p = {independence.p_value:.2f})"
    elif positive_definite and (test := selection_test(fit)).p_value > LEVEL:
        yield f"return is not shown to go with tenure or margin (p = {test.p_value:.2f})"


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


def _correlation_error(fit) -> float:
    rows = fit.params
    found = rows[(rows["equation"] == "correlation") & (rows["term"] == "return-tenure")]
    return float(found["std_error"].iloc[0])
