"""Is the figure of constant churn what it says: by hand, in every unit of time, with counts, ages and a horizon?"""

import numpy as np
import pandas as pd
import pytest
from contract_data import drawn_customers
from scipy.integrate import quad
from scipy.special import betaln
from shoppers import shoppers

import winback as wb
from winback.value.contracts.fits import contract_model

YEARS = {"M": 1 / 12, "30D": 30 / 365.25, "4W": 28 / 365.25, "3M": 1 / 4, "Y": 1.0}
SIX = {"M": "6M", "30D": "180D", "4W": "24W", "3M": "18M", "Y": "6Y"}
ALPHA, BETA = 2.0, 5.0


def stays(t):
    """Return the share of customers of the sBG who stay for t periods."""
    return np.exp(betaln(ALPHA, BETA + t) - betaln(ALPHA, BETA))


def payments(retention, factor, horizon, first=1):
    """Return the discounted payments of a customer at one rate of staying, the first after so many renewals."""
    return sum(retention ** (k + first) * factor**k for k in range(horizon))


# contracts


@pytest.mark.parametrize("moment", ["before_renewal", "after_payment"])
@pytest.mark.parametrize("period", YEARS)
def test_contracts_of_mixed_ages_by_hand(period, moment):
    """The retention of two successive counts is that of the period just ended, of all who were there before it."""
    counts, years = {1: 50, 2: 30, 5: 20}, YEARS[period]
    known = {"margin": 3.0, "annual_discount": 0.2, "horizon": SIX[period], "moment": moment}
    found = wb.base_value(contract_model(ALPHA, BETA, period=period), counts, **known)
    before = sum(counts[n] * stays(n - 2) / stays(n - 1) for n in (2, 5))  # one period ago
    retention, factor = 50 / before, 1.2**-years
    later = factor if moment == "after_payment" else 1.0
    assert found.constant_churn == pytest.approx(100 * 3 * later * payments(retention, factor, 6))
    assert found.annual_churn == pytest.approx(1 - retention ** (1 / years))
    assert found.n_active == found.n == 100


@pytest.mark.parametrize("period", YEARS)
def test_an_annual_churn_is_that_of_a_year_in_every_unit_of_time(period):
    model, terms = contract_model(ALPHA, BETA, period=period), {"margin": 1.0, "annual_discount": 0.1}
    found = wb.base_value(model, [1], horizon=SIX[period], **terms).against_constant_churn(0.35)
    years = YEARS[period]
    assert found.constant_churn == pytest.approx(payments(0.65**years, 1.1**-years, 6))
    assert found.annual_churn == pytest.approx(0.35)


def test_customers_in_their_first_period_are_expected_to_stay_by_their_own_chances():
    rows = drawn_customers(np.random.default_rng(6), 900)
    fit = wb.fit_contracts(rows, "sbg", period="Y", formula="channel", tenure="tenure", ended="ended")
    base = pd.DataFrame({"channel": rows["channel"].unique(), "next_renewal": 1})
    base["n"] = 10 ** np.arange(len(base))
    first = fit.residual_lifetime(base["next_renewal"], 0.0, horizon_periods=1, customers=base)
    found = wb.base_value(fit, base, weights="n", margin=1.0, annual_discount=0.1)
    assert np.ptp(first) > 0.01
    assert found.annual_churn == pytest.approx(1 - first @ base["n"] / base["n"].sum())


@pytest.mark.parametrize("renewals", [[0, 0], [0, 0, 1, 3]])
def test_new_customers_pay_first_for_sure_also_at_constant_churn(renewals):
    """Where all are alike the figure is right, so of new ones too, who do not have to renew before they pay."""
    alike = contract_model(2e7, 8e7, period="Y")
    base = pd.DataFrame({"next_renewal": renewals})
    found = wb.base_value(alike, base, margin=100.0, annual_discount=0.1)
    assert found.gap == pytest.approx(0, abs=1e-6)
    new = 100 / (1 - 0.8 / 1.1)
    each = [new if n == 0 else 0.8 * new for n in renewals]
    assert found.constant_churn == pytest.approx(sum(each), rel=1e-6)


# purchases

TABLE = shoppers(np.random.default_rng(4), "pareto_nbd", (0.9, 8.0, 0.7, 20.0), 400, (40, 100)).assign(
    mean_spend=lambda table: np.where(table["frequency"] > 0, 20.0 + table["frequency"], np.nan),
    n=np.random.default_rng(1).integers(1, 9, 400),
)
FIT = wb.fit_purchases(TABLE, "pareto_nbd", period="W", weights="n")


@pytest.mark.parametrize("churn", [None, 0.35])
@pytest.mark.parametrize(("horizon", "weeks"), [("2Y", 2 * 365.25 / 7), (None, np.inf)])
def test_counted_customers_with_spend_margin_and_horizon_by_hand(horizon, weeks, churn):
    spend, n = wb.fit_spend(TABLE, weights="n"), TABLE["n"].to_numpy()
    terms = {"margin_share": 0.3, "annual_discount": 0.1, "horizon": horizon}
    found = wb.base_value(FIT, TABLE, margin=spend, weights="n", **terms)
    found = found.against_constant_churn(churn, active_within="26W")
    active = (TABLE["age"] - TABLE["recency"] <= 26).to_numpy()
    watched = n @ np.where(active, TABLE["age"], TABLE["recency"])
    leaves = n[~active].sum() / watched if churn is None else -np.log(0.65) * 7 / 365.25
    buys, force = n @ TABLE["frequency"] / watched, np.log(1.1) * 7 / 365.25
    each, _ = quad(lambda t: buys * np.exp(-(leaves + force) * t), 0, weeks)
    paid = n * TABLE["frequency"].to_numpy()
    average = paid @ TABLE["mean_spend"].fillna(0) / paid.sum()
    assert found.constant_churn == pytest.approx(0.3 * average * n[active].sum() * each, rel=1e-6)
    assert found.annual_churn == pytest.approx(1 - np.exp(-leaves * 365.25 / 7))
    assert (found.n_active, found.n) == (n[active].sum(), n.sum())


@pytest.mark.parametrize(("period", "days"), [("D", 1.0), ("W", 7.0), ("30D", 30.0)])
def test_who_bought_just_within_the_time_counts(period, days):
    """Days counted on the calendar, also where 28 days are no whole number of them in floating point."""
    table = TABLE.assign(age=40 * 7 / days, recency=np.where(TABLE["frequency"] > 0, 36 * 7 / days, 0.0))
    fit = wb.fit_purchases(
        TABLE.assign(age=TABLE["age"] * 7 / days, recency=TABLE["recency"] * 7 / days), "pareto_nbd", period=period
    )
    for within, n in (("28D", (TABLE["frequency"] > 0).sum()), ("27D", 0)):
        found = wb.base_value(fit, table, margin=1.0, annual_discount=0.1)
        assert found.against_constant_churn(active_within=within).n_active == n


@pytest.mark.parametrize(("churn", "said"), [(0.05, "higher"), (0.95, "lower")])
def test_words_say_on_which_side_the_figure_lies(churn, said):
    found = wb.base_value(FIT, TABLE, margin=1.0, annual_discount=0.1).against_constant_churn(churn)
    assert found.gap == pytest.approx(found.constant_churn / found.total - 1)
    assert (found.gap > 0) == (said == "higher")
    assert f"the constant-churn figure is {abs(found.gap):.0%} {said}; it counts" in found.describe()


@pytest.mark.parametrize(("period", "weeks"), [("D", 1 / 7), ("2W", 2.0), ("30D", 30 / 7), ("3M", 365.25 / 28)])
def test_the_unit_of_time_changes_no_figure(period, weeks):
    rows = TABLE.assign(age=TABLE["age"] / weeks, recency=TABLE["recency"] / weeks)
    fit = wb.fit_purchases(rows, "pareto_nbd", period=period, weights="n")
    terms = {"margin": 1.0, "annual_discount": 0.1, "weights": "n", "horizon": "4Y"}
    one, other = wb.base_value(FIT, TABLE, **terms), wb.base_value(fit, rows, **terms)
    for name in ("total", "total_low", "total_high", "constant_churn", "annual_churn", "gap", "n_active"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-4)
    longest = 7 * TABLE["age"].max()
    assert longest - 7 < other.watched.days == one.watched.days <= longest  # told in whole weeks
    assert longest / 2 - 7 < other.active_within.days == one.active_within.days <= longest / 2
    assert other.beyond_data == pytest.approx(one.beyond_data, rel=1e-4)


def test_what_is_expected_at_ages_nobody_was_watched_at_is_extrapolated():
    """Age by age, without straight lines between horizons; of the oldest it is all, within whichever horizon."""
    terms = {"margin": 1.0, "annual_discount": 0.1, "weights": "n"}
    for years in (1, 4):
        found, seen = wb.base_value(FIT, TABLE, **terms, horizon=f"{years}Y"), 0.0
        for age, rows in TABLE.groupby("age"):
            left = min(TABLE["age"].max() - age, years * 365.25 / 7)
            seen += FIT.expectations(rows, left, 0.1).each() @ rows["n"] if left else 0.0
        assert found.beyond_data == pytest.approx(1 - seen / found.total, abs=1e-4)
        assert "at ages above" in found.describe()
    oldest = TABLE[TABLE["age"] == TABLE["age"].max()]
    assert wb.base_value(FIT, oldest, **terms, horizon="1Y").beyond_data == 1


@pytest.mark.slow
def test_differences_and_sums_of_gains_and_losses_vary_as_draws_of_the_parameters_do():
    heavy = TABLE["frequency"].to_numpy() > 2
    rows = TABLE.assign(heavy=heavy, fee=np.where(heavy, 10.0, -30.0))
    expected = FIT.expectations(rows, 365.25 / 7, 0.1)
    drawn = np.random.default_rng(2).multivariate_normal(FIT.theta, FIT.covariance, 3000)
    each = np.array([expected.value(theta)[expected.rows] for theta in drawn])
    terms = {"annual_discount": 0.1, "horizon": "1Y"}
    contrast = wb.base_value(FIT, rows, margin=1.0, by="heavy", **terms).contrast
    mixed = wb.base_value(FIT, rows, margin="fee", **terms)
    now = expected.each()
    chance = sum(now[part].var(ddof=1) / part.sum() for part in (heavy, ~heavy))  # who is in a segment
    apart = np.sqrt((each[:, heavy].mean(axis=1) - each[:, ~heavy].mean(axis=1)).var() + chance)
    for (middle, low, high), error in (
        ((contrast.difference, contrast.low, contrast.high), apart),
        ((mixed.total, mixed.total_low, mixed.total_high), (each @ rows["fee"]).std()),
    ):
        assert high - middle == pytest.approx(middle - low)
        assert (high - low) / (2 * 1.959964) == pytest.approx(error, rel=0.08)
