"""What does a contract model say, in sentences? Who stays, and why retention rises."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.results import Sentences, format_count, format_number, format_percent, state_p_value
from winback.value.contracts.edges import ALIKE, AT_ONCE, NO_SHAPE, ONLY_AT_FIRST, SLOW, STEEP, UNTOLD

CLEAR = 0.05
WRONG_MODEL = 0.01  # the p-value of the test of c = 1 below which an sBG is doubted
FINDINGS = {
    ALIKE: "All customers are alike: no spread between them makes the data likelier, {simpler} model says the same.",
    AT_ONCE: "Everybody left at the end of the first {period}: nothing tells how long others would stay.",
    ONLY_AT_FIRST: "Nobody left after the first {period}: a share leaves then, and the data show no end of the others.",
    NO_SHAPE: "Two periods cannot tell whether risks rise or fall with time: c = 1 is held, which is the sBG.",
    STEEP: "c lies at its upper limit: the risk jumps from {period} to {period}; the rest is fitted with c held.",
    SLOW: "c lies at its lower limit: hardly anyone leaves after the first {period}; the rest is fitted with c held.",
    UNTOLD: "The likelihood still rises at the farthest parameters tried: the data do not tell them apart, so there "
    "are no intervals, and no projection beyond the data should be trusted.",
}


def finding(fit) -> str:
    """Return what a fit on an edge means, empty where it lies inside."""
    simpler = "the geometric" if fit.model == "sBG" else "a discrete Weibull"
    text = FINDINGS.get(fit.edge, "").format(simpler=simpler, period=fit.period.in_words)
    return text + (" Intervals take this as given." if text and fit.edge not in (AT_ONCE, UNTOLD) else "")


def describe_contracts(fit) -> Sentences:
    """Return the finding first, then who stays, why, and the basis."""
    own = [*_effects(fit)] if fit.design is not None else [*_stay(fit), *_spread(fit)]
    return Sentences.of([*filter(None, [finding(fit)]), *own, *_doubt(fit), *_shape(fit), *_basis(fit)])


def _stay(fit) -> Iterator[str]:
    last = max(fit.last_period, 2)
    ahead = fit.project([1, last, 2 * last])
    parts = [
        f"{format_percent(row.still_here)}{_interval(row)} after {fit.period.count(row.periods)}"
        for row in ahead.itertuples()
    ]
    yield f"Of new customers, {', '.join(parts[:-1])} and {parts[-1]} are expected to be still here."


def _interval(row) -> str:
    if np.isnan(row.still_here_low) or row.still_here_low == row.still_here_high:
        return ""
    return f" [{format_percent(row.still_here_low)}, {format_percent(row.still_here_high)}]"


def _spread(fit) -> Iterator[str]:
    last = max(fit.last_period, 2)
    first, later = fit.retention([1, last])
    if fit.edge or later <= first:
        return
    if format_percent(first) == format_percent(later):
        alike = "" if _is_doubted(fit) else ": all leave at about the same rate"
        yield f"Retention stays at {format_percent(first)} a {fit.period.in_words}{alike}."
        return
    own = ", not because anybody grows more loyal" if fit.model == "sBG" else ""
    why = "" if _is_doubted(fit) else f", because those likely to leave go first{own}"
    yield (
        f"Retention rises from {format_percent(first)} at the end of the first {fit.period.in_words} to "
        f"{format_percent(later)} at the end of number {last}{why}."
    )


def _is_doubted(fit) -> bool:
    if fit.edge == UNTOLD or fit.against_bdw is None:  # no maximum, no test
        return False
    return fit.against_bdw.p_value < WRONG_MODEL


def _doubt(fit) -> Iterator[str]:
    """Say of an sBG that each customer's own risk changes with time, where that fits better beyond chance."""
    if _is_doubted(fit):
        test = fit.against_bdw
        yield (
            f"A doubt: each customer's own risk of leaving {'rises' if test.c > 1 else 'falls'} with time "
            f"(c = {format_number(test.c)} in the BdW; chi-square {test.statistic:,.2f}, "
            f"{state_p_value(test.p_value)}), "
            'which the sBG does not know: its values and intervals are off, so fit model="bdw".'
        )


def _effects(fit) -> Iterator[str]:
    for row in fit.params.itertuples():
        if row.term in ("", "Intercept"):
            continue
        verb = "raises" if row.estimate > 0 else "lowers"
        clear = "" if row.low > 0 or row.high < 0 else ", not distinguishable from no effect"
        change = f"{format_number(row.estimate)} [{format_number(row.low)}, {format_number(row.high)}]"
        yield f"{fit.design.in_words(row.term)} {verb} {row.equation}: {change}{clear}."


def _shape(fit) -> Iterator[str]:
    test = fit.against_sbg
    if test is None or fit.edge in (AT_ONCE, ONLY_AT_FIRST, NO_SHAPE):
        return
    _, _, estimate, _, _, _, low, high = fit.params[fit.params["equation"] == "c"].iloc[0]
    says = f"chi-square {test.statistic:.2f}, {state_p_value(test.p_value)}"
    shape = f"c = {format_number(estimate)}" + (
        "" if np.isnan(low) else f" [{format_number(low)}, {format_number(high)}]"
    )
    if test.p_value < CLEAR:
        which = "rises" if estimate > 1 else "falls"
        yield f"Each customer's own risk of leaving {which} with time: {shape}; against the sBG (c = 1): {says}."
    else:
        yield f"The sBG would do: {shape} is not distinguishable from 1 ({says})."


def _basis(fit) -> Iterator[str]:
    if not fit.n:
        yield f"The {fit.model} with known parameters, so without intervals; one period is one {fit.period.in_words}."
        return
    where = f" in {fit.n_cohorts} cohort{'s' * (fit.n_cohorts > 1)}" if fit.n_cohorts else ""
    yield (
        f"The {fit.model}, fitted to {format_count(fit.n)} customers{where}, of whom {format_count(fit.n_ended)} left "
        f"within {fit.period.count(fit.last_period)}; beyond that it extrapolates. Intervals are "
        f"{format_percent(fit.level, 0)}, for the expected share, not for what one customer will do."
    )
