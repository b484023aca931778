"""How are second-lifetime models and values put into words?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from winback.results import Sentences, format_count, format_money, format_percent, join_words, state_p_value
from winback.second_lifetime.trust import LARGEST_GAP, SHAPE_LEVEL
from winback.survival.families import find_family
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from winback.second_lifetime.fitted import SecondLifetimeFit
    from winback.second_lifetime.joint import JointFit
    from winback.second_lifetime.two_part import TwoPartFit
    from winback.second_lifetime.valuation import SecondLifetimeValues

TENDENCIES = (  # what the sign of each correlation means, in the order of `correlations.CORRELATIONS`
    ("who return against the odds stay longer", "who return against the odds leave again sooner"),
    ("who return against the odds bring more a month", "who return against the odds bring less a month"),
    ("who stay longer than expected bring more a month", "who stay longer than expected bring less a month"),
)


def describe_two_part(fit: TwoPartFit) -> Sentences:
    """Say what was fitted, and what of it is in doubt."""
    return Sentences.of([*_basis(fit, "Two-part model"), *_mills(fit)])


def describe_joint(fit: JointFit) -> Sentences:
    """Say which model to believe and why, and what the joint model finds."""
    lines = []
    if fit.trusted:
        lines.append("The joint model comes first: nothing speaks against telling its correlations from its effects.")
    else:
        lines.append(f"The two-part model comes first: {join_reasons(fit.doubts)}.")
    lines += _basis(fit.recommended, "Joint model" if fit.trusted else "Two-part model")
    if np.isfinite(fit.covariance).all():
        lines += _tendencies(fit) if fit.trusted else [f"In doubt, the joint model finds: {_doubtful(fit)}."]
    lines.append(f"Against independence of return, tenure and margin: likelihood ratio {_test(fit.independence)}.")
    if fit.shape.p_value < SHAPE_LEVEL and fit.shape.gap <= LARGEST_GAP:
        lines.append(
            f"A caution: second tenures do not quite have the shape assumed (chi-square {_test(fit.shape)}), but the "
            "miss is small. check_shape shows it, compare_with_trial what it costs."
        )
    return Sentences.of(lines)


def _test(test) -> str:
    return f"{test.statistic:,.1f} on {test.degrees} degrees of freedom, {state_p_value(test.p_value)}"


def join_reasons(reasons) -> str:
    """Join reasons that have commas of their own.

    Examples
    --------
    >>> join_reasons(["few returned, fewer than 300", "no driver"])
    'few returned, fewer than 300; no driver'
    """
    return "; ".join(reasons)


def _basis(fit: SecondLifetimeFit, name) -> Iterator[str]:
    left_out = f"; {format_count(fit.n_set_aside)} set aside beforehand are left out" if fit.n_set_aside else ""
    yield (
        f"{name} of {format_count(fit.n)} lost customers: {format_count(fit.n_returned)} returned "
        f"({format_percent(fit.n_returned / fit.n)}), {format_count(fit.n_ended)} of these have left again{left_out}."
    )
    yield f"Return is a {fit.link}; {find_family(fit.distribution).in_words}; margin is linear."
    if not fit.converged:
        yield "The search for the best fit did not settle: do not rely on these figures."
    for caution in fit.cautions:
        yield f"A caution: {caution}."


def _mills(fit: TwoPartFit) -> Iterator[str]:
    for equation, step in fit.mills.items():
        if abs(step.rho) > 1:
            yield (
                f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.3f}, outside [-1, 1]: "
                f"the shape assumed ({find_family(fit.distribution).in_words}) does not suit these data. Try "
                "another distribution."
            )
        else:
            yield f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.2f}."
    if fit.mills and "tenure" not in fit.mills:
        running = format_count(fit.n_returned - fit.n_ended)
        yield (
            f"Tenure is not corrected by the Mills ratio: {running} second lifetimes are still running, and the "
            "correction needs all to have ended. fit_joint allows for them."
        )


def _doubtful(fit: JointFit) -> str:
    return "; ".join(line[:1].lower() + line[1:].rstrip(".") for line in _tendencies(fit))


def _tendencies(fit: JointFit) -> Iterator[str]:
    rows = fit.params[fit.params["equation"] == "correlation"]
    for row, (positive, negative) in zip(rows.to_dict("records"), TENDENCIES, strict=True):
        interval = f"correlation {row['estimate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
        if row["low"] > 0 or row["high"] < 0:
            yield f"Those {positive if row['low'] > 0 else negative} ({interval})."
        else:
            first, second = row["term"].split("-")
            yield f"Beyond the covariates {first} and {second} are not shown to go together ({interval})."


def describe_values(values: SecondLifetimeValues) -> Sentences:
    """Say which offer is worth most, by which model, and how sure that is."""
    return Sentences.of([*_answer(values), *_scope(values), *_models(values)])


def _answer(values) -> Iterator[str]:
    rows = values.averages[values.averages["offer"] != NO_OFFER]
    best = rows.loc[rows["net_value"].idxmax()]
    money = _money_of(values)
    yield (
        f"By the model, {best['offer']} is worth most on average: {money(best['net_value'])} per lost customer, net of "
        f"its cost [{money(best['net_value_low'])}, {money(best['net_value_high'])}]."
    )
    if "gain" in rows:
        sides = rows.assign(side=np.sign(rows["gain_low"]) + np.sign(rows["gain_high"]))
        paying = list(sides.loc[sides["side"] > 0, "offer"])
        doubtful = list(sides.loc[sides["side"] == 0, "offer"])
        verdict = (
            f"{join_words(paying)} {'pays' if len(paying) == 1 else 'pay'}" if paying else "no offer is shown to pay"
        )
        rest = f", for {join_words(doubtful)} that is not shown." if doubtful and paying else "."
        yield (
            f"Compared with sending nothing, {best['offer']} brings {money(best['gain'])} more "
            f"[{money(best['gain_low'])}, {money(best['gain_high'])}]; {verdict}{rest}"
        )
    else:
        if not values.fit.offers:
            yield "The formulas do not contain `offer`: every offer brings the same, and only its cost differs."
        else:
            yield "The model knows no untreated customers."
        yield "These values are gross: some would have come back anyway."


def _scope(values) -> Iterator[str]:
    horizon = values.horizon
    months = "without end" if horizon.months == np.inf else f"for {horizon.months:.4g} months"
    rate = format_percent(horizon.annual_discount)
    later = f"later money discounted at {rate} a year" if horizon.annual_discount else "later money not discounted"
    yield f"Second lifetimes are counted {months}, {later}."
    if values.set_aside.any():
        aside = format_count(values.set_aside.sum())
        yield f"Averages leave out {aside} customers set aside beforehand, as the model does."
    if horizon.months > values.fit.longest:
        yield (
            f"This reaches beyond the longest second lifetime seen ({values.fit.longest:,.0f} months): what lies "
            "beyond is extrapolated by the model."
        )
    yield (
        "Intervals allow for what the estimates do not know. They are for expected values: what one customer will do "
        "varies far more."
    )


def _models(values) -> Iterator[str]:
    from winback.second_lifetime.joint import JointFit

    if values.beside is None:
        yield "The two-part model treats return, tenure and margin as unrelated beyond the covariates."
        return
    money = _money_of(values)
    rows = values.averages[values.averages["offer"] != NO_OFFER]
    best = rows.loc[rows["net_value"].idxmax()]
    names = ("joint", "two-part") if isinstance(values.fit, JointFit) else ("two-part", "joint")
    if isinstance(values.beside, JointFit):
        yield f"The two-part model comes first: {join_reasons(values.beside.doubts)}."
    yield (
        f"These are the {names[0]} model's figures; the {names[1]} model says {money(best['net_value_beside'])} for "
        f"{best['offer']}."
    )


def _money_of(values):
    return lambda amount: format_money(amount, values.currency)
