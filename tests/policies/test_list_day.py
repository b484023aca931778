"""Is a list of customers as they are on its day, and are those left out of whom the trial knows nothing?"""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tailored_trials import by_segment, free

import winback as wb
from winback.periods import DAYS_IN_MONTH
from winback.policies.list_day import as_they_are
from winback.policies.listing import _with_some_kept_back, whom_to_list
from winback.tables import NO_OFFER

CHANCES = {"a": {"x": 0.7, "y": 0.3}, "none": {"x": 0.1, "y": 0.1}}
AWAY = np.tile(np.linspace(1, 12, 23), 40)


@pytest.fixture(scope="module")
def table():
    table = by_segment(np.random.default_rng(1), 900, **CHANCES)[0]
    return table.assign(months_away=AWAY[: len(table)])


def policy_of(table):
    return wb.learn_policy(wb.read_trial(table, free("a")), by=["segment"], splits=wb.Splits(repeats=1))


@pytest.fixture(scope="module")
def policy(table):
    return policy_of(table)


def away_now(table, months):
    """Return the customers who would be listed, and how long each is away by then, one by one."""
    listed = {}
    for row in table.itertuples():
        if row.offer == "none" and not row.returned:
            listed[row.customer_id] = row.months_away + months
    return listed


@pytest.mark.parametrize("months", [0.5, 4.0, 10.0])
def test_the_trials_own_are_listed_only_while_away_for_what_it_knows(table, months):
    found = policy_of(table.assign(followed=months)).contact_list()
    now = away_now(table, months)
    low, high = np.quantile(table["months_away"], [0.01, 0.99])
    known = {each for each, away in now.items() if low - 1 <= away <= high + 1}
    assert set(found.frame["customer_id"]) == known
    assert sum(n for _, n in found.left_out) == len(now) - len(known)
    assert found.total == pytest.approx(found.frame["expected_profit"].sum())
    assert "away by now the table does not tell" not in found.describe() + found.details()


def test_where_all_are_away_for_too_long_nobody_is_listed_and_no_total_is_given(table):
    found = policy_of(table.assign(followed=40.0)).contact_list()
    assert len(found.frame) == 0
    n = len(away_now(table, 0))
    said = str(found.describe())
    assert said.startswith("Nobody is listed of customers who were sent nothing and are still away: all ")
    assert f"all {n} are left out (away for 41 to 52 months by now, while the trial knows 1 to 12). Name new" in said
    assert "--whom" in said
    assert "$" not in said
    assert len(found.first(5).frame) == 0
    given_as_a_table = policy_of(table).contact_list(table.assign(followed=40.0))  # of a past is like one's own
    assert len(given_as_a_table.frame) == 0


def test_what_is_expected_is_of_the_time_they_are_away_now(table):
    """Who is away for longer is worth less here; as of the offer they would all be worth more."""
    away = table["months_away"]
    sinking = table.assign(value=table["value"] * (1.5 - away / 12), followed=3.0)
    policy = policy_of(sinking)
    found = policy.contact_list().frame.set_index("customer_id")["expected_profit"]
    moved = sinking[sinking["customer_id"].isin(found.index)].drop(columns=["followed", "returned"])
    later = policy.contact_list(moved.assign(months_away=moved["months_away"] + 3)).frame
    assert policy.contact_list().value.ranks
    pd.testing.assert_series_equal(later.set_index("customer_id")["expected_profit"], found, check_like=True)
    before = policy.contact_list(moved).frame.set_index("customer_id")["expected_profit"]
    assert (before.loc[found.index] > found).all()


def test_who_is_not_away_for_as_long_as_anybody_in_the_trial_is_left_out_too(table):
    late = policy_of(table.assign(months_away=table["months_away"] + 5))
    found = late.contact_list(pd.DataFrame({"customer_id": [1, 2, 3], "segment": "x", "months_away": [1, 5.5, np.nan]}))
    assert sorted(found.frame["customer_id"]) == [2, 3]  # of whom it is not known is taken for average
    assert found.left_out == (("away for 1 month by now, while the trial knows 6 to 17", 1),)


def test_a_day_of_loss_is_counted_to_today(policy):
    days = [datetime.date.today() - datetime.timedelta(days=30 * months) for months in (2, 8, 30)]
    found = policy.contact_list(pd.DataFrame({"customer_id": [1, 2, 3], "segment": "x", "left_on": days}))
    assert sorted(found.frame["customer_id"]) == [1, 2]
    months = round(30 * 30 / DAYS_IN_MONTH)
    assert found.left_out == ((f"away for {months} months by now, while the trial knows 1 to 12", 1),)


def test_days_of_loss_are_counted_to_the_day_that_is_stated_and_the_rest_is_as_it_is_told(policy):
    people = pd.DataFrame({"customer_id": [1, 2, 3], "segment": "x", "months_away": [9.0, 3.0, 9.0], "followed": 1.0})
    people["left_on"] = pd.to_datetime(["2024-01-01", None, "2023-01-01"])
    away = as_they_are(people, datetime.date(2024, 7, 1))["months_away"]
    assert away.round(2).tolist() == [round(182 / DAYS_IN_MONTH, 2), 4.0, round(547 / DAYS_IN_MONTH, 2)]
    assert policy.contact_list(people, asof="1.7.2024").left_out[0][0].startswith("away for 18 months by now")
    with pytest.raises(ValueError, match="asof must be a date"):
        policy.contact_list(people, asof="soon")


def test_days_without_a_last_one_are_counted_to_the_last_offer(table):
    """All left on one day; offers went out at two times, and by the later one all are away for as long."""
    left = pd.Timestamp("2023-01-01")
    offered = left + pd.to_timedelta(np.where(np.arange(len(table)) % 2, 61, 305), unit="D")
    dated = table.drop(columns="months_away").assign(left_on=left, offered_on=offered)
    policy = policy_of(dated)
    whom, _, _ = whom_to_list(policy.trial, None)
    assert sorted(whom["months_away"].round(1).unique()) == [2.0, 10.0]
    assert as_they_are(whom)["months_away"].round(1).unique().tolist() == [10.0]
    assert len(policy.contact_list().frame) == len(away_now(table, 0))


def test_a_table_that_does_not_tell_is_said_to(policy):
    assert "How long they are away by now the table does not tell" in policy.contact_list().details()


def test_whoever_was_screened_differs_from_new_leavers(table):
    screened = policy_of(table.assign(eligible=table.index % 9 > 0))
    new = pd.DataFrame({"customer_id": [1, 2], "segment": "x", "months_away": 3.0})
    assert "had been judged promising before; of these nobody has" in screened.contact_list(new).details()
    judged = screened.contact_list(new.assign(eligible=True))
    assert "judged promising before" not in judged.details() + judged.describe()


def test_a_share_is_kept_back_at_random_and_sent_nothing(policy):
    whole = policy.contact_list()
    found = policy.contact_list(keep_back=0.25)
    frame = found.frame
    n = len(whole.frame)
    assert set(frame["customer_id"]) == set(whole.frame["customer_id"])
    back = frame.tail(found.n_kept_back)
    assert abs(found.n_kept_back - n / 4) < 4 * np.sqrt(n * 0.25 * 0.75)  # each by an own lot
    assert (back["offer"] == "none").all()
    assert (back["expected_profit"] == 0).all()
    assert back["rank"].unique().tolist() == [n - found.n_kept_back + 1]
    assert "none" not in set(frame["offer"].head(n - found.n_kept_back))
    listed = whole.frame.set_index("customer_id")["expected_profit"]
    assert found.total == pytest.approx(listed.loc[found.contacts["customer_id"]].sum())
    each = (found.total_high - found.total_low) / len(found.contacts), (whole.total_high - whole.total_low) / n
    assert each[0] == pytest.approx(each[1], rel=0.1)
    assert f"{found.n_kept_back} more are kept back at random" in found.describe()
    assert "What comes back of them anyway" in found.details()
    advice = "keep a random 10% of it back"  # is not given to whoever does
    assert advice in whole.describe() + whole.details()
    assert advice not in found.describe() + found.details()
    pd.testing.assert_frame_equal(policy.contact_list(keep_back=0.25).frame, frame)
    places = np.flatnonzero(whole.frame["customer_id"].isin(back["customer_id"])) / n  # of all ranks alike
    assert abs(places.mean() - 0.5) < 3 / np.sqrt(12 * len(places))


def test_who_is_kept_back_is_kept_back_again_on_a_later_list_in_any_order(table, policy):
    new = table[["customer_id", "segment", "months_away"]].head(400).assign(customer_id=np.arange(10_000, 10_400))

    def kept(rows, rng=0):
        frame = policy.contact_list(rows, keep_back=0.25, rng=rng).frame
        return set(frame.loc[frame["offer"] == "none", "customer_id"].astype(int))

    first, fewer = kept(new), kept(new[::-1].iloc[:300].astype({"customer_id": str}))
    assert fewer == first & set(new["customer_id"][100:])
    another = kept(new, rng=1)
    shared, meant = len(first & another), len(first) * len(another) / 400
    assert abs(shared - meant) < 4 * np.sqrt(meant * 0.75 * 0.75)  # another draw: hypergeometric


def kept_of(ids, share=0.1, rng=0):
    """Return which of these ids are kept back."""
    contacts = pd.DataFrame({"customer_id": ids, "offer": "gift", "why": "", "expected_profit": 1.0})
    return set(contacts["customer_id"][_with_some_kept_back(contacts, share, rng)["offer"] == NO_OFFER])


@given(n=st.integers(60, 400), more=st.integers(1, 400), seed=st.integers(0, 50))
def test_a_list_that_grows_or_shrinks_keeps_the_same_customers_back(n, more, seed):
    ids = np.random.default_rng(seed).permutation(n + more)
    many, few = kept_of(ids, 0.25, seed), kept_of(ids[:n], 0.25, seed)
    assert few == many & set(ids[:n])


def test_an_id_is_drawn_alike_however_it_is_written():
    ids = np.arange(200)
    as_int = {str(each) for each in kept_of(ids)}
    floats, texts = kept_of(ids.astype(float)), kept_of(ids.astype(str))
    assert {str(int(each)) for each in floats} == texts == as_int
    assert set(kept_of(pd.Series(ids.astype(float)).astype("category"))) == floats
    assert set(kept_of(pd.Series([*ids[:-1], 199.0], dtype=object))) == kept_of(ids)


def test_the_share_is_met_on_average():
    n, draws = 100, 400
    sizes = np.array([len(kept_of(np.arange(n), 0.1, seed)) for seed in range(draws)])
    assert abs(sizes.mean() - 10) < 4 * np.sqrt(n * 0.1 * 0.9 / draws)
    assert sizes.var() == pytest.approx(9, rel=4 * np.sqrt(2 / draws))


SHORT_LISTS = [(5, 0.1, 0, 4), (6, 0.1, 1, 5), (2, 0.5, 1, 1), (3, 0.8, 1, 2)]


@pytest.mark.parametrize(("n", "share", "fewest", "most"), SHORT_LISTS)
def test_of_a_short_list_somebody_is_kept_back_and_somebody_is_not(n, share, fewest, most):
    sizes = {len(kept_of(np.arange(n), share, seed)) for seed in range(300)}
    assert min(sizes) >= fewest
    assert max(sizes) <= most
    assert kept_of(np.arange(n), 0.0) == set()


@pytest.mark.parametrize("share", [-0.1, 1, 10, np.nan])
def test_what_is_no_share_is_not_kept_back(policy, share):
    with pytest.raises(ValueError, match="keep_back must be a share from 0 to under 1"):
        policy.contact_list(keep_back=share)


TIMES = st.lists(st.tuples(st.floats(0, 300), st.none() | st.floats(0.1, 300)), min_size=1, max_size=8)


@given(TIMES)
def test_nobody_is_away_for_less_later_whoever_else_is_listed(times):
    people = pd.DataFrame(times, columns=["months_away", "followed"]).astype(float)
    found = as_they_are(people)
    by_hand = [away + (since or 0.0) for away, since in times]
    assert found["months_away"].tolist() == by_hand
    assert "followed" not in found
    pd.testing.assert_frame_equal(as_they_are(people.iloc[:1]), found.iloc[:1])
