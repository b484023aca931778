"""Does the chance of return agree with a loop, and does an offer end the watching?"""

import losses_by_hand
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

import winback as wb
from winback.base.purchase_days import Gaps
from winback.lost.organic_return import OrganicReturn
from winback.periods import DAYS_IN_MONTH

GAPS = st.lists(st.tuples(st.integers(31, 900), st.booleans()), min_size=1, max_size=30)


def returns(gaps, level=0.95):
    days, back = map(np.array, zip(*gaps, strict=True))
    cells, n = np.unique(days * 2 + back, return_counts=True)
    return OrganicReturn(Gaps(cells // 2, cells % 2 == 1, n), n_sent=0, n_told=0, n_after_offers=0, level=level)


@given(GAPS, st.floats(0, 20), st.floats(0.5, 20))
def test_the_chance_of_one_away_agrees_with_a_loop(gaps, away, within):
    found = returns(gaps).chance(away, within).iloc[0]
    days = [int(each * DAYS_IN_MONTH) for each in (away, away + within)]
    if np.isnan(found["chance"]):
        return
    assert found["chance"] == pytest.approx(losses_by_hand.return_chance(gaps, *days), abs=1e-12)
    assert found["n_away"] == sum(each >= days[0] for each, _ in gaps)
    if found["chance"] < 1:
        assert found["chance_low"] <= found["chance"] <= found["chance_high"]


@given(GAPS, st.floats(0, 15), st.floats(0.5, 10), st.floats(0.5, 10))
def test_steps_of_waiting_multiply(gaps, away, first, second):
    organic = returns(gaps)
    steps = [organic.chance(away, first), organic.chance(away + first, second), organic.chance(away, first + second)]
    one, other, both = (1 - each["chance"].iloc[0] for each in steps)
    if not np.isnan([one, other, both]).any():
        assert one * other == pytest.approx(both, abs=1e-9)


def test_intervals_from_the_loss_on_are_those_of_lifelines():
    rng = np.random.default_rng(5)
    gaps = list(zip(rng.integers(31, 700, 200).tolist(), (rng.random(200) < 0.4).tolist(), strict=True))
    fitted = KaplanMeierFitter().fit(*zip(*gaps, strict=True))
    ends = fitted.confidence_interval_
    for months in (3, 6, 12, 18):
        low, high = 1 - ends[ends.index <= months * DAYS_IN_MONTH].iloc[-1].to_numpy()[::-1]
        found = returns(gaps).chance(0, months).iloc[0]
        assert (found["chance_low"], found["chance_high"]) == (pytest.approx(low), pytest.approx(high))


def test_intervals_of_one_away_are_those_of_lifelines_on_the_others_who_were():
    rng = np.random.default_rng(6)
    gaps = list(zip(rng.integers(31, 900, 200).tolist(), (rng.random(200) < 0.6).tolist(), strict=True))
    for away in (6, 12):
        day, until = (int(months * DAYS_IN_MONTH) for months in (away, away + 9))
        fitted = KaplanMeierFitter().fit(*zip(*[gap for gap in gaps if gap[0] > day], strict=True))
        ends = fitted.confidence_interval_
        low, high = 1 - ends[ends.index <= until].iloc[-1].to_numpy()[::-1]
        found = returns(gaps).chance(away, 9).iloc[0]
        assert (found["chance_low"], found["chance_high"]) == (pytest.approx(low), pytest.approx(high))


def coverage(draws, n=300, seed=1):
    """Return how often the interval of one away half a year holds the truth, losses being watched unequally long."""
    rng, held = np.random.default_rng(seed), []
    truth = 1 - np.exp(-12 / 40)
    for _ in range(draws):
        back = np.ceil(rng.exponential(40 * DAYS_IN_MONTH, n)).astype(int)
        watched = rng.integers(60, 1_200, n)
        gaps = zip(np.minimum(back, watched).tolist(), (back <= watched).tolist(), strict=True)
        row = returns(list(gaps)).chance(6, 12).iloc[0]
        held.append(row["chance_low"] <= truth <= row["chance_high"])
    return np.array(held)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = coverage(300)
    assert abs(held.mean() - 0.95) < 3 * np.sqrt(0.95 * 0.05 / len(held))


def losses(n=4):
    ends = ["2023-03-31"] * n
    first = pd.DataFrame({"customer_id": range(n), "start": "2022-01-01", "end": ends})
    back = pd.DataFrame({"customer_id": [0, 1], "start": ["2023-06-30", "2023-09-30"], "end": ["2023-12-31", None]})
    return wb.read_contracts(pd.concat([first, back]), until="2024-12-31")


def sent(*rows):
    return pd.DataFrame(rows, columns=["customer_id", "offer", "offered_on"])


def test_an_offer_ends_the_watching_and_what_follows_it_is_left_out():
    plain = wb.lost_report(losses()).organic
    assert (plain.n_lost, plain.n_returned) == (5, 2)  # the first one is lost a second time
    offered = wb.lost_report(losses(), sent=sent((0, "gift", "2023-05-31"), (2, "none", "2023-05-31"))).organic
    assert (offered.n_lost, offered.n_returned, offered.n_sent, offered.n_after_offers) == (4, 1, 1, 1)
    assert sorted(zip(offered.gaps.days.tolist(), offered.gaps.n.tolist(), strict=True)) == [
        (61, 1),
        (183, 1),
        (641, 2),
    ]


def told(*rows):
    events = pd.DataFrame(rows, columns=["customer_id", "event", "date"])
    base = wb.read_contracts(losses().contracts, until="2024-12-31", events=events)
    return wb.lost_report(base)


def test_who_was_told_of_a_new_service_is_watched_until_then_and_no_return_by_themselves():
    report = told((1, "New service", "2023-06-30"), (2, "contact", "2023-07-31"), (3, "contact", "2022-06-30"))
    found = report.organic
    assert (found.n_lost, found.n_returned, found.n_told, found.n_sent) == (5, 1, 2, 0)  # 3 was here when contacted
    ended = found.gaps.days[~found.gaps.finished]
    assert {(pd.Timestamp("2023-06-30") - pd.Timestamp("2023-03-31")).days} <= set(ended.tolist())
    assert "2 only until they were contacted, or told of a new service" in report.details()
    assert "that takes a table of the offers sent" in report.details()


def test_a_second_loss_after_such_word_is_left_out_as_one_after_an_offer_is():
    found = told((0, "new_service", "2023-05-31")).organic
    assert (found.n_lost, found.n_returned, found.n_told, found.n_after_offers) == (4, 1, 1, 1)
    same = wb.lost_report(losses(), sent=sent((0, "gift", "2023-05-31"))).organic
    assert np.array_equal(found.gaps.days, same.gaps.days)


@pytest.mark.parametrize(("day", "n_returned"), [("2023-06-30", 1), ("2023-07-01", 2)])
def test_a_return_on_the_day_of_the_offer_is_one_after_it(day, n_returned):
    found = wb.lost_report(losses(), sent=sent((0, "gift", day), (3, "gift", "2024-01-31"))).organic
    assert found.n_returned == n_returned


def test_buyers_return_from_the_day_on_which_they_were_called_lost():
    log = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-01", "2024-08-01", "2024-02-01"], "amount": 1.0})
    report = wb.lost_report(wb.read_purchases(log, until="2024-12-31", lost=90), period="M")
    assert (report.organic.n_lost, report.organic.n_returned) == (3, 1)
    assert report.organic.gaps.days[report.organic.gaps.finished].tolist() == [213 - 91]
    frame = report.to_frame()
    assert frame[frame["n_returned"] > 0]["start"].astype(str).tolist() == ["2024-08-01"]


def test_losses_of_the_last_days_have_no_month_to_tell_of():
    rows = returns([(5, False), (9, True)]).by_months()
    assert len(rows) == 0
    assert list(rows) == list(returns([(400, False), (90, True)]).by_months())
    log = pd.DataFrame({"customer_id": 1, "date": ["2024-10-20"], "amount": 9.0})
    report = wb.lost_report(wb.read_purchases(log, until="2024-12-31", lost=60), period="M", since="2024-10-01")
    assert report.periods["n_lost"].sum() == 1
    assert "Back by themselves" not in report.details()
