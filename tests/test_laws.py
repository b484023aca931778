"""Does every estimator obey the laws? To join, it needs an entry in `CASES` or in one of laws_of_*.py."""

import laws
import laws_of_offers
import laws_of_policies
import laws_of_value
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from laws import Estimator
from repeat_churners import churners

import winback as wb
from winback.terms.catalog import Offer


def second_lifetimes(rng, n=120):
    """Draw returned customers of two reasons, n each; second lives are cut off after 6 to 36 months."""
    tenure, followed = rng.lognormal(2.5, 0.75, 2 * n), rng.uniform(6, 36, 2 * n)
    ended = tenure <= followed
    return pd.DataFrame(
        {
            "customer_id": rng.permutation(2 * n),
            "first_tenure": rng.lognormal(2.5, 0.75, 2 * n),
            "reason": np.repeat(["price", "service"], n),
            "referrals": rng.poisson(0.8, 2 * n),
            "returned": True,
            "second_tenure": np.minimum(tenure, followed),
            "second_ended": ended,
            "second_margin": rng.gamma(4, 10, 2 * n),
            "second_reason": np.where(ended, rng.choice(["price", "service"], 2 * n), None),
        }
    )


LIVES = {"draw": second_lifetimes, "money_in": ("second_margin",), "dear": True}  # money changes nothing
CURVES = {**LIVES, "groups": "reason", "freedom": 1, "std_errors": "std_error$"}


def curves(table, _):
    return wb.survival_curve(table, by="reason", horizon_months=20)


def paired_curves(table, _):
    return wb.survival_curve(table, by="lifetime", horizon_months=20).differences.set_index("first")


def durations(table, _):
    return wb.fit_duration(table, "reason + log(first_tenure) + referrals").params.set_index("term")


def causes(table, _):
    return wb.competing_risks(table, by="reason", horizon_months=20).frame.set_index(["group", "reason"])


def lapsed_customers(rng, n=400):
    """Draw lapsed customers under three offers and none, whose return, tenure and margin go together."""
    u, e, m = rng.multivariate_normal(np.zeros(3), [[1, 0.4, 0.3], [0.4, 1, -0.2], [0.3, -0.2, 1]], n).T
    x, driver, offer = rng.normal(size=n), rng.normal(size=n), rng.permutation(np.arange(n) % 3)
    returned = 0.2 + 0.4 * x + 0.7 * driver - 0.3 * (offer == 2) + u > 0
    tenure, followed = np.exp(2.5 + 0.2 * x + 0.7 * e), rng.uniform(10, 40, n)
    return pd.DataFrame(
        {
            "customer_id": rng.permutation(n),
            "x": x,
            "driver": driver,
            "offer": np.array(["discount", "upgrade", "none"])[offer],
            "returned": returned,
            "second_tenure": np.where(returned, np.minimum(tenure, followed), np.nan),
            "second_ended": pd.Series(tenure <= followed, dtype="boolean").where(returned),
            "second_margin": np.where(returned, 40 + 5 * x + 10 * m, np.nan),
        }
    )


FORMULAS = {"reacquisition": "offer + x + driver", "tenure": "offer + x", "margin": "offer + x"}
LAPSED = {"draw": lapsed_customers, "money_in": ("second_margin",), "dear": True}


def parameters(fit):
    """Return a fit's parameters side by side: those of margin are money, the others not."""
    rows = fit.params.assign(name=fit.params["equation"] + " " + fit.params["term"]).set_index("name")
    return (
        rows[["estimate", "std_error"]].stack().to_frame().T.pipe(lambda t: t.set_axis(t.columns.map(" ".join), axis=1))
    )


def two_part(table, _):
    return parameters(wb.fit_two_part(table, **FORMULAS))


def joint(table, _):
    return parameters(wb.fit_joint(table, **FORMULAS))


def lifetime_values(table, money):
    fit = wb.fit_two_part(table, **FORMULAS)
    costs = [Offer(name=name, amount=30 * money, paid="on_acceptance") for name in ("discount", "upgrade")]
    values = wb.second_lifetime_value(fit, wb.read_trial(table, costs, horizon_months=24, annual_discount=0.1))
    return values.averages.set_index("offer").drop(columns=["segment", "n"])


def repeat_churn(table, _):
    params = wb.fit_repeat_churn(table, "reason + complaints", hazards="fast").params
    return params.set_index(["equation", "term"])[["estimate", "std_error"]]


def fit_of_durations(table, _):
    return wb.fit_duration(table, "reason", "weibull").check_shape(table).frame.set_index("group")


CASES = laws.cases(
    Estimator(
        "survival_curve",
        estimate=lambda t, m: curves(t, m).frame.set_index("group"),
        estimates="^(still_there|restricted_mean|median)$",
        totals="^n_?",
        **CURVES,
    ),
    Estimator(
        "survival_curve, pairs",
        estimate=lambda t, m: curves(t, m).differences.set_index(["first", "second"]),
        estimates="^difference$",
        **CURVES,
    ),
    Estimator(
        "survival_curve, first against second lifetimes",
        estimate=paired_curves,
        estimates="^difference$",
        **CURVES | {"groups": None},
    ),
    Estimator(
        "fit_two_part",
        estimate=two_part,
        money="^margin",
        estimates="^(?!margin sd).*estimate$",  # the spread of a linear model counts the coefficients
        std_errors="^[rt].*std_error$",
        **LAPSED,
    ),
    Estimator(
        "fit_joint",
        estimate=joint,
        money="^margin",
        estimates="estimate$",
        std_errors="std_error$",
        tolerance=1e-6,
        **LAPSED,
    ),
    Estimator(
        "second_lifetime_value",
        estimate=lifetime_values,
        money="value|cost|gain",
        estimates="(value|gain|cost)$",
        **LAPSED,
    ),
    Estimator(
        "competing_risks",
        estimate=causes,
        estimates="^(share|months_lost)$",
        totals="^n(_left)?$",
        std_errors="std_error$",
        **LIVES,
    ),
    Estimator(
        "fit_duration", estimate=durations, estimates="^(estimate|time_ratio)$", std_errors="^std_error$", **LIVES
    ),
    Estimator(
        "fit_repeat_churn",
        estimate=repeat_churn,
        estimates="^estimate$",
        std_errors="^std_error$",
        **LIVES | {"draw": lambda rng: churners(1_000, rng)},
    ),
    Estimator(
        "check_shape",
        estimate=fit_of_durations,
        totals="^(n|n_ended|chi_square)$",  # gaps are looked for while 30 are watched: longer in a doubled table
        **LIVES,
    ),
    *laws_of_offers.ESTIMATORS,
    *laws_of_value.ESTIMATORS,
    *laws_of_policies.ESTIMATORS,
)
CASES += laws_of_policies.CASES_BY_ROW

EVERY_DAY = (
    laws.row_order_does_not_matter,
    laws.money_in_another_currency_is_the_same_money,
    laws.doubling_the_table_adds_certainty_and_nothing_else,
)


def in_its_part(estimator, law):
    """Leave most laws of an estimator that takes long to the long part of the suite."""
    return pytest.param(estimator, law, marks=[pytest.mark.slow] if estimator.dear and law not in EVERY_DAY else [])


@pytest.mark.parametrize(
    ("estimator", "law"), [in_its_part(*case) for case in CASES], ids=lambda each: getattr(each, "__name__", str(each))
)
@settings(
    max_examples=2, deadline=None, phases=[Phase.reuse, Phase.generate]
)  # a seed is not made simpler by shrinking
@given(seed=st.integers(0, 2**32 - 1))
def test_law(estimator, law, seed):
    law(estimator, estimator.draw(np.random.default_rng(seed)))
