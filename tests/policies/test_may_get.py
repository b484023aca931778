"""Is nobody listed under an offer that they may not get, and is everybody who is left out counted?"""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tailored_trials import by_segment, free
from trials import random_values

import winback as wb
from winback.policies.may_get import may_not_get, months_since_offer
from winback.terms.catalog import OfferCatalog
from winback.trial.same_terms import check_same_trial

CHANCES = {"a": {"x": 0.7, "y": 0.3}, "none": {"x": 0.1, "y": 0.1}}
A_TRIAL = wb.read_trial(random_values(np.random.default_rng(1), 20, a=0.4, b=0.5), free("a", "b"))
FIRST = pd.Timestamp("2025-01-01")


def call(**who):
    return wb.Offer(name="a", amount=0, paid="on_acceptance", **who)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(1)
    table = by_segment(rng, 600, **CHANCES)[0]
    return table.assign(months_away=rng.uniform(1, 12, len(table)), first_tenure=rng.uniform(1, 40, len(table)))


def policy_of(table, **who):
    return wb.learn_policy(wb.read_trial(table, [call(**who)]), by=["segment"], splits=wb.Splits(repeats=1))


@pytest.fixture(scope="module")
def policy(table):
    return policy_of(table)


def people(rng, n):
    """Draw new leavers, some of whom were sent an offer since, or of whom little is known."""
    day = FIRST + pd.to_timedelta(rng.integers(0, 400, n), unit="D")
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(10_000, 10_000 + n),
            "segment": rng.choice(["x", "y"], n),
            "months_away": np.where(rng.random(n) < 0.9, rng.uniform(0.5, 12.5, n), np.nan),
            "first_tenure": np.where(rng.random(n) < 0.9, rng.uniform(1, 40, n), np.nan),
            "offered_on": pd.Series(day).where(rng.random(n) < 0.5),
            "consent_mail": rng.random(n) < 0.5,
        }
    )
    frame.loc[0, "offered_on"] = FIRST + pd.to_timedelta(400, unit="D")  # the last day is there for sure
    return frame


def by_hand(row, who, last):
    """Say whether one customer may get the offer, as it stands in its contract."""
    low, high = who.get("months_away", (-np.inf, np.inf))
    in_window = "months_away" not in who or low <= row.months_away <= high
    long_enough = not who.get("least_tenure") or row.first_tenure >= who["least_tenure"]
    since = np.inf if pd.isna(row.offered_on) else (last - row.offered_on).days / 30.4375
    return in_window and long_enough and since >= who.get("wait_months", 0)


WHO = st.fixed_dictionaries(
    {},
    optional={
        "months_away": st.tuples(st.floats(0, 6), st.floats(6, 13)),
        "least_tenure": st.floats(0, 40),
        "wait_months": st.floats(0, 14),
    },
)


@settings(max_examples=25, deadline=None)
@given(who=WHO, seed=st.integers(0, 10**6))
def test_who_may_not_get_an_offer_is_not_sent_it(who, seed):
    customers = people(np.random.default_rng(seed), 60)
    last = customers["offered_on"].max()
    may = [by_hand(row, who, last) for row in customers.itertuples()]
    since = months_since_offer(A_TRIAL, customers)
    out = np.zeros(len(customers), dtype=bool)
    for _, rows in may_not_get(OfferCatalog((call(**who),)), customers, pd.Series(["a"] * 60), since):
        out |= rows
    assert (~out).tolist() == may


@pytest.mark.parametrize(
    "who",
    [
        {"months_away": (3.0, 9.0)},
        {"least_tenure": 20.0},
        {"wait_months": 6.0},
        {"months_away": (0.0, 10.0), "least_tenure": 6.0, "wait_months": 3.0},
    ],
)
def test_the_list_has_exactly_those_who_may(table, policy, who):
    customers = people(np.random.default_rng(2), 300)
    everybody = policy.contact_list(customers)
    found = policy_of(table, **who).contact_list(customers)
    by_id = customers.set_index("customer_id")
    listed = by_id.loc[everybody.frame["customer_id"]].reset_index()
    # months away are told on the day of the list, which nobody's table moves here
    may = {row.customer_id for row in listed.itertuples() if by_hand(row, who, customers["offered_on"].max())}
    assert set(found.frame["customer_id"]) == may
    assert sum(n for _, n in found.left_out) == len(customers) - len(may) - found.n_left_alone
    barred = [words for words, _ in found.left_out if words.startswith("who cannot get a (")]
    assert barred
    assert barred[0] in found.details()


def test_the_reason_is_said_with_its_number(table):
    customers = (
        people(np.random.default_rng(2), 50).drop(columns="offered_on").assign(months_away=[5.0] * 40 + [11] * 10)
    )
    found = policy_of(table, months_away=(1, 9)).contact_list(customers)
    assert found.left_out == (("who cannot get a (away for over 9 months)", 10),)
    assert "(10 left out: 10 who cannot get a (away for over 9 months))" in found.describe()


def test_who_is_not_known_to_be_in_time_is_left_out_and_a_missing_column_is_nobody_in_time(table):
    customers = people(np.random.default_rng(2), 50).drop(columns=["offered_on", "first_tenure"])
    found = policy_of(table, least_tenure=6).contact_list(customers)
    assert len(found.frame) == 0
    assert "the only" not in found.describe()
    assert found.left_out == (("who cannot get a (first stay not known)", 50),)


def test_a_wait_that_nothing_tells_of_is_said(table, policy):
    customers = people(np.random.default_rng(2), 50).drop(columns="offered_on")
    found = policy_of(table, wait_months=3).contact_list(customers)
    assert "the waiting time of a is not held" in found.details()
    assert set(found.frame["customer_id"]) == set(policy.contact_list(customers).frame["customer_id"])


def test_who_was_sent_an_offer_in_the_trial_waits_whatever_their_own_table_says(table):
    gone = table[~table["returned"]].assign(followed=2.0)
    trial = wb.read_trial(table.assign(followed=2.0), [call(wait_months=3)])
    again = gone[["customer_id", "segment", "months_away"]].reset_index(drop=True)
    since = months_since_offer(trial, again)
    np.testing.assert_array_equal(since, np.where(gone["offer"] == "none", np.nan, 2.0))
    listed = policy_of(table.assign(followed=2.0), wait_months=3).contact_list(again).frame["customer_id"]
    assert set(listed) == set(gone.loc[gone["offer"] == "none", "customer_id"])


def test_sent_and_nobody_knows_when_is_left_out(table):
    again = table.loc[~table["returned"], ["customer_id", "segment", "months_away"]]
    found = policy_of(table, wait_months=3).contact_list(again)
    n = int((table["offer"][~table["returned"]] != "none").sum())
    assert ("who cannot get a (sent an offer, and when is not known)", n) in found.left_out


def test_written_days_of_a_file_are_counted_to_today(table, tmp_path):
    new = pd.DataFrame({"customer_id": ["p", "q", "r"], "segment": list("xxy"), "months_away": [5, 5, 5]})
    today = datetime.date.today()
    days = [today - datetime.timedelta(days=each) for each in (30, 200)]
    new["offered_on"] = [days[0].isoformat(), days[1].isoformat(), None]
    new.to_csv(tmp_path / "new.csv", index=False)
    found = policy_of(table, wait_months=3).contact_list(tmp_path / "new.csv")
    assert set(found.frame["customer_id"]) == {"q", "r"}


def test_a_tailored_offer_is_barred_as_the_one_it_gives():
    short = wb.Offer(name="short", amount=1, paid="per_contact", months_away=(0, 3))
    other = wb.Offer(name="other", amount=1, paid="per_contact")
    made = wb.Offer(name="made", tailored_by="reason", tailored={"price": "short", "service": "other"})
    customers = pd.DataFrame({"reason": ["price", "price", "service", "moved"], "months_away": [2.0, 5.0, 5.0, 9.0]})
    sent = pd.Series(["made", "made", "made", "other"])
    found = may_not_get(OfferCatalog((short, other, made)), customers, sent, np.full(4, np.nan))
    assert [(words, rows.tolist()) for words, rows in found] == [
        ("who cannot get made (away for over 3 months)", [False, True, False, False])
    ]


def test_the_customers_of_a_list_stand_in_its_order(table):
    customers = people(np.random.default_rng(2), 200)
    found = policy_of(table, months_away=(1, 9)).contact_list(customers, keep_back=0.2)
    assert found.customers["customer_id"].tolist() == found.frame["customer_id"].tolist()
    assert found.customers.index.equals(found.frame.index)
    own = customers.set_index("customer_id").loc[found.frame["customer_id"]]
    same = ["consent_mail", "first_tenure", "segment", "offered_on"]
    pd.testing.assert_frame_equal(found.customers[same], own[same].reset_index(drop=True), check_dtype=False)
    assert "consent_mail" not in repr(found)


def test_who_may_get_an_offer_is_no_term_of_its_money(table):
    wide, narrow = (wb.read_trial(table, [call(**who)]) for who in ({}, {"wait_months": 3}))
    check_same_trial("the policy", wide, narrow)
