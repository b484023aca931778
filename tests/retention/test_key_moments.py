"""Are the planted jumps found with their size, none where none is, and is what cannot be known said?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from jumping_lives import covering as covering_jumps
from jumping_lives import jumping_base
from offers_ending import ENDS, OFFERS, came_back, covering, found_and_planted

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.built_in import seekers_beside
from winback.minute import next_steps, opening
from winback.periods import DAYS_IN_MONTH
from winback.uncertainty import normal_quantile

DAYS = {
    "welcome_discount_end": planted.WELCOME_DAYS,
    "renewal": planted.TERM_DAYS,
    "price_change": planted.PRICE_DAYS,
}
RATIOS = {
    "welcome_discount_end": planted.WELCOME_RATIO,
    "renewal": planted.TERM_RATIO,
    "price_change": planted.PRICE_RATIO,
}
OFFER_ENDS = {"discount": 6, "upgrade": 3, "bundle": 6}
Z99 = normal_quantile(0.99)


def within(row, truth, z=Z99):
    return abs(row["log_ratio"] - np.log(truth)) < z * row["std_error"]


@pytest.fixture(scope="module")
def study():
    return wb.load_telecom_study()


@pytest.fixture(scope="module")
def found(study):
    return wb.key_moments(study.base, DAYS)


@pytest.mark.slow
def test_the_planted_jumps_of_the_study_are_found_with_their_size(found):
    for row in found.to_frame().to_dict("records"):
        assert row["verdict"] == "higher"
        assert within(row, RATIOS[row["moment"]]), row
    assert found.what_to_do().startswith("Speak to customers before the end of the welcome discount: ")


@pytest.mark.slow
def test_every_planted_ratio_is_found_and_none_where_none_is_planted(study):
    """Those of employees who left differ by whom they served: that of all lies between the two."""
    truth = study.company.moments[study.company.moments["event"] != "new_service"]
    days = truth.groupby("event")["days"].first()
    rows = wb.key_moments(study.base, days.to_dict(), level=0.99).to_frame().set_index("moment")
    for event, ratio in truth.groupby("event")["ratio"]:
        row = rows.loc[event]
        if len(ratio) == 1:
            assert within(row, ratio.iloc[0]), row
            assert row["verdict"] == ("not clearly different" if ratio.iloc[0] == 1 else "higher")
        else:
            assert ratio.min() < row["ratio_low"] < row["ratio_high"] < ratio.max()


@pytest.mark.slow
def test_the_hazard_after_a_complaint_is_level_in_its_window_and_as_before_after_it(study):
    """What is dated from the day of leaving comes too near to it: here each month is alike, the year after calm."""
    base, month = study.base, planted.COMPLAINT_DAYS // 3
    truth = {"first": planted.COMPLAINT_RATIO, "second": planted.COMPLAINT_RATIO, "third": planted.COMPLAINT_RATIO}
    came = base.events[base.events["event"] == "complaint"]
    came = came.sort_values(["customer_id", "date"])
    until_next = came.groupby("customer_id")["date"].shift(-1) - came["date"]
    came = came[until_next != pd.Timedelta(days=1)]  # the last of its bout
    parts = [
        came.assign(event=name, date=came["date"] + pd.Timedelta(days=place * month))
        for place, name in enumerate((*truth, "afterwards"))
    ]
    events = pd.concat(parts, ignore_index=True)
    events.loc[events["event"] == "afterwards", "date"] += pd.Timedelta(days=planted.COMPLAINT_DAYS - 3 * month)
    days = {**dict.fromkeys(truth, month), "afterwards": 365}
    frame = wb.key_moments(replace(base, events=events[events["date"] <= pd.Timestamp(base.until)]), days).to_frame()
    assert len(frame) == 4
    for row in frame.to_dict("records"):
        assert within(row, truth.get(row["moment"], 1.0)), row


@pytest.mark.slow
def test_the_ratio_after_complaints_is_right_over_draws_and_none_is_claimed_without_one():
    """Four full draws: the mean of their logs is within 3.5 Monte Carlo errors of the planted one, of 1 without."""
    days = {"complaint": planted.COMPLAINT_DAYS, "complaint_resolved": planted.COMPLAINT_DAYS, "referral": 61}
    truth = {"complaint": planted.COMPLAINT_RATIO, "complaint_resolved": 1.0, "referral": 1.0}
    found = [
        wb.key_moments(wb.simulate_telecom_study(calibrate=False, rng=seed).base, days).to_frame().set_index("moment")
        for seed in range(4)
    ]
    for event, ratio in truth.items():
        away = [(row.loc[event, "log_ratio"] - np.log(ratio)) / row.loc[event, "std_error"] for row in found]
        assert abs(np.mean(away)) < 3.5 / np.sqrt(len(found)), event
        assert np.sum(np.square(away)) < 18.5  # the 99.9% quantile of chi-squared, 4 degrees of freedom


@pytest.mark.slow
def test_nothing_is_claimed_of_what_has_no_effect_in_more_draws_than_nominal():
    """In 50 draws of a tenth at 95%: no more than 3 Monte Carlo errors above a twentieth."""
    draws = 50
    days = {"complaint": planted.COMPLAINT_DAYS, "complaint_resolved": planted.COMPLAINT_DAYS, "referral": 61}
    claimed = pd.Series(0, index=["complaint_resolved", "referral"])
    for seed in range(draws):
        base = wb.simulate_telecom_study(5_300, calibrate=False, rng=100 + seed).base
        row = wb.key_moments(base, days).to_frame().set_index("moment").loc[claimed.index]
        claimed += (row["log_ratio"].abs() > normal_quantile(0.95) * row["std_error"]).astype(int)
    assert (claimed / draws < 0.05 + 3 * np.sqrt(0.05 * 0.95 / draws)).all(), claimed


@pytest.mark.slow
def test_the_jump_is_there_by_length_of_the_discount(study):
    base = study.base
    start = pd.Series(base.contracts.groupby("customer_id")["start"].min())
    months = (base.events["date"] - base.events["customer_id"].map(start)).dt.days / DAYS_IN_MONTH
    ends = (base.events["event"] == "welcome_discount_end").to_numpy()
    names = np.where(ends, np.where(months < 9, "after half a year", "after a year"), base.events["event"].astype(str))
    by_length = replace(base, events=base.events.assign(event=names))
    frame = wb.key_moments(by_length, ["after half a year", "after a year"]).to_frame()
    assert set(frame["moment"]) == {"after_half_a_year", "after_a_year"}
    for row in frame.to_dict("records"):
        assert within(row, planted.WELCOME_RATIO), row


@pytest.mark.slow
def test_word_of_a_new_service_brings_the_lost_back(study):
    found = wb.key_moments(
        study.base, "new_service", of="returning", window_days=planted.NEW_SERVICE_DAYS, sent=study.sent
    )
    row = found.to_frame().iloc[0]
    told, untold = (-np.log1p(-share) for share in (planted.BACK_TOLD, planted.BACK_UNTOLD))
    assert within(row, told / untold)
    assert row["excess_low"] > 0
    assert "come back within 183 days after word of a new service" in found.describe()
    assert (found.monthly["month"] > 1).all()  # nobody returns within the grace period


def test_the_drop_in_second_lifetimes_is_the_end_of_the_offers(study):
    found = wb.key_moments(study.trial, of="leaving again")
    frame = found.to_frame()
    assert (frame["verdict"] == "higher").all()
    assert set(found.marks["after_month"]) == {3, 6}
    excess = frame.set_index("moment")["excess"]  # some seekers would have left then anyway
    assert excess.sum() == pytest.approx(deal_seekers_back(study), rel=0.05)
    assert set(frame["compared"]) == {"neighbours"}
    beside = seekers_beside(found, study).frame
    assert beside["Built in"].astype(int).sum() == deal_seekers_back(study)
    assert beside["Found"].iloc[0].startswith(f"{excess.max():,.0f} [")
    assert "An offer ends for all who came back for it at once" in found.describe()
    most = frame.loc[frame["excess"].idxmax()]
    said = found.describe().splitlines()[0]
    assert said.startswith(f"{excess.sum():,.0f} [")
    assert said.endswith("with no offer clearly more than with any other.")  # the next one's interval overlaps
    assert "Be in touch before the offer ends" in found.what_to_do()
    assert ", first with those of" not in found.what_to_do()
    assert "discount and bundle after 6 months" in found.what_to_do()  # those that end alike are named together
    apart = replace(found, frame=frame.assign(excess_low=frame["excess"] - 1, excess_high=frame["excess"] + 1))
    assert f"most of them with the {most['moment']} offer: {most['excess']:,.0f} [" in apart.describe()
    assert f", first with those of the {most['moment']} offer, and" in apart.what_to_do()
    assert f": {excess.sum():,.0f} [" in found.what_to_do()


def test_as_many_are_found_to_leave_with_their_offer_as_do():
    """Of 12 draws less than 9 within 95% has a chance of 1 in 5,000, of the sum and of all offers together."""
    together, total, _ = covering(found_and_planted(12, 3_000))
    assert together.sum() >= 9
    assert total.sum() >= 9


@pytest.mark.slow
@pytest.mark.parametrize(("n", "planted"), [(12_000, {}), (1_500, {}), (12_000, {"seekers": 0.0})])
def test_intervals_of_those_who_leave_with_their_offer_hold_as_often_as_they_say(n, planted):
    """In 200 draws within 3 Monte Carlo errors of 95%, or above: of few, a count is in fewer steps than that."""
    together, total, away = covering(found_and_planted(200, n, **planted))
    slack = 3 * np.sqrt(0.95 * 0.05 / 200)
    assert together.mean() >= 0.95 - slack
    assert 0.95 - slack <= total.mean() <= 0.95 + slack
    assert abs(away.mean()) < 0.5 * away.std()


def test_groups_are_compared_by_who_leaves_with_the_offer_in_the_same_months():
    table, seeks = came_back(12_000, 3)
    found = wb.key_moments(table, of="leaving again", offers=OFFERS, by="reason")
    rows = found.segments.set_index("moment")
    months = np.where(table["offer"] == "fitting", np.where(table["reason"] == "price", 6, 3), table["offer"].map(ENDS))
    there = table["second_tenure"] >= months  # to the end of the offer
    truth = table.assign(seeks=seeks)[there].groupby(["offer", "reason"])["seeks"].mean()
    away = (rows["share"] - truth.loc[list(zip(rows.index, rows["segment"], strict=True))].array) / rows["share_error"]
    assert (away.abs() < 3.5).all()
    assert rows.loc["fitting", "differ"].isna().all()  # it ends after six months for price, three for service
    assert rows.loc[["half", "quarter"], "differ"].min() > 0.01
    assert "is not compared by group, as it ends after other months for each" in found.details()
    assert "left with it is not shown to differ by group" in found.details()
    assert "Left with it" in found.show_segments()
    other = table["reason"] == "service"
    none, _ = came_back(12_000, 4, seekers=0.0)
    mixed = pd.concat([table[~other], none[none["reason"] == "service"].assign(customer_id=lambda x: x.index + 20_000)])
    apart = wb.key_moments(mixed.reset_index(drop=True), of="leaving again", offers=OFFERS, by="reason")
    assert apart.segments.set_index("moment").loc[["half", "quarter"], "differ"].max() < 1e-3


def deal_seekers_back(study):
    """Return how many came back for an offer, were seen to its end and would leave with it, whichever it is."""
    outcomes, lapsed = study.truth.potential_outcomes, study.lapsed
    stays = {arm: outcomes[f"second_tenure_{arm}"].to_numpy() for arm in ("discount", "upgrade", "bundle")}
    seeks = np.all([(stays[arm] >= end) & (stays[arm] <= end + 2) for arm, end in OFFER_ENDS.items()], axis=0)
    back = lapsed["returned"].to_numpy(bool) & (lapsed["offer"] != "none").to_numpy()
    return int((seeks & back & lapsed["second_ended"].to_numpy(bool, na_value=False)).sum())


def test_ratios_by_group_and_whether_they_differ():
    base = jumping_base(9_000, rng=5, welcome=1.5, by_segment=2.0)
    found = wb.key_moments(base, by="segment")
    rows = found.segments[found.segments["moment"] == "welcome_discount_end"].set_index("segment")
    assert within(rows.loc["a"], 1.5)
    assert within(rows.loc["b"], 3.0)
    assert rows["differ"].max() < 1e-3
    assert "the ratio differs by group (p < 0.001)" in found.details()
    alike = found.segments[found.segments["moment"] == "price_change"]
    assert "After a price change the ratio is not shown to differ by group" in found.details()
    assert len(alike) == 2
    assert list(found.show_segments().columns)[:2] == ["After", "Group"]


def test_a_moment_that_comes_to_all_at_once_is_compared_with_the_time_beside_and_said():
    found = wb.key_moments(jumping_base(6_000, rng=6, welcome=2.5, everybody=365))
    row = found.frame.set_index("moment").loc["welcome_discount_end"]
    assert row["compared"] == "neighbours"
    assert within(row, 2.5)
    assert "comes to everybody at the same time: nobody is left to compare with" in found.describe()
    assert found.frame.set_index("moment").loc["price_change", "compared"] == "others"


def test_excess_hazard_and_money_belong_together(found):
    frame = found.to_frame()
    rate = -np.log1p(-frame["hazard"]) / -np.log1p(-frame["hazard_without"])
    np.testing.assert_allclose(rate, frame["ratio"])
    expected = frame["n_ended"] / frame["ratio"]
    np.testing.assert_allclose(frame["excess"], frame["n_ended"] - expected)
    margin = frame["money"] / frame["excess"]
    assert margin.between(20, 60).all()
    for name in ("ratio", "excess", "money", "hazard_without"):
        assert (frame[f"{name}_low"] <= frame[name]).all()
        assert (frame[name] <= frame[f"{name}_high"]).all()


def test_months_add_up_and_the_curve_does_not_smear_a_window(study, found):
    lives = study.base.first_lives()
    assert found.n == len(lives)
    assert found.monthly["n_ended"].sum() == found.n_ended == int(lives["first_ended"].sum())
    seconds = wb.key_moments(study.trial, of="leaving again").monthly.set_index("month")
    assert seconds.loc[8, "hazard"] > 3 * seconds.loc[8, "without"]
    assert seconds.loc[8, "hazard"] > 3 * seconds.loc[9, "hazard"]
    assert seconds.loc[10, "without"] < 0.02


def test_who_is_within_a_window_now_is_listed(study, found):
    now = found.now
    frame = found.frame.set_index("moment")
    open_now = now[now["days_left"] > 0].groupby("moment")["customer_id"].nunique()
    assert open_now.to_dict() == {name: n for name, n in frame["n_open"].items() if n}
    here = study.base.contracts[study.base.contracts["end"].isna()]["customer_id"]
    assert now["customer_id"].isin(here).all()
    last = pd.Timestamp(study.base.until)
    assert ((now["day"] - last).dt.days + now["moment"].map(DAYS) == now["days_left"]).all()


def test_what_is_said_is_short_and_complete(found):
    assert len(found.describe().splitlines()) == 3
    assert "$" in found.describe()
    assert len(str(found).splitlines()) <= 12
    assert "Holford" in str(found.formulas)
    assert opening(found).answer.startswith("2.")
    assert next_steps(found).doubt.startswith("Those a moment comes to may differ")
    assert "_" not in found.describe() + found.details()


def test_who_can_be_spoken_to_before_a_moment_and_who_only_after_it(found):
    never = found.marks[found.marks["moment"] != "welcome_discount_end"]
    assert "before the end of the welcome discount" in found.what_to_do()  # it has its place in life
    assert "at once after the end of" in replace(found, marks=never).what_to_do()  # as a complaint, which has none


def test_only_what_matters_or_is_named_is_marked_in_life():
    """Nothing happens on day 60 of two in three lives: by itself it is neither marked nor left out of the curve."""
    base = jumping_base(3_000, rng=9, welcome=3.0)
    some = base.contracts[base.contracts.index % 3 > 0]
    date = some["start"] + pd.Timedelta(days=60)
    greeting = pd.DataFrame({"customer_id": some["customer_id"], "event": "greeting", "date": date})
    greeting = greeting[greeting["date"] <= pd.Timestamp(base.until)]
    events = pd.concat([base.events, greeting], ignore_index=True)
    found = wb.key_moments(replace(base, events=events), ["greeting", "welcome_discount_end"])
    alone = wb.key_moments(replace(base, events=events), ["welcome_discount_end"])
    assert found.frame.set_index("moment")["verdict"].to_dict()["greeting"] == "not clearly different"
    assert set(found.marks["moment"]) == {"greeting", "welcome_discount_end"}
    assert set(found.marked()["moment"]) == {"welcome_discount_end"}
    assert set(found.marked("greeting")["moment"]) == {"greeting"}
    assert found.in_life().startswith("After the end of the welcome discount")
    assert found.in_life(["greeting"]).startswith("After greeting")
    pd.testing.assert_series_equal(found.monthly["without"], alone.monthly["without"])
    with pytest.raises(ValueError, match="'renewal', which was not looked at; there are 'greeting' and"):
        found.marked(["renewal"])


def test_twice_a_welcome_discount_in_one_life_is_counted_and_said():
    base = jumping_base(1_500, rng=7)
    twice = base.events[base.events["event"] == "welcome_discount_end"].head(3)
    later = twice.assign(date=twice["date"] + pd.Timedelta(days=1))
    found = wb.key_moments(replace(base, events=pd.concat([base.events, later], ignore_index=True)))
    assert "More than one welcome discount ends in the life of" in found.details()
    assert "More than one" not in wb.key_moments(base).details()


def test_a_small_draw_of_lives_without_a_jump():
    """Claims at most by chance: of 12 draws at 95% more than 4 have a chance under 1 in 1,000."""
    assert covering_jumps(12, seed=1, n=1_200)["claims"].sum() <= 4


@pytest.mark.slow
def test_draws_without_a_jump_claim_no_more_than_they_say():
    rows = covering_jumps(50, seed=2)
    assert rows["claims"].mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(rows))
    assert rows["plain_claims"].mean() > 0.5  # which a comparison without the same time would


@pytest.mark.slow
def test_moments_within_another_are_named_and_places_in_life_said(study):
    found = wb.key_moments(study.base, ["complaint", "complaint_resolved", "welcome_discount_end"])
    inside = found.frame.set_index("moment")["inside"]
    assert inside["complaint_resolved"] == "a complaint"
    assert inside.drop("complaint_resolved").isna().all()
    assert "Most of the time after a complaint was settled lies within that after a complaint" in found.details()
    assert "are not to be added" in found.details()
    assert "need not come from it" in found.describe()
    said = found.in_life().splitlines()
    assert len(said) == 1
    hazard, without = (f"{100 * found.frame[name].iloc[2]:.1f}%" for name in ("hazard", "hazard_without"))
    assert said[0].startswith("After the end of the welcome discount (months ")
    for mark in found.marks.to_dict("records"):
        assert str(mark["after_month"]) in said[0]
    assert said[0].endswith(f") {hazard} a month leave instead of {without}.")
