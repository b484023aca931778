"""Is value right where follow-up differs, and is it said whose follow-up differs and what was done about it?"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers, coverage, shortfall
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from trials import random_lives, random_values
from uneven_follow_up import (
    HORIZON,
    MARGIN,
    TRUE_PROFIT,
    draw,
    drawn_figures,
    read,
    true_value,
    with_one_curve,
)

import winback as wb


@pytest.fixture(scope="module")
def trial():
    return read(draw(np.random.default_rng(5)))


def found(trial, check="follow-up"):
    frame = trial.design.to_frame().set_index("check")
    return tuple(frame.loc[check, ["verdict", "finding"]]) if check in frame.index else None


def fitted(months, observed):
    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        return KaplanMeierFitter().fit(months, observed)


# value


def parts(trial):
    """Yield each arm's and segment's customers with the values that the trial gave them."""
    table = trial.customers.assign(value=trial.value)
    yield from (group for _, group in table.groupby(["offer", "segment"], observed=True))


def test_values_are_restricted_means_of_the_curve_of_each_segment(trial):
    for group in parts(trial):
        back = group[group["returned"]]
        curve = fitted(back["second_tenure"], back["second_ended"].astype(bool))
        area = MARGIN * restricted_mean_survival_time(curve, t=HORIZON)
        assert back["value"].mean() == pytest.approx(area, rel=1e-8)


def test_values_are_those_of_inverse_probability_of_censoring_weights(trial):
    """Who was seen to the end or the horizon stands for all alike who were not: one over the chance of being seen."""
    for group in parts(trial):
        back = group[group["returned"]]
        months, ended = back["second_tenure"].to_numpy(), back["second_ended"].to_numpy(dtype=bool)
        seen = ended | (months >= HORIZON)
        within = np.minimum(months, HORIZON)
        still_followed = fitted(months, ~ended).survival_function_at_times(within - 1e-9).to_numpy()
        weighted = np.where(seen, within / still_followed, 0).mean()
        assert back["value"].mean() == pytest.approx(MARGIN * weighted, rel=1e-8)


def test_where_all_were_followed_alike_no_value_moves():
    for seed in range(10):
        trial = read(draw(np.random.default_rng(seed), shorter_in=()), horizon=20.0)
        if found(trial)[0] == "ok":  # one in a hundred is a false alarm
            assert trial.follow_up.alike is None
            assert np.array_equal(trial.value, with_one_curve(trial).value)


def test_the_study_is_valued_as_before():
    study = wb.load_telecom_study().trial
    assert study.follow_up.alike is None
    assert found(study)[0] == "ok"


def test_costs_while_active_are_estimated_within_the_same_groups():
    offers = [wb.Offer(name="a", amount_per_month=2, months=10, paid="while_active")]
    trial = read(draw(np.random.default_rng(5)), offers=offers)
    sent = trial.customers.assign(cost=trial.cost).query("offer == 'a' and returned")
    for _, group in sent.groupby("segment", observed=True):
        curve = fitted(group["second_tenure"], group["second_ended"].astype(bool))
        assert group["cost"].mean() == pytest.approx(2 * restricted_mean_survival_time(curve, t=10), rel=1e-8)


@pytest.mark.slow
def test_a_tailored_offer_costs_what_customers_followed_alike_are_paid():
    paid = [wb.Offer(name=name, amount_per_month=2, months=10, paid="while_active") for name in ("mild", "strong")]
    tailored = wb.Offer(name="a", tailored_by="segment", tailored={"x": "mild", "y": "strong"})
    trial = read(draw(np.random.default_rng(5)), offers=[*paid, tailored])
    plain = read(draw(np.random.default_rng(5)), offers=[wb.Offer(**vars_of(paid[0]) | {"name": "a"})])
    assert np.allclose(trial.cost, plain.cost)


def vars_of(offer):
    return {"amount_per_month": offer.amount_per_month, "months": offer.months, "paid": offer.paid}


# bias and coverage

DRAWS = 400


@cache
def drawn(*shorter_in):
    return drawn_figures(DRAWS, shorter_in=shorter_in)


def bias(frame, name, truth):
    """Return the bias in Monte Carlo standard errors."""
    return (frame[name].mean() - truth) / (frame[name].std() / np.sqrt(len(frame)))


@pytest.mark.slow
@pytest.mark.parametrize("shorter_in", [("a", "none"), ("a",)], ids=["in both arms", "under the offer"])
def test_follow_up_that_differs_leaves_no_bias_and_intervals_hold(shorter_in):
    """The long draw is the part censoring of the proof."""
    before, now = drawn(*shorter_in)
    for offer in ("a", "none"):
        assert abs(bias(now, offer, true_value(offer))) < 3
        if offer in shorter_in:
            assert bias(before, offer, true_value(offer)) < -10
    assert abs(bias(now, "profit", TRUE_PROFIT)) < 3
    assert_covers(now["low"], now["high"], TRUE_PROFIT)


@pytest.mark.slow
def test_with_one_curve_an_arm_the_interval_misses():
    before, _ = drawn("a")
    assert shortfall(coverage((before["low"], before["high"]), TRUE_PROFIT)) > 3


# what is said


def test_it_is_said_whose_follow_up_differs_and_what_is_done(trial):
    verdict, text = found(trial)
    assert verdict == "warning"
    assert text.startswith("Customers were not followed equally long: the data reach up to the horizon for ")
    assert "(segment x) against" in text
    assert "estimated within 2 groups of customers who were followed alike, by segment." in text
    assert found(trial, "watched up to the horizon") is None
    assert text in wb.compare_offers(trial).details()


def test_under_one_offer_only_it_is_said_of_that_one():
    verdict, text = found(read(draw(np.random.default_rng(5), 6_000, shorter_in=("none",))))
    assert verdict == "warning"
    assert "segment x" in text


def test_where_nobody_alike_was_watched_so_long_others_speak_and_it_is_said():
    trial = read(draw(np.random.default_rng(5)), horizon=20.0)
    verdict, text = found(trial, "watched up to the horizon")
    n = int((trial.returned & (trial.customers["segment"] == "x")).sum())
    assert verdict == "warning"
    assert f"None of {n} returned customers (segment x) was watched up to the horizon" in text
    assert "extrapolation" in text
    assert np.allclose(trial.value, with_one_curve(trial).value)  # the two segments share a curve


def test_offers_followed_for_different_times_do_no_harm_and_that_is_said():
    table = draw(np.random.default_rng(5), shorter_in=())
    cut = table["returned"] & (table["offer"] == "none") & (np.arange(len(table)) % 2 == 0)
    table["second_ended"] = table["second_ended"].mask(cut & (table["second_tenure"] > 3), False)
    table["second_tenure"] = table["second_tenure"].mask(cut, table["second_tenure"].clip(upper=3))
    trial = read(table)
    verdict, text = found(trial)
    assert verdict == "note"
    assert "(sent nothing) against" in text
    assert trial.follow_up.alike is None


@pytest.mark.parametrize(
    ("table", "verdict", "words"),
    [
        (random_lives(np.random.default_rng(1), 300, a=0.5, none=0.3), "note", "is untested: nothing known before"),
        (draw(np.random.default_rng(0), 170), "note", "is untested: too few returned"),
        (draw(np.random.default_rng(1), 60, shorter_in=()), "ok", "of those who returned were cut off"),
        (draw(np.random.default_rng(1), shorter_in=()), "ok", "followed equally long, as far as can be told (p = "),
    ],
)
def test_what_could_be_tested_is_said(table, verdict, words):
    said = found(read(table))
    assert said[0] == verdict
    assert words in said[1]


def test_where_nobody_is_cut_off_within_the_horizon_there_is_nothing_to_mend(trial):
    verdict, text = found(trial.over(horizon_months=1.0))
    assert (verdict, text[:18]) == ("ok", "The data of nobody")


def test_measured_value_and_a_table_without_a_horizon_are_not_checked(rng):
    offers = [wb.Offer(name="a", amount=5, paid="per_contact")]
    assert found(wb.read_trial(random_values(rng, 100, a=0.5, none=0.3), offers)) is None
    report = wb.trial.design_checks.check_design(draw(rng))
    assert "follow-up" not in set(report.to_frame()["check"])


def test_a_date_known_beforehand_parts_customers_and_one_known_only_later_does_not(rng):
    table = draw(rng)
    days = pd.to_timedelta(np.where(table["segment"] == "x", 200, 0) + rng.integers(0, 90, len(table)), unit="D")
    dated = table.drop(columns="segment").assign(offered_on=pd.Timestamp("2024-01-01") + days)
    trial = read(dated)
    assert found(trial)[0] == "warning"
    assert "(day of the offer after 2024-" in found(trial)[1]
    assert trial.value.mean() == pytest.approx(read(table).value.mean(), rel=0.01)
    later = dated.rename(columns={"offered_on": "returned_on"})
    later["returned_on"] = later["returned_on"].where(later["returned"])
    assert read(later).follow_up.alike is None


def test_columns_measured_after_the_offer_part_nobody(rng):
    table = draw(rng, shorter_in=())
    late = pd.Series(np.where(table["returned"], table["second_tenure"].gt(6).map({True: "l", False: "s"}), None))
    trial = read(table.assign(mood=late))
    assert trial.follow_up.alike is None
