"""Does bad input to the question of key moments end in one clear message, or in what is stated of it?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from valid_calls import OFFERS, RUNNING, base, base_contracts, base_events, base_offers, buyers, lapsed, lives

import winback as wb
from winback.doors import ArgumentError

UNTIL = "2024-06-30"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"moments": "renewal"},
            r"moments names 'renewal', and no such event comes to those watched\. Events that are",
        ),
        ({"moments": {"complaint": 0}}, r"The window after 'complaint' must be a whole number of days from 1 to 3,650"),
        ({"moments": {"complaint": 2.5}}, "`moments` must be a mapping of texts to whole numbers"),
        ({"moments": {"complaint": True}}, "`moments` must be a mapping of texts to whole numbers"),
        ({"moments": []}, "There is no moment to look at"),
        ({"moments": [f"m{k}" for k in range(30)]}, "moments names 'm0'"),
        ({"window_days": 0}, r"window_days must be a whole number of days from 1 to 3,650; got 0"),
        ({"window_days": -61}, "window_days must be a whole number"),
        ({"level": 1.0}, "level must be between 0 and 1"),
        ({"of": "staying"}, "of must be one of 'leaving', 'returning', 'leaving again'; got 'staying'"),
        ({"by": "colour"}, "`colour` is not a column of the table"),
        ({"by": "reason"}, "`reason` is known of those who left only, not before"),
        ({"by": "margin"}, r"`margin` has \d+ different values, too many to be groups"),
        ({"sent": base_offers()}, "sent goes with of='returning' only"),
    ],
)
def test_what_cannot_be_asked_of_a_base_is_one_message(asked, said):
    with pytest.raises(ValueError, match=said):
        wb.key_moments(base(), **asked)


def test_what_is_no_base_of_contracts_is_told_so():
    for customers in (buyers(), lapsed(), lives()):
        with pytest.raises(ArgumentError, match="asked of contracts with dates: give what read_contracts returns"):
            wb.key_moments(customers)


@pytest.mark.parametrize(
    ("customers", "asked", "said"),
    [
        (lapsed(), {}, "offers must say how long each offer runs"),
        (lapsed(), {"offers": OFFERS}, "No offer that customers came back for runs for some months"),
        (lapsed(), {"offers": RUNNING, "moments": "call"}, "moments cannot be chosen"),
        (
            lapsed()[~lapsed()["returned"]],
            {"offers": RUNNING},
            "`returned` is false for every",
        ),
        (lapsed().drop(columns="offer"), {"offers": RUNNING}, "`offer` is missing"),
    ],
)
def test_what_cannot_be_asked_of_second_lives_is_one_message(customers, asked, said):
    with pytest.raises(ValueError, match=said):
        wb.key_moments(customers, of="leaving again", **asked)


def test_a_base_without_events_and_one_nobody_left_say_what_is_missing():
    with pytest.raises(
        ValueError, match=r"There is no moment to look at\. Events that are there: none\. Give read_con"
    ):
        wb.key_moments(wb.read_contracts(base_contracts(), until=UNTIL))
    here = base_contracts().head(60).assign(end=pd.NaT)
    with pytest.raises(ValueError, match="Nobody was seen leaving: there is no hazard to speak of"):
        wb.key_moments(wb.read_contracts(here, base_events(), until=UNTIL))


def test_contracts_that_overlap_are_one_life_and_events_twice_are_one_window():
    found = wb.key_moments(base(), "complaint")
    rows = base_contracts()
    halves = pd.concat([rows, rows.assign(end=rows["start"] + pd.Timedelta(days=10))], ignore_index=True)
    twice = pd.concat([base_events()] * 2, ignore_index=True)
    again = wb.key_moments(wb.read_contracts(halves, twice, until=UNTIL), "complaint")
    figures = ["n", "n_ended", "months_at_risk", "hazard", "ratio"]
    pd.testing.assert_frame_equal(found.to_frame()[figures], again.to_frame()[figures])
    assert again.frame["n_moments"].tolist() == (2 * found.frame["n_moments"]).tolist()


def test_events_outside_of_any_life_count_for_nothing():
    stray = base_events().assign(date=pd.Timestamp("2019-01-01"))
    late = base_events().assign(date=pd.Timestamp("2031-01-01"))
    events = pd.concat([base_events(), stray, late], ignore_index=True)
    found = wb.key_moments(wb.read_contracts(base_contracts(), events, until=UNTIL), "complaint")
    pd.testing.assert_frame_equal(found.to_frame(), wb.key_moments(base(), "complaint").to_frame())


def test_too_few_losses_are_said_to_be_too_few():
    few = replace(base(), events=base_events().head(4).assign(event="<b>太贵了</b> 👎"))
    found = wb.key_moments(few)
    assert found.to_frame()["verdict"].tolist() == ["not known"]
    assert np.isnan(found.to_frame()["ratio"]).all()
    assert "Not known after" in found.details()
    assert "<b>" not in found._repr_html_()
    assert str(found.what_to_do()) == ""
    with pytest.raises(ValueError, match="Of no moment is it known"):
        wb.plots.plot_key_moments(found)
    assert wb.plots.plot_hazard(found).get_title(loc="left")
    assert "nan" not in str(found)
