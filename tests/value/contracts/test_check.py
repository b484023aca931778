"""Does a projection of contracts hold when later counts come in, and is a wrong one called so?"""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from sentences import all_of, hold_to_three

import winback as wb
from winback.survival import goodness_of_fit
from winback.value.contracts.check import LIMITS
from winback.value.contracts.fits import contract_model

from contract_data import COHORTS, HIGH_END, REGULAR, drawn_survivors  # isort: skip

SBG, BDW = partial(wb.fit_contracts, model="sbg"), partial(wb.fit_contracts, model="bdw")


def judged(fit, survivors, seen, period="Y"):
    return fit(survivors[: seen + 1], period=period).check(survivors)


@pytest.mark.parametrize(("fit", "points"), [(SBG, 8.7), (BDW, 0.5)])
def test_fader_hardie_2007_high_end_year_12_from_years_0_to_4(fit, points):
    found = judged(fit, HIGH_END, 4)
    last = found.frame.iloc[-1]
    assert round(-100 * last["gap"], 1) == points
    assert (last["age"], last["ahead"], last["observed"], last["n"]) == (12, 8, 0.394, 1000)
    assert found.frame["age"].tolist() == list(range(5, 13))
    assert f"{points} points too few still here at age 12" in found.verdict


def test_verdicts_of_the_published_cases():
    assert judged(SBG, HIGH_END, 4).verdict.startswith("The sBG misses: it expects 8.7 points too few")
    assert judged(BDW, HIGH_END, 4).verdict.startswith("The BdW fits: ")
    assert judged(SBG, REGULAR, 7).verdict.startswith("The sBG fits: ")
    many = [1000 * count for count in HIGH_END]
    assert judged(BDW, many, 7).verdict.startswith("The BdW misses, but little: it expects 1.0 points too many")
    few = [20, 17, 15, 13, 12, 11, 10, 10, 9]
    assert judged(SBG, few, 4).verdict.startswith("Too few customers to tell whether the sBG fits")
    exact = [[10000, 8000, 6480, 5307], [10000, 8000, 6480], [10000, 8000]]
    assert SBG(exact, period="Y").check(COHORTS[:3]).verdict.startswith("The sBG fits: it expects as ")


def test_limits_of_the_verdict_are_those_of_every_model_of_tenure():
    assert (LIMITS.small, LIMITS.large) == (goodness_of_fit.SMALL_GAP, goodness_of_fit.LARGE_GAP) == (0.02, 0.05)


def test_by_hand_the_interval_of_a_known_model_is_binomial():
    model = contract_model(1.0, 1.0, period="M")  # S(t) = 1 / (t + 1)
    row = model.check([400, 190, 140]).frame.iloc[1]
    assert (row["ahead"], row["age"]) == (2, 2)
    assert (row["observed"], row["expected"]) == (0.35, pytest.approx(1 / 3))
    error = np.sqrt(1 / 3 * 2 / 3 / 400)
    hazard, reach = np.log(3), 1.959964 * error / (1 / 3 * np.log(3))
    ends = [np.exp(-hazard * np.exp(reach)), np.exp(-hazard * np.exp(-reach))]
    assert row[["expected_low", "expected_high"]].tolist() == pytest.approx(ends, rel=1e-6)
    assert row["inside"]


def test_cohorts_go_on_from_where_each_was_left():
    fit = SBG([cohort[:-1] for cohort in COHORTS], period="Y")
    (row,) = fit.check(COHORTS).frame.to_dict("records")
    assert (row["n"], row["age"]) == (40_000, 4)
    assert row["observed"] == (4391 + 5307 + 6480 + 8000) / 40_000
    stays = [fit.survival_from_now(age, 1)[0] for age in (3, 2, 1, 0)]
    assert row["expected"] == pytest.approx(np.dot([5307, 6480, 8000, 10_000], stays) / 40_000)
    table = pd.DataFrame(COHORTS, columns=range(5))
    pd.testing.assert_frame_equal(fit.check(table).frame, fit.check(COHORTS).frame)


def test_the_order_of_equal_cohorts_does_not_matter_and_doubling_narrows_the_interval():
    one = judged(SBG, HIGH_END, 6).frame
    fit = SBG([HIGH_END[:7]] * 2, period="Y")
    both = fit.check([HIGH_END] * 2).frame
    np.testing.assert_allclose(both["gap"], one["gap"], atol=1e-6)
    width = [frame["expected_high"] - frame["expected_low"] for frame in (one, both)]
    np.testing.assert_allclose(width[1] / width[0], np.sqrt(0.5), rtol=0.01)


def test_words_and_table():
    found = judged(SBG, HIGH_END, 4)
    hold_to_three(found)
    said = all_of(found)
    assert "The fit has seen 4 years; 1 of 8 held-out periods lies in its interval." in said
    assert found.covered == (1, 8)
    assert found.table()["Expected"][7].startswith("30.7% [")
    assert len(str(found).splitlines()) <= 12


def test_words_of_one_held_out_period():
    assert "; the only held-out period lies in its interval." in str(judged(BDW, HIGH_END[:7], 5).describe())
    found = judged(BDW, HIGH_END, 6)
    for inside, said in (
        (0, "none of the 6 held-out periods lie in their"),
        (3, "3 of 6 held-out periods lie in their"),
    ):
        frame = found.frame.assign(inside=[number < inside for number in range(6)])
        assert f"{said} interval" in str(replace(found, frame=frame).describe())


@pytest.mark.parametrize(
    ("survivors", "said"),
    [
        (HIGH_END[:5], "end after 4 periods, all of which the fit has seen"),
        (
            [1000, 900, 800, 700, 600, 500],
            "of whom 400 left within the first 4 periods; the fit has seen 1,000 and 407",
        ),
        ([HIGH_END, [500]], "have 1 cohort that began after the fit"),
        ([1000, 1100], "rises from 1000 to 1100 after 1 period"),
        ([2 * count for count in HIGH_END], "have 2,000 customers"),
    ],
)
def test_counts_of_other_customers_are_refused(survivors, said):
    with pytest.raises(wb.TableError, match=said):
        SBG(HIGH_END[:5], period="Y").check(survivors)


def test_other_fits_are_refused():
    rows = pd.DataFrame({"tenure": [1, 2, 3, 2] * 20, "ended": [True, True, False, False] * 20, "online": [0, 1] * 40})
    fit = SBG(rows, period="Y", tenure="tenure", ended="ended", formula="online")
    with pytest.raises(ValueError, match="fit depends on online"):
        fit.check(HIGH_END)


@pytest.mark.slow
def test_intervals_hold_what_is_observed_later(record_property):
    rng, found = np.random.default_rng(20160301), []
    for _ in range(300):
        survivors = drawn_survivors(rng, 0.8, 3.0, n=1500, last=10)
        found.append(judged(SBG, survivors, 6).frame[["observed", "expected_low", "expected_high"]].to_numpy())
    observed, low, high = np.array(found).transpose(2, 1, 0)
    for later in range(len(observed)):
        record_property(f"period {later + 1}", str(assert_covers(low[later], high[later], observed[later])))


@pytest.mark.slow
def test_a_wrong_model_is_found_out():
    rng = np.random.default_rng(20160301)
    survivors = (drawn_survivors(rng, 0.3, 1.5, c=1.7, n=4000, last=12) for _ in range(25))
    missed = [judged(SBG, each, 5).verdict.startswith("The sBG misses: ") for each in survivors]
    assert np.mean(missed) > 0.9
