"""Which laws do comparisons of offers and plans of trials obey? Their entries in the suite of laws.py."""

import numpy as np
import pandas as pd
from laws import Estimator

import winback as wb
from winback.planning import Choice
from winback.terms.catalog import Offer


def a_trial(rng, groups=("discount", "upgrade", "bundle", "none"), n=60):
    """Draw a trial of equal groups, half of whom return; second lives are cut off after 6 to 36 months."""
    size = n * len(groups)
    returned = rng.random(size) < 0.5
    tenure, followed = rng.lognormal(2.5, 0.75, size), rng.uniform(6, 36, size)
    ended = pd.Series(tenure <= followed, dtype="boolean")
    return pd.DataFrame(
        {
            "customer_id": rng.permutation(size),
            "offer": np.repeat(groups, n),
            "returned": returned,
            "second_tenure": np.where(returned, np.minimum(tenure, followed), np.nan),
            "second_ended": ended.where(returned),
            "second_margin": np.where(returned, rng.gamma(4, 10, size), np.nan),
        }
    )


def without_control(rng):
    return a_trial(rng, groups=("discount", "upgrade", "bundle"))


def a_measured_trial(rng):
    """Draw the same with each customer's value measured directly."""
    trial = a_trial(rng)
    value = np.where(trial["returned"], rng.lognormal(6, 1, len(trial)), np.nan)
    return trial.iloc[:, :3].assign(value=value)


def offers(money, monthly="while_active"):
    return [
        Offer(name="discount", amount_per_month=20 * money, months=6, paid=monthly, contact_cost=2 * money),
        Offer(name="upgrade", amount=105 * money, paid="on_acceptance"),
        Offer(name="bundle", amount=30 * money, paid="per_contact"),
    ]


def second_lives(table, money, **more):
    return wb.compare_offers(wb.read_trial(table, offers(money), horizon_months=12, annual_discount=0.1, **more))


def measured(table, money, **more):
    return wb.compare_offers(wb.read_trial(table, offers(money, monthly="on_acceptance"), **more))


def figures(result):
    return result.frame.set_index("offer").drop(columns="remark")


def differences(result):
    return result.differences.set_index(["first", "second"])


def a_summary(rng, k=4):
    return pd.DataFrame(
        {
            "offer": list("abcd"),
            "acceptance": rng.uniform(0.1, 0.9, k),
            "value": rng.uniform(100, 900, k),
            "cost": rng.uniform(10, 90, k),
            "contact_cost": rng.uniform(0, 5, k),
            "paid": rng.permutation(["on_acceptance", "on_acceptance", "per_contact", "per_contact"]),
        }
    )


COMPARED = {
    "dear": True,
    "money": "(profit|value|cost|loss)(?!.*skewness)",
    "estimates": "^(acceptance|cost_per_customer|value_per_returned|break_even_organic|[a-z]+_profit|[a-z]+_roi)$",
    "totals": "^n(_returned)?$|_total$",
    "std_errors": "std_error$",
    "groups": "offer",
    "freedom": 1,
}
SECOND_LIVES = {"draw": a_trial, "money_in": ("second_margin",), **COMPARED}
MEASURED = {"draw": a_measured_trial, "money_in": ("value",), **COMPARED}
PAIRS = {"money": "difference|std_error", "estimates": "^difference$", "totals": ""}


def planned(plan):
    """Return a plan's figures; the variance is money squared."""
    return plan.frame.set_index("question").drop(columns="variance")


def planned_from_pilot(table, money):
    return planned(wb.plan_trial(wb.read_trial(table, offers(money), horizon_months=12, annual_discount=0.1)))


ESTIMATORS = (
    Estimator("second lives, control", estimate=lambda t, m: figures(second_lives(t, m)), **SECOND_LIVES),
    Estimator(
        "second lives, assumed organic return",
        estimate=lambda t, m: figures(second_lives(t, m, organic=(0.1, 0.2), organic_value=300 * m)),
        **SECOND_LIVES | {"draw": without_control},
    ),
    Estimator("value, control", estimate=lambda t, m: figures(measured(t, m)), **MEASURED),
    Estimator("value, pairs", estimate=lambda t, m: differences(measured(t, m)), **MEASURED | PAIRS),
    Estimator(
        "offer_economics",
        draw=a_summary,
        estimate=lambda t, m: wb.offer_economics(t, organic=0.1, organic_value=300 * m).frame.set_index("offer"),
        money_in=("value", "cost", "contact_cost"),
        money="profit|value|cost",
        customer=None,
    ),
    Estimator(
        "plan_trial, assumed figures",
        dear=True,
        draw=lambda rng: a_summary(rng).assign(value_variation=rng.uniform(0.5, 2, 4)),
        estimate=lambda t, m: planned(
            wb.plan_trial(t, difference=20 * m, choice=Choice(expected_loss=5 * m), n_available=4000)
        ),
        money_in=("value", "cost", "contact_cost"),
        money="difference|loss",
        customer=None,
    ),
    Estimator(
        "plan_trial, pilot",
        dear=True,
        estimate=planned_from_pilot,
        money="difference",
        estimates="^(expected_)?difference$",
        draw=lambda rng: a_trial(rng, n=120),
        money_in=("second_margin",),
    ),
)
