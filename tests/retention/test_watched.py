"""Who is watched, from when, and until when?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.periods import DAYS_IN_MONTH
from winback.retention.watched import ends_of_offers, first_lives, second_lives, times_away

CONTRACTS = pd.DataFrame(
    {
        "customer_id": [1, 1, 2, 3, 4, 5],
        "start": ["2022-01-01", "2022-09-01", "2022-01-01", "2022-03-01", "2022-01-01", "2023-12-20"],
        "end": ["2022-06-30", "2023-06-30", "2022-12-31", None, "2023-12-25", None],
        "reason": ["price", "price", "moved", None, None, None],
    }
)


def day(text):
    return int(np.datetime64(text, "D").astype(int))


@pytest.fixture
def base():
    return wb.read_contracts(CONTRACTS, until="2023-12-31")


def test_first_lives_are_those_of_the_base_and_watched_up_to_the_grace_period(base):
    watched, _ = first_lives(base)
    assert watched.customer.tolist() == [0, 1, 2, 3]  # the fifth came too lately to have been seen
    assert watched.until.tolist() == [day("2022-06-30"), day("2022-12-31"), day("2023-12-01"), day("2023-12-01")]
    assert watched.ended.tolist() == [True, True, False, False]
    lives = base.first_lives()
    np.testing.assert_allclose((watched.until - watched.since) / DAYS_IN_MONTH, lives["first_tenure"])
    np.testing.assert_array_equal(watched.ended, lives["first_ended"])


def test_time_before_the_base_was_watched_is_not_at_risk():
    base = wb.read_contracts(CONTRACTS, until="2023-12-31", since="2022-07-31")
    watched, _ = first_lives(base)
    assert watched.since.min() == day("2022-07-31")
    assert watched.zero[0] == day("2022-09-01")  # what had ended by then is not known


def test_the_lost_are_watched_after_the_grace_period_until_they_return_or_are_sent_an_offer(base):
    watched, contract = times_away(base, None)
    assert watched.customer.tolist() == [0]  # the second moved, the fourth left too lately
    assert contract.tolist() == [0]
    days = [watched.zero[0], watched.since[0], watched.until[0]]
    assert days == [day("2022-06-30"), day("2022-07-30"), day("2022-09-01")]
    assert watched.ended.tolist() == [True]
    sent = pd.DataFrame({"customer_id": [1], "offer": ["gift"], "offered_on": ["2022-09-01"]})
    after, _ = times_away(base, sent)
    assert after.until.tolist() == [day("2022-08-31")]
    assert after.ended.tolist() == [False]  # the return came with the offer
    before = sent.assign(offered_on="2022-03-01")  # of the first life: it says nothing of the time away
    assert times_away(base, before)[0].until.tolist() == watched.until.tolist()


def test_offers_end_where_the_second_life_still_runs():
    table = pd.DataFrame(
        {
            "customer_id": range(5),
            "offer": ["gift", "gift", "call", "fitting", "none"],
            "reason": ["price", "price", "price", "service", "price"],
            "returned": True,
            "second_tenure": [8.0, 5.0, 9.0, 9.0, 9.0],
            "second_ended": [True, True, False, True, True],
        }
    )
    offers = wb.OfferCatalog(
        [
            wb.Offer(name="gift", paid="on_acceptance", amount=5.0, months=6),
            wb.Offer(name="call", paid="per_contact", amount=1.0),
            wb.Offer(name="fitting", tailored_by="reason", tailored={"price": "gift", "service": "gift"}),
        ]
    )
    watched, known = second_lives(table, None)
    assert (watched.until / DAYS_IN_MONTH).round(1).tolist() == [8.0, 5.0, 9.0, 9.0, 9.0]
    windows, names = ends_of_offers(known, watched, offers, 61)
    assert names == ["gift", "fitting"]
    assert windows.row.tolist() == [0, 3]
    assert (windows.day + windows.early).tolist() == [183, 183]
    assert windows.early == 16  # whole months: who left with the end may have stayed half a month less than it says
    assert windows.days.tolist() == [92, 92]
    exact = known.assign(second_tenure=known["second_tenure"] + 0.0123)
    assert ends_of_offers(exact, watched, offers, 61)[0].early == 0
    assert windows.kind.tolist() == [0, 1]
