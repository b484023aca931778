"""Do a base and a trial give the figures of each third of value that a count of their customers gives?"""

import os
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import valid_calls as valid
from scipy.stats import poisson

import winback as wb
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_inputs import THIRDS
from winback.offers.strategy_measured import earned_in_trial, inputs_of_base
from winback.offers.strategy_settings import settings_of
from winback.offers.strategy_words import ALL

KEEP = Keep(20.0, 0.3)


@pytest.fixture(scope="module")
def study():
    return wb.load_telecom_study()


@pytest.fixture(scope="module")
def found(study):
    new = Acquire(0.05, 400.0, 4.0, value_months=24.0)
    return wb.compare_win_back_keep_acquire(study.base, keep=KEEP, win_back=study.trial, acquire=new)


def test_hazards_are_losses_over_months_at_risk_counted_one_by_one():
    base = valid.base()
    lives, until = base.lives, pd.Timestamp(base.until) - pd.Timedelta(days=base.grace_days)
    since = until - pd.Timedelta(days=365)
    here = lives[lives["end"].isna()]
    edges = np.sort(here["margin"])[[int(np.ceil(len(here) * k / 3)) - 1 for k in (1, 2)]]
    lost, months = np.zeros(3), np.zeros(3)
    for life in lives.itertuples():
        third = sum(life.margin > edge for edge in edges)
        end = until if pd.isna(life.end) else min(life.end, until)
        months[third] += max((end - max(life.start, since)).days, 0) / 30.4375
        lost[third] += life.ended and since < life.end <= until
    inputs = inputs_of_base(base, 0.95)
    assert inputs.segments["segment"].tolist() == list(THIRDS)
    assert inputs.segments["n"].sum() == len(here)
    np.testing.assert_allclose(inputs.segments["hazard"], 1 - np.exp(-lost / months), rtol=1e-12)
    for end, tail in (("low", poisson.sf), ("high", poisson.cdf)):  # each end leaves 2.5% beyond what was counted
        rate = -np.log(1 - inputs.segments[f"hazard_{end}"]) * months
        np.testing.assert_allclose(tail(lost - (end == "low"), rate), 0.025, rtol=1e-6)


def test_a_trial_by_thirds_is_the_comparison_of_each_third(study, found):
    trial, x = study.trial, found.inputs.segments.set_index("segment")
    third = np.searchsorted(found.inputs.edges, trial.customers["first_margin"], side="left")
    for place, name in enumerate(THIRDS):
        part = wb.compare_offers(trial.part(np.flatnonzero(trial.kept)[third == place]))
        row = part.frame.set_index("offer").loc["discount"]
        one = x.loc[name]
        asked = one["win_back_chance"] * (one["win_back_value"] - one["win_back_cost"]) - one["win_back_contact_cost"]
        assert asked == pytest.approx(row["gross_profit"], rel=1e-9)
        assert asked - one["organic"] * one["organic_value"] == pytest.approx(row["incremental_profit"], rel=1e-9)


def test_what_a_trial_tells_of_one_leaver_is_as_sure_as_in_the_comparison(study):
    """All leave in the first month and are asked back at once, and value counts in full: the trial itself is left."""
    trial = study.trial
    measured = {"segment": ["a"], "n": [1], "hazard": [1.0], "margin": [1.0]}
    whole = wb.compare_win_back_keep_acquire(measured, win_back=trial)
    weight = whole.frame["gain"].iloc[0] / wb.compare_offers(trial).frame["incremental_profit"].iloc[0]
    row, first = whole.frame.iloc[0], wb.compare_offers(trial).frame.iloc[0]
    assert weight < 1  # those who left return half a year later, and what comes after the horizon is not counted
    width = (row["gain_high"] - row["gain_low"]) / weight
    assert width == pytest.approx(first["incremental_profit_high"] - first["incremental_profit_low"], rel=0.1)


@pytest.mark.parametrize("offer", ["call", "gift"])
def test_costs_of_a_contact_and_of_an_acceptance_are_as_sure_as_in_the_comparison(offer):
    """A value measured directly counts in full: what one leaver is worth is the trial's own profit."""
    paid = {"call": "per_contact", "gift": "on_acceptance"}[offer]
    table = valid.measured().query("offer in [@offer, 'none']")
    trial = wb.read_trial(table, [wb.Offer(name=offer, paid=paid, amount=90.0)])
    leave = {"segment": ["a"], "n": [1], "hazard": [1.0], "margin": [1.0]}
    row = wb.compare_win_back_keep_acquire(leave, win_back=trial, horizon_months=12, annual_discount=0.0).frame.iloc[0]
    first = wb.compare_offers(trial).frame.iloc[0]
    assert row["gain"] == pytest.approx(first["incremental_profit"])
    assert row["spending"] == pytest.approx(first["cost_per_customer"])
    width = first["incremental_profit_high"] - first["incremental_profit_low"]
    assert row["gain_high"] - row["gain_low"] == pytest.approx(width, rel=0.05)


def test_what_has_come_in_by_a_month_is_what_the_trial_says_at_that_horizon(study):
    trial = study.trial
    earned = earned_in_trial(trial, 24)
    for months in (3, 12):
        expected = trial.over(horizon_months=months).value.mean() / trial.value.mean()
        assert earned(months) == pytest.approx(expected)
    assert earned(0) == 0
    assert np.all(np.diff(earned(np.arange(25))) > 0)


def test_the_study_speaks_of_thirds_and_says_what_is_assumed(found):
    assert found.terms.timing.horizon_months == 27
    assert found.inputs.segments["segment"].tolist() == list(THIRDS)
    assert "That keeping prevents 30% of losses up to month 27 is assumed" in str(found.describe())
    for said in ("an extrapolation", "that it goes on so is assumed", "the best of its offers", "Taken for certain"):
        assert said in str(found.details())
    assert len(found.describe().splitlines()) == 3
    assert len(str(found).splitlines()) <= 12
    assert found.currency == "$"
    assert "month by month" in str(found.formula)


def test_a_horizon_beyond_what_a_trial_watched_is_said_to_favour_keeping(study):
    figures = {"segment": ["a"], "n": [1], "hazard": [0.1], "margin": [9.0]}
    found = wb.compare_win_back_keep_acquire(figures, win_back=study.trial, keep=KEEP, horizon_months=60)
    assert "later than 27.8 months after the return is not known from the trial" in str(found.details())


def test_the_rule_of_thumb_is_a_scenario_and_says_so(found):
    scenario = found.rule_of_thumb()
    assert str(scenario.describe()).startswith(
        "If the rule of thumb held, by which 5% of strangers and 40% of those lost"
    )
    assert set(scenario.inputs.segments["win_back_chance"]) == {0.4}
    assert set(scenario.inputs.segments["acquire_chance"]) == {0.05}
    left = scenario.inputs.segments.drop(columns=[c for c in scenario.inputs.segments if "_chance" in c])
    pd.testing.assert_frame_equal(left, found.inputs.segments[left.columns])
    alone = wb.compare_win_back_keep_acquire(
        {"segment": ["a"], "n": [1], "hazard": [0.1], "margin": [9.0]}, horizon_months=12, annual_discount=0.0,
        keep=KEEP, by_themselves=ByThemselves(0.0))  # fmt: skip
    with pytest.raises(ValueError, match=r"win_back= was not stated"):
        alone.rule_of_thumb()


def test_a_trial_without_untreated_customers_takes_its_assumed_return(study):
    trial = wb.read_trial(valid.measured().query("offer != 'none'"), valid.OFFERS, organic=(0.1, 0.2))
    figures = {"segment": ["a"], "n": [1], "hazard": [0.1], "margin": [9.0]}
    found = wb.compare_win_back_keep_acquire(figures, win_back=trial, horizon_months=12, annual_discount=0.0)
    x = found.inputs.segments.iloc[0]
    assert (x["organic"], x["organic_low"], x["organic_high"]) == pytest.approx((0.15, 0.1, 0.2))
    assert "how many return by themselves" in str(found.details()).split("Stated by the analyst")[1]


def test_a_table_with_no_interval_says_that_all_is_taken_for_certain():
    figures = {"segment": ["a"], "n": [1], "hazard": [0.1], "margin": [9.0]}
    how = {"win_back": WinBack(0.3, 90.0), "by_themselves": ByThemselves(0.0), "horizon_months": 6}
    found = wb.compare_win_back_keep_acquire(figures, annual_discount=0.0, **how)
    assert (found.frame["gain_low"] == found.frame["gain_high"]).all()
    assert "Taken for certain" in str(found.details())
    assert "[" not in found.table().to_string()
    assert found.what_to_do().startswith("Wait and win back: that gains ")
    assert "no interest taken off" in str(found.details())


def test_what_is_not_shown_to_pay_is_not_advised():
    figures = {"segment": ["a"], "n": [1], "hazard": [0.1], "margin": [9.0]}
    how = {"horizon_months": 6, "annual_discount": 0.0, "by_themselves": ByThemselves(0.0)}
    found = wb.compare_win_back_keep_acquire(figures, keep=Keep((5.0, 9.0), (0.1, 0.6)), **how)
    assert str(found.describe()).startswith("None of these is shown to earn more than doing nothing")
    assert str(found.what_to_do()).startswith("Do none of these")
    assert found.of(ALL)["gain_low"].max() < 0


def test_the_probit_of_acquisition_of_chapter_five():
    """500 prospects of Kumar & Petersen (2012), chapter 5: acquired or not, by what was spent on them."""
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copy of acquisitionRetention.rda to read")
    rdata = pytest.importorskip("rdata", reason="reading acquisitionRetention.rda needs rdata")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Missing constructor for R class")
        raw = rdata.read_rda(Path(os.environ["WINBACK_DATA_DIR"]) / "acquisitionRetention.rda")
    book = raw["acquisitionRetention"].reset_index(drop=True).rename(columns=str)
    acquired = book["acquisition"] == 1
    assert (len(book), int(acquired.sum())) == (500, 338)
    months = (book["duration"] / 30.4375).where(acquired)
    prospects = book[["acq_exp", "acq_exp_sq", "industry", "revenue", "employees"]].assign(
        customer_id=range(500), returned=acquired, second_tenure=months, second_margin=(book["profit"] / months),
        second_ended=pd.Series(True, index=book.index, dtype="boolean").where(acquired))  # fmt: skip
    formula = "acq_exp + acq_exp_sq + industry + revenue + employees"
    fit = wb.fit_two_part(prospects, reacquisition=formula, tenure="1", margin="1")
    chance = fit.chance_of_return(prospects)
    assert np.log(np.where(acquired, chance, 1 - chance)).sum() == pytest.approx(-175.6382891, abs=5e-8)


def test_what_a_notebook_states_as_plain_values_are_the_settings(study, found):
    stated = {"chance": 0.05, "value": 400.0, "contact_cost": 4.0, "value_months": 24.0}
    how = settings_of({"cost": 20.0, "share_prevented": 0.3}, {}, stated, study.trial)
    pd.testing.assert_frame_equal(wb.compare_win_back_keep_acquire(study.base, **how).frame, found.frame)
    own = settings_of({"cost": 20.0, "share_prevented": 0.3}, {"chance": 0.4, "value": 500.0}, {}, study.trial)
    assert (own["win_back"], own["by_themselves"]) == (WinBack(0.4, 500.0), ByThemselves(0.0))  # stated goes first
    assert settings_of(None, {"by_themselves": 0.1}, None)["by_themselves"] == ByThemselves(0.1)


def test_the_title_says_what_leads_in_each_group_and_where_that_may_be_chance():
    table = {"segment": ["low", "high"], "n": [80, 20], "hazard": [0.05, 0.03], "margin": [10.0, 60.0]}
    how = {"by_themselves": ByThemselves(0.0), "horizon_months": 12, "annual_discount": 0.1}
    alone = wb.compare_win_back_keep_acquire(table, keep=Keep(cost=5.0, share_prevented=0.3), **how)
    assert alone.headline == "Keep everybody earns most in every group"
    told = alone.frame.assign(told_apart=alone.frame["segment"] != "low")
    assert replace(alone, frame=told).headline.endswith("is ahead in every group, not beyond chance among low")
    none = alone.frame.assign(told_apart=False)
    assert replace(alone, frame=none).headline == "Keep everybody is ahead in every group, but not beyond chance"
    assert "that gains about as much as to " in replace(alone, frame=none).what_to_do()
