"""Are moments those asked for, whatever they are called, and is every name said in words?"""

import pandas as pd
import pytest

import winback as wb
from winback.retention.moments import MOST, asked_windows, moment_in_words, moments_of, windows_of
from winback.retention.watched import first_lives

THERE = {"renewal": 50, "app_update": 20, "volume": 900, "hours": 3}


def test_by_default_all_that_happened_is_looked_at_but_what_measures():
    assert asked_windows(THERE, None, 61) == {"app_update": 61, "renewal": 61}
    many = {f"event_{place:02d}": 100 - place for place in range(30)}
    assert list(asked_windows(many, None, 5)) == sorted(many)[:MOST]


def test_a_moment_that_measures_is_looked_at_when_it_is_named():
    assert asked_windows(THERE, "volume", 30) == {"volume": 30}
    assert asked_windows(THERE, {"App update": 10, "renewal": 20}, 30) == {"app_update": 10, "renewal": 20}


def test_what_is_not_there_is_refused_with_what_is():
    with pytest.raises(ValueError, match=r"names 'complaint'.*Events that are there: 'app_update', 'hours', 'renewal'"):
        asked_windows(THERE, ["renewal", "complaint"], 61)
    with pytest.raises(ValueError, match="names 13 events; at most 12"):
        asked_windows({str(place): 1 for place in range(13)}, [str(place) for place in range(13)], 61)


def test_names_of_ones_own_are_said_without_underscores():
    assert moment_in_words("price_went_up") == "price went up"


def test_events_open_windows_in_the_life_they_fall_into():
    contracts = pd.DataFrame(
        {
            "customer_id": [1, 1, 2],
            "start": ["2022-01-01", "2023-01-01", "2022-01-01"],
            "end": ["2022-06-30", None, "2023-03-31"],
        }
    )
    days = ["2021-12-31", "2022-01-01", "2022-06-29", "2022-06-30", "2022-09-01", "2023-05-01", "2023-03-30"]
    events = pd.DataFrame({"customer_id": [1] * 6 + [2], "date": days, "event": "renewal"})
    base = wb.read_contracts(contracts, events, until="2024-01-31")
    watched, contract = first_lives(base)
    assert contract.tolist() == [0, 2]
    found = moments_of(base, watched)
    assert found["row"].tolist() == [0, 0, 1]  # from the first day to the last but one
    windows = windows_of(found, {"renewal": 61})
    assert (windows.day - watched.zero[windows.row]).tolist() == [0, 179, 453]
