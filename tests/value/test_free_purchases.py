"""Does a purchase for nothing count as one that brings nothing, in values and in forecasts?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import winback as wb

FREE = 0.3


@pytest.fixture(scope="module")
def summary():
    """Summarise a shop in which three in ten purchases are for nothing, and have been all along."""
    study = wb.simulate_shop_study(3000, mistakes=False, rng=5)
    log = pd.concat([study.purchases, study.later], ignore_index=True)
    free = np.random.default_rng(6).uniform(size=len(log)) < FREE
    log["amount"] = log["amount"].where(~free, 0.0)
    return wb.summarize_purchases(log, period="W", until="2025-06-30")


def test_the_share_that_is_paid_for_is_that_of_the_log(summary):
    fit, seen = wb.fit_spend(summary), summary.customers
    assert fit.paid_share == seen["n_paid"].sum() / seen["frequency"].sum()
    assert abs(fit.paid_share - (1 - FREE)) < 4 * np.sqrt(FREE * (1 - FREE) / seen["frequency"].sum())
    assert "of repeat purchases were for nothing" in fit.describe()
    for share, said in ((0.9996, "0.0%"), (0.9994, "0.1%"), (1.0, "0.0%")):  # what rounds to nothing is not said
        assert (f"{said} of repeat purchases" in replace(fit, paid_share=share).describe()) == (said != "0.0%")
    known = seen.rename(columns={"n_paid": "paid_for"})
    assert wb.fit_spend(known, frequency="paid_for").paid_share == 1
    twice = wb.fit_spend(pd.concat([seen, seen]).assign(people=1))
    assert wb.fit_spend(seen.assign(people=2), weights="people").paid_share == twice.paid_share


@pytest.mark.slow
@pytest.mark.parametrize("value", [wb.lifetime_value, wb.base_value])
def test_values_count_what_is_for_nothing_at_nothing(summary, value):
    purchases, spend = wb.fit_purchases(summary, "bg_nbd"), wb.fit_spend(summary)
    terms = {"annual_discount": 0.1, "horizon": "2Y"}
    found = value(purchases, summary.customers, margin=spend, **terms)
    all_paid = value(purchases, summary.customers, margin=replace(spend, paid_share=1.0), **terms)
    assert found.total == pytest.approx(spend.paid_share * all_paid.total, rel=1e-12)
    assert found.total_low == pytest.approx(spend.paid_share * all_paid.total_low, rel=1e-6)


def test_money_comes_as_forecast(summary):
    held_out = summary.hold_out(after="2024-06-30")
    spend = wb.fit_spend(held_out)
    fit = wb.fit_purchases(held_out, "pareto_nbd")
    money = fit.check(held_out, spend=spend).totals.set_index("measure").loc["money"]
    assert money["predicted_low"] <= money["observed"] <= money["predicted_high"]
    blind = fit.check(held_out, spend=replace(spend, paid_share=1.0)).totals.set_index("measure").loc["money"]
    assert blind["observed"] < blind["predicted_low"]
