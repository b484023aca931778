"""Is it judged rightly how well return is predicted: by hand, and under the true model?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import hold_to_three
from simulated_lives import FORMULAS, lost_customers

import winback as wb
from winback.second_lifetime.check import judge_return


class Says:
    """A fit that says what its table says."""

    seen = None

    def chance_of_return(self, customers):
        return customers["chance"].to_numpy(dtype=float)


def judged(chance, returned, threshold=None):
    table = pd.DataFrame({"customer_id": range(len(chance)), "chance": chance, "returned": np.asarray(returned, bool)})
    return judge_return(Says(), table, threshold)


CHANCE = [0.95, 0.9, 0.85, 0.7, 0.65, 0.6, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05, 0.02, 0.01]
RETURNED = [1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]


def test_by_hand():
    found = judged(CHANCE, RETURNED, threshold=0.5)
    hits = found.hits.iloc[0]
    assert len(found.hits) == 1  # half is shown once
    assert (found.n, found.observed) == (20, 0.4)
    assert found.predicted == pytest.approx(np.mean(CHANCE))
    assert hits["hit_rate"] == pytest.approx(14 / 20)  # 4 of 6 predicted returned, 10 of 14 others did not
    assert hits["sensitivity"] == pytest.approx(4 / 8)
    assert hits["specificity"] == pytest.approx(10 / 12)
    assert hits["hit_rate_of_most_frequent"] == pytest.approx(0.6)
    frame = found.frame
    assert frame["n"].tolist() == [2] * 10
    assert frame["lift"].tolist() == pytest.approx(
        [2.5, 1.25, 1.25, 1.25, 1.25, 0.625, 0.625, 0, 0, 1.25]
    )  # two have a chance of .2
    assert frame["cumulative_share"].tolist() == pytest.approx(
        [0.25, 0.375, 0.5, 0.625, 0.75, 0.8125, 0.875, 0.875, 0.875, 1]
    )
    assert frame["predicted"].tolist()[:2] == pytest.approx([0.925, 0.775])
    pairs = [
        (a > b) + 0.5 * (a == b)
        for a, r in zip(CHANCE, RETURNED, strict=True)
        if r
        for b, s in zip(CHANCE, RETURNED, strict=True)
        if not s
    ]
    assert found.ranked_right == pytest.approx(np.mean(pairs))


def test_the_default_threshold_is_the_share_who_returned():
    found = judged(CHANCE, RETURNED)
    assert found.hits["threshold"].tolist() == [0.4, 0.5]
    assert found.hits.iloc[0]["sensitivity"] == pytest.approx(5 / 8)  # a chance of just .4 counts as predicted


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_laws(seed):
    rng = np.random.default_rng(seed)
    chance, returned = rng.uniform(size=203), rng.random(203) < 0.4
    found, mixed = judged(chance, returned), rng.permutation(203)
    again = judged(chance[mixed], returned[mixed])
    pd.testing.assert_frame_equal(found.frame, again.frame)
    pd.testing.assert_frame_equal(found.hits, again.hits)
    assert found.ranked_right == pytest.approx(again.ranked_right)
    assert found.ranked_right == pytest.approx(1 - judged(1 - chance, returned).ranked_right)
    frame = found.frame
    assert (frame["n"].sum(), frame["cumulative_share"].iloc[-1]) == (203, pytest.approx(1))
    assert (frame["lift"] * frame["n"]).sum() == pytest.approx(203)
    assert frame["predicted"].is_monotonic_decreasing
    assert ((frame["observed_low"] <= frame["observed"]) & (frame["observed"] <= frame["observed_high"])).all()


def test_perfect_and_useless_predictions():
    returned = np.arange(100) % 2 == 0
    perfect = judged(np.where(returned, 0.9, 0.1), returned, threshold=0.5)
    assert perfect.hits.iloc[0][["hit_rate", "sensitivity", "specificity"]].tolist() == [1, 1, 1]
    assert perfect.ranked_right == 1
    assert perfect.frame["lift"].iloc[0] == 2
    assert judged(np.full(100, 0.5), returned).ranked_right == 0.5


def test_the_true_model_is_calibrated():
    fit_on, judge_by = wb.hold_out(lost_customers(5, 20_000), 0.5, rng=1)
    fit = wb.fit_two_part(fit_on, **FORMULAS)
    found = fit.check(judge_by)
    frame = found.frame
    error = np.sqrt(frame["predicted"] * (1 - frame["predicted"]) / frame["n"])
    assert (((frame["observed"] - frame["predicted"]) / error).abs() < 3.5).all()
    assert (((frame["observed"] - frame["predicted"]) / error) ** 2).sum() < 29.6  # chi-squared, 99.9%, 10 degrees
    assert frame["lift"].iloc[0] > 1.7
    assert frame["lift"].iloc[-1] < 0.3
    wrong = wb.fit_two_part(fit_on, **FORMULAS | {"reacquisition": "x"})
    assert wrong.check(judge_by).ranked_right < found.ranked_right - 0.1


def test_equal_chances_have_no_lift():
    returned = np.arange(100) < 40
    assert judged(np.full(100, 0.4), returned).frame["lift"].tolist() == pytest.approx([1.0] * 10)


def test_those_set_aside_are_left_out():
    table = lost_customers(5, 2_000).assign(eligible=lambda t: t["customer_id"] % 2 == 0)
    fit = wb.fit_two_part(table, **FORMULAS)
    assert (fit.n, fit.n_set_aside) == (1_000, 1_000)
    assert fit.check(table).n == 1_000


@pytest.mark.parametrize(
    ("chance", "returned", "more", "said"),
    [
        ([0.5] * 9, [1] + [0] * 8, {}, "Tenths need at least 10 customers; 9 are held out"),
        ([0.5] * 20, [1] * 20, {}, "All of the held-out customers returned"),
        ([0.5] * 20, [0] * 20, {}, "None of the held-out customers returned"),
        (CHANCE, RETURNED, {"threshold": 1.5}, "threshold must be between 0 and 1; got 1.5"),
        (CHANCE, RETURNED, {"threshold": "half"}, "threshold must be between 0 and 1; got 'half'"),
    ],
)
def test_refusals(chance, returned, more, said):
    with pytest.raises(ValueError, match=said):
        judged(chance, returned, **more)


def test_in_words():
    found = judged(CHANCE, RETURNED)
    hold_to_three(found)
    said = found.describe()
    assert "Of the 20 customers" in said
    assert "40.0% returned" in said
