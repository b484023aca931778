"""Are first and second lifetime values those of the same customers, with an interval that allows for the pairing?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from sentences import all_of, hold_to_three
from uneven_follow_up import HORIZON, MARGIN, draw

from winback.second_lifetime.first_and_second import after_an_offer, first_and_second_value

OFFERS = ["letter", "none"] * 150


def lives(rng, n=300, longest=36.0):
    """Draw returned customers whose margins in both lifetimes go together."""
    level = rng.normal(40, 10, n)
    months, followed = rng.lognormal(2.5, 0.75, n), rng.uniform(20, longest, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "first_tenure": rng.lognormal(2.4, 0.6, n),
            "first_margin": level + rng.normal(0, 2, n),
            "reason": rng.choice(["price", "service"], n),
            "returned": True,
            "second_tenure": np.minimum(months, followed),
            "second_ended": months <= followed,
            "second_margin": level + rng.normal(0, 2, n),
        }
    )


def test_without_anyone_cut_off_it_is_arithmetic(rng):
    table = lives(rng).assign(second_ended=True)
    (row,) = first_and_second_value(table, horizon_months=12, annual_discount=0).frame.to_dict("records")
    first = table["first_margin"] * table["first_tenure"]
    second = table["second_margin"] * table["second_tenure"].clip(upper=12)
    assert row["first_value"] == pytest.approx(first.mean())
    assert row["second_value"] == pytest.approx(second.mean())
    error = (second - first).std() / np.sqrt(len(table))
    assert row["difference_high"] - row["difference"] == pytest.approx(1.959964 * error)


def test_the_study_shows_its_published_values(study):
    sent = study.lapsed.query("offer != 'none'")
    (row,) = first_and_second_value(sent, horizon_months=84, annual_discount=0).frame.to_dict("records")
    assert row["n"] == 17_800
    assert row["first_value"] == pytest.approx(1262.00, abs=0.01)
    assert row["second_value_low"] < 1410.00 < row["second_value_high"]
    assert abs(row["second_value"] - 1410.00) < 0.3 * (row["second_value_high"] - row["second_value"])


def test_follow_up_that_differs_by_what_moves_no_mean_is_said_and_left(study):
    sent = study.lapsed.query("offer != 'none'")
    found = first_and_second_value(sent, horizon_months=84, annual_discount=0)
    assert "How long customers were followed differs by months away" in found.details()
    assert "no mean would move by more than a tenth of its standard error" in found.details()


@pytest.mark.parametrize("by", [None, "offer"])
def test_where_a_segment_decides_stay_and_follow_up_each_has_its_own_curve(by):
    table = draw(np.random.default_rng(5), 4_000)
    table = table.assign(first_tenure=10.0 + table["age"], first_margin=10.0)
    found = first_and_second_value(table, horizon_months=HORIZON, annual_discount=0, by=by)
    assert "estimated within" in found.details()
    assert "segment" in found.details()
    for label, row in found.frame.set_index("group").iterrows():
        groups = table if by is None else table[table[by] == label]
        groups = groups[groups["returned"]].groupby("segment" if by else ["segment", "offer"])
        areas = [(len(group), MARGIN * area_under_the_curve(group)) for _, group in groups]
        sizes, areas = np.array(areas).T
        error = (row["second_value_high"] - row["second_value"]) / 1.96
        assert abs(row["second_value"] - np.average(areas, weights=sizes)) < 0.1 * error


def area_under_the_curve(group):
    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        curve = KaplanMeierFitter().fit(group["second_tenure"], group["second_ended"].astype(bool))
    return restricted_mean_survival_time(curve, t=HORIZON)


def test_groups_partition_everybody(rng):
    table = lives(rng)
    settings = {"horizon_months": 18, "annual_discount": 0.1}
    groups = first_and_second_value(table, by="reason", **settings).frame
    everybody = first_and_second_value(table, **settings).frame
    assert groups["n"].sum() == len(table)
    assert np.average(groups["first_value"], weights=groups["n"]) == pytest.approx(everybody["first_value"][0])


def test_who_is_compared_and_before_which_cost_is_said(rng):
    """Those who came back by themselves are no customers who came back after an offer."""
    table, settings = lives(rng), {"horizon_months": 30, "annual_discount": 0}
    sent, mixed = (first_and_second_value(table.assign(offer=each), **settings) for each in ("letter", OFFERS))
    assert sent.describe().startswith("Of those who came back after an offer, second lifetimes are ")
    assert mixed.describe().startswith("Of those who came back, second lifetimes are ")
    groups = first_and_second_value(table, by="reason", **settings)
    assert "Of those who came back (left for price), second lifetimes are" in all_of(groups)
    for each in (sent, mixed, groups):
        assert "before any offer's cost" in each.describe().splitlines()[0]
        assert "this is not what winning back another customer would bring" in all_of(each)
    hold_to_three(sent, mixed, groups)


@pytest.mark.slow
def test_intervals_of_the_difference_cover():
    rng = np.random.default_rng(7)
    truth_table = lives(rng, 400_000, longest=20.001)
    second = truth_table["second_margin"] * np.minimum(rng.lognormal(2.5, 0.75, len(truth_table)), 18)
    truth = (second - truth_table["first_margin"] * truth_table["first_tenure"]).mean()
    found = [
        first_and_second_value(lives(rng), horizon_months=18, annual_discount=0).frame.iloc[0] for _ in range(1000)
    ]
    assert_covers([row["difference_low"] for row in found], [row["difference_high"] for row in found], truth)


def test_a_horizon_beyond_the_data_is_refused(rng):
    with pytest.raises(ValueError, match="reaches beyond the data"):
        first_and_second_value(lives(rng), horizon_months=60, annual_discount=0)


def test_nobody_to_compare_is_said(rng):
    table = lives(rng, 3).assign(returned=False, second_tenure=np.nan, second_ended=None, second_margin=np.nan)
    with pytest.raises(ValueError, match="0 customers returned"):
        first_and_second_value(table, horizon_months=12, annual_discount=0)


@pytest.mark.parametrize(("gain", "words"), [(30, "more than first"), (-30, "less than first"), (0, "not clearly")])
def test_the_verdict_follows_the_interval(rng, gain, words):
    table = lives(rng).assign(second_ended=True)
    table = table.assign(first_tenure=10.0, second_tenure=10.0, first_margin=lambda t: t["second_margin"] - gain)
    table["first_margin"] += rng.permutation(np.repeat([-1.0, 1.0], 150))
    found = first_and_second_value(table, horizon_months=12, annual_discount=0)
    assert words in str(found.describe())
    step = {"more than first": "which is more than", "less than first": "which is less than"}
    assert f", {step.get(words, 'and not on more than')} the first time; take off what the offer costs" in (
        found.what_to_do()
    )
    assert found.format(found.frame["second_value"].iloc[0], "money") in found.what_to_do()


def test_what_to_do_by_group_names_the_ends(study):
    sent = study.lapsed.query("offer != 'none'")
    found = first_and_second_value(sent, horizon_months=84, annual_discount=0, by="reason")
    ends = (found.format(end(found.frame["second_value"]), "money") for end in (min, max))
    said = f"Count on {' to '.join(ends)} within 84 months from each who comes back, by group, which is"
    assert found.what_to_do().startswith(said)


def test_lives_after_an_offer_are_of_those_who_were_sent_one(study):
    sent = after_an_offer(study.trial)
    found = first_and_second_value(sent)
    by_hand = first_and_second_value(study.lapsed.query("offer != 'none'"), horizon_months=84, annual_discount=0)
    pd.testing.assert_frame_equal(found.frame, by_hand.frame)
    assert found.describe() == by_hand.describe()
    assert after_an_offer(study.trial, 30).horizon_months == 30
    measured = study.trial.part(np.arange(len(study.trial.lapsed)) < 300)  # too few for a year of every offer
    assert after_an_offer(measured).horizon_months == study.trial.horizon_months
