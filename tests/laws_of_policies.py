"""Which laws do scores and judged policies obey? Their entries in the suite of laws.py."""

import laws
import numpy as np
import pandas as pd
from laws import Estimator

import winback as wb
from winback.terms.catalog import Offer
from winback.trial.design_checks import check_design

ARMS = ["discount", "upgrade", "none"]


def a_trial(rng, n=240):
    """Draw a trial whose groups are so alike that the control is accepted, also of everybody twice."""
    while True:
        table = drawn(rng, n)
        twice = pd.concat([table, table.assign(customer_id=-1 - table["customer_id"])], ignore_index=True)
        if check_design(twice.drop(columns="fold")).control == "accepted":
            return table


def drawn(rng, n):
    """Draw a trial whose customers carry their fold, in even groups and folds."""
    arm, x = np.repeat([0, 1, 2], n // 3), rng.normal(size=n)
    returned = rng.random(n) < 0.5
    return pd.DataFrame(
        {
            "customer_id": rng.permutation(n),
            "offer": np.array(ARMS)[arm],
            "returned": returned,
            "value": np.where(returned, rng.lognormal(5 + 0.2 * x, 1, n), np.nan),
            "x": x,
            "reason": rng.choice(["price", "service"], n),
            "fold": np.arange(n) % 4,
        }
    )


def offers(money):
    return [
        Offer(name="discount", amount=20 * money, paid="on_acceptance", contact_cost=2 * money),
        Offer(name="upgrade", amount=15 * money, paid="per_contact"),
    ]


def scores(table, money):
    folds, rest = table["fold"], table.drop(columns="fold")
    found = wb.offer_scores(wb.read_trial(rest, offers(money), covariates=["x", "reason"]), folds=folds)
    return found.frame.set_index("offer")


def single_scores(table, money):
    folds, rest = table["fold"], table.drop(columns="fold")
    found = wb.offer_scores(wb.read_trial(rest, offers(money), covariates=["x", "reason"]), folds=folds)
    by_row = found.scores.set_axis(rest["x"].to_numpy())
    return by_row.rename_axis(columns=None).sort_index()


def judged(table, money):
    rule = {"price": "discount", "service": "upgrade"}
    trial = wb.read_trial(table.drop(columns="fold"), offers(money), covariates=["x", "reason"])
    found = wb.evaluate_policy(trial, rule, by="reason", splits=wb.Splits(folds=4, repeats=2))
    return found.frame.set_index("against")


SCORES = {"draw": a_trial, "money_in": ("value",), "dear": True}
ESTIMATORS = (
    Estimator(
        "offer_scores",
        estimate=scores,
        money="mean|effect",
        estimates="^(mean|effect)$",
        totals="^n$",
        std_errors="std_error$",
        freedom=1,
        **SCORES,
    ),
    Estimator("offer_scores, one by one", estimate=single_scores, money=".", **SCORES | {"tolerance": 1e-8}),
)
JUDGED = Estimator("evaluate_policy", estimate=judged, money="gain|total|std_error", **SCORES)
# Splits are dealt by row, so another order or a doubled table is split otherwise.
CASES_BY_ROW = [(JUDGED, law) for law in (*laws.LAWS[1:], laws.names_of_customers_do_not_matter)]
