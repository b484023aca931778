"""Does satisfaction tell little and the seller's rating much, as planted? Who counts, and from when on?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import all_of, hold_to_three

import winback as wb
from winback.datasets.telecom import company_assumptions as planted

UNTIL = "2024-12-31"
ODDS = {True: planted.SATISFIED[True] / (1 - planted.SATISFIED[True]), False: planted.SATISFIED[False] / 0.2}


def base_of(ends, answers, day="2023-01-31", *, reasons=None, event="satisfaction"):
    """Return customers here from 2022 on who were all asked on one day, or each on one of their own."""
    contracts = pd.DataFrame({"customer_id": np.arange(len(ends)), "start": "2022-01-01", "end": ends})
    events = pd.DataFrame({"customer_id": np.arange(len(ends)), "date": day, "event": event, "amount": answers})
    contracts = contracts if reasons is None else contracts.assign(reason=reasons)
    return wb.read_contracts(contracts, events, until=UNTIL)


@pytest.fixture(scope="module")
def found(study):
    return wb.satisfied_leavers(study.base)


def figures(found, question="satisfaction"):
    return found.frame.set_index("question").loc[question]


# ---- the study: what was planted, found from its tables alone


def test_satisfaction_predicts_little_as_planted(found):
    row = figures(found)
    assert row["left_top_low"] <= planted.SATISFIED[False] <= row["left_top_high"]
    assert row["stayed_top_low"] <= planted.SATISFIED[True] <= row["stayed_top_high"]
    assert row["odds_low"] <= ODDS[True] / ODDS[False] <= row["odds_high"]
    assert 0.5 < row["auc_low"] < row["auc_high"] < 0.53
    assert "tells little of who leaves" in found.describe()


def test_the_rating_of_the_seller_predicts_much_as_planted(found):
    row = figures(found, "seller_rating")
    assert row["odds_low"] <= planted.RATING_ODDS <= row["odds_high"]
    assert row["stayed_top_low"] <= planted.TOP_RATED_STAYERS <= row["stayed_top_high"]
    top = {True: planted.TOP_RATED_STAYERS}
    odds = planted.TOP_RATED_STAYERS / (1 - planted.TOP_RATED_STAYERS) / planted.RATING_ODDS
    top[False] = odds / (1 + odds)
    area = top[True] * (1 - top[False]) + (top[True] * top[False]) / 2  # 5 of 5 against less
    lower = np.array([0.4, 0.3, 0.2, 0.1])
    area += (1 - top[True]) * (1 - top[False]) * 0.5  # both less: drawn alike
    assert lower.sum() == pytest.approx(1)
    assert row["auc_low"] <= area <= row["auc_high"]
    assert "tells much of who leaves" in found.describe()


def test_counted_again_from_the_truth_of_every_life(study, found):
    """Answers joined to the lives that the simulation drew, with pandas."""
    truth = study.company.truth[["customer_id", "start", "end"]]
    answers = study.base.events[(study.base.events["event"] == "satisfaction").to_numpy()]
    joined = answers.merge(truth, on="customer_id")
    joined = joined[(joined["start"] <= joined["date"]) & (joined["date"] < joined["end"])]
    stays = (joined["end"] - joined["date"]).dt.days > planted.STAY_DAYS
    row = figures(found)
    assert (row["n_left"], row["n_stayed"]) == ((~stays).sum(), stays.sum())
    assert row["left_top"] == pytest.approx((joined.loc[~stays, "amount"] >= 4).mean())
    assert found.n_too_late == found.n_overlapping == 0


def test_four_claims_stand_beside_tagged_as_a_survey(found, study):
    claims = found.claims
    assert claims["claimed_low"].tolist() == [0.6, 0.7, 0.8, 10.0]
    assert claims["claimed_high"].tolist() == [0.6, 0.7, 0.8, 15.0]
    assert claims["evidence"].eq("survey").all()
    lost = study.base.lapsed().frame["reason"].dropna()
    shares = [(lost == "indifference").mean(), lost.isin(["service", "both"]).mean()]
    np.testing.assert_allclose(claims["measured"][:2], shares)
    assert claims["measured"][2] == figures(found)["left_top"]
    assert claims["measured"][3] == figures(found, "seller_rating")["odds"]
    assert found.claims_table()["Claimed"].tolist() == ["60%", "70%", "80%", "10-15 times"]
    assert "80% had called themselves satisfied before they left (survey); here 80." in found.details()


def test_sentences(found):
    hold_to_three(found, wb.satisfied_leavers(base_of(["2023-06-30"] * 3 + [None] * 3, [5, 4, 3, 5, 4, 1])))


# ---- who counts


def test_where_the_satisfied_leave_it_is_said():
    found = wb.satisfied_leavers(base_of(["2023-06-30"] * 40 + [None] * 40, [5] * 30 + [2] * 10 + [5] * 5 + [1] * 35))
    assert "tells the opposite of who leaves" in found.describe()


def test_a_loss_counts_within_the_time_after_the_answer_only():
    ends = ["2023-06-30", "2024-03-31", None, "2023-01-31", "2022-12-31"]
    row = figures(wb.satisfied_leavers(base_of(ends, [5, 5, 2, 5, 5])))
    assert (row["n_left"], row["n_stayed"]) == (1, 2)  # the fourth left on the day, the fifth before
    row = figures(wb.satisfied_leavers(base_of(ends, [5, 5, 2, 5, 5]), within_months=18))
    assert (row["n_left"], row["n_stayed"]) == (2, 1)


def test_answers_too_late_to_know_what_came_of_them_are_left_out_and_said():
    days = ["2023-01-31", "2023-01-31", "2024-06-30", "2024-06-30"]
    found = wb.satisfied_leavers(base_of(["2023-03-31", None, "2024-08-31", None], [5, 4, 1, 1], days))
    assert (figures(found)["n"], found.n_too_late) == (2, 2)
    assert "2 answers were given so late" in all_of(found)


def test_one_who_answers_every_month_counts_once_in_that_time():
    days = pd.date_range("2022-02-28", "2023-12-31", freq="ME")
    contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2022-01-01", "end": ["2024-02-29", None]})
    events = pd.DataFrame({"customer_id": np.repeat([1, 2], len(days)), "date": np.tile(days, 2), "amount": 4.0})
    events.loc[1, "amount"] = 2.0
    base = wb.read_contracts(contracts, events.assign(event="Satisfaction"), until=UNTIL)
    found = wb.satisfied_leavers(base, top=4)
    row = figures(found)
    assert row["n"] == 4  # February 2022 and March 2023 of each
    assert row["n_left"] == 1
    assert found.n_overlapping == 2 * len(days) - 4 - found.n_too_late


def test_a_change_of_contract_is_no_loss_and_a_return_is_one():
    contracts = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 2, 3],
            "start": ["2022-01-01", "2023-03-10", "2022-01-01", "2023-08-01", "2022-01-01"],
            "end": ["2023-02-28", None, "2023-02-28", None, None],
        }
    )
    events = pd.DataFrame(
        {"customer_id": [1, 2, 3], "date": "2023-01-31", "event": "satisfaction", "amount": [5, 4, 3]}
    )
    row = figures(wb.satisfied_leavers(wb.read_contracts(contracts, events, until=UNTIL), top=4))
    assert (row["n_left"], row["n_stayed"], row["left_top"]) == (1, 2, 1.0)


def test_answers_before_customers_were_watched_are_of_those_who_stayed_and_left_out():
    contracts = pd.DataFrame(
        {"customer_id": [1, 2, 3], "start": "2020-01-01", "end": ["2023-09-30", None, "2022-03-31"]}
    )
    days = ["2022-02-28", "2023-06-30", "2023-06-30", "2022-02-28"]
    events = pd.DataFrame({"customer_id": [1, 1, 2, 3], "date": days, "event": "satisfaction", "amount": [5, 4, 3, 1]})
    found = wb.satisfied_leavers(wb.read_contracts(contracts, events, until=UNTIL, since="2022-12-31"), top=4)
    row = figures(found)
    assert (row["n_left"], row["n_stayed"]) == (1, 1)


def test_which_answers_are_high_follows_from_the_scale_or_is_said():
    ends = ["2023-06-30"] * 3 + [None] * 3
    assert figures(wb.satisfied_leavers(base_of(ends, [5, 4, 3, 2, 1, 5])))["top"] == 4
    assert figures(wb.satisfied_leavers(base_of(ends, [10, 9, 3, 2, 0, 5])))["top"] == 9
    assert figures(wb.satisfied_leavers(base_of(ends, [5, 4, 3, 2, 1, 5]), top=3))["left_top"] == 1.0
    seller = base_of(ends, [5, 4, 3, 2, 1, 5], event="seller_rating")
    assert figures(wb.satisfied_leavers(seller), "seller_rating")["top"] == 5
    assert figures(wb.satisfied_leavers(seller, top={"seller_rating": 3}), "seller_rating")["top"] == 3
    for few in ([1, 0, 1, 0, 1, 1], [3] * 6, [1.5, 5, 4, 3, 2, 1]):  # yes or no; all the same; no whole numbers
        with pytest.raises(wb.TableError, match="do not tell the scale"):
            wb.satisfied_leavers(base_of(ends, few))
    assert figures(wb.satisfied_leavers(base_of(ends, [1, 0, 1, 0, 1, 1]), top=1))["stayed_top"] == 2 / 3
    with pytest.raises(wb.TableError, match=r"`satisfaction` has answers from 0 to 100, which do not tell the scale"):
        wb.satisfied_leavers(base_of(ends, [0, 100, 55, 70, 20, 1]))


# ---- laws


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 5)), min_size=2, max_size=20), st.randoms(use_true_random=False)
)
def test_the_order_of_rows_does_not_matter_and_turning_the_scale_turns_the_ranks(people, random):
    ends = ["2023-06-30" if left else None for left, _ in people]
    answers = [answer for _, answer in people]
    one = figures(wb.satisfied_leavers(base_of(ends, answers), top=4))
    rows = list(range(len(people)))
    random.shuffle(rows)
    again = figures(wb.satisfied_leavers(base_of([ends[row] for row in rows], [answers[row] for row in rows]), top=4))
    pd.testing.assert_series_equal(one, again)
    assert one["n_left"] + one["n_stayed"] == one["n"] == len(people)
    turned = figures(wb.satisfied_leavers(base_of(ends, [6 - answer for answer in answers]), top=3))
    if not np.isnan(one["auc"]):
        assert turned["auc"] == pytest.approx(1 - one["auc"])
        if not np.isnan(one["odds"]):
            assert turned["odds"] == pytest.approx(1 / one["odds"])


# ---- bad input, and what has no day


def test_no_satisfaction_at_all_is_refused_with_the_remedy():
    contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2022-01-01", "end": ["2023-01-31", None]})
    with pytest.raises(wb.TableError, match=r"`satisfaction` is not known of anybody.*events `satisfaction`"):
        wb.satisfied_leavers(wb.read_contracts(contracts, until=UNTIL))
    with pytest.raises(wb.TableError, match="not known of anybody"):
        wb.satisfied_leavers(wb.read_contracts(contracts.assign(satisfaction=None), until=UNTIL))


def test_a_column_without_days_is_taken_and_doubted():
    contracts = pd.DataFrame({"customer_id": range(6), "start": "2022-01-01", "end": ["2023-01-31"] * 3 + [None] * 3})
    base = wb.read_contracts(contracts.assign(satisfaction=[5, 4, 1, 5, 5, None]), until=UNTIL)
    found = wb.satisfied_leavers(base)
    row = figures(found)
    assert (row["n_left"], row["n_stayed"]) == (3, 2)
    assert "Answers have no day" in found.describe()
    assert np.isnan(found.claims["measured"][3])
    assert "here not known" in found.details()


def test_a_shop_whose_customers_were_asked():
    log = pd.DataFrame({"customer_id": np.arange(6), "date": ["2023-01-01"] * 3 + ["2024-12-01"] * 3})
    people = pd.DataFrame({"customer_id": np.arange(6), "satisfaction": [5, 4, 1, 5, 5, 4]})
    row = figures(wb.satisfied_leavers(wb.read_purchases(log, customers=people, until=UNTIL, lost=90)))
    assert (row["n_left"], row["n_stayed"], row["stayed_top"]) == (3, 3, 1.0)


@pytest.mark.parametrize("ends", [["2023-06-30"] * 4, [None] * 4])
def test_nobody_to_compare_with_is_said(ends):
    found = wb.satisfied_leavers(base_of(ends, [5, 4, 3, 2]))
    assert "nothing can be compared" in found.describe()
    assert np.isnan(figures(found)["odds"])


def test_all_answers_too_late_or_from_strangers_are_said():
    found = wb.satisfied_leavers(base_of(["2024-11-30", None], [5, 4], "2024-10-31"), top=4)
    assert figures(found)["n"] == 0
    hold_to_three(found)


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"within_months": 0.0}, "within_months must be above 0; got 0.0"),
        ({"top": {"mood": 3}}, "top names 'mood'; it may name satisfaction and seller_rating"),
        ({"top": {"satisfaction": "high"}}, "`top` must be a mapping of texts to numbers or a number"),
        ({"level": 0.0}, "level must be between 0 and 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(asked, what):
    with pytest.raises(ValueError, match=what):
        wb.satisfied_leavers(base_of(["2023-06-30", None], [5, 4]), **asked)
