"""Do bad figures of customers at risk end in one clear message?"""

import numpy as np
import pandas as pd
import pytest
import valid_calls as valid

import winback as wb
from winback.offers import Acquire, ByThemselves, Keep, WinBack

TABLE = {"segment": ["low", "high"], "n": [60, 40], "hazard": [0.05, 0.03], "margin": [9.0, 90.0]}
STATED = {"keep": Keep(5.0, 0.3), "by_themselves": ByThemselves(0.0), "horizon_months": 12, "annual_discount": 0.1}


def compare(figures=None, **instead):
    return wb.compare_win_back_keep_acquire({**TABLE, **(figures or {})}, **{**STATED, **instead})


WRONG = {
    "a share above one": ({"hazard": [0.05, 5]}, r"`hazard` must be a number from 0 to 1; 1 of 2 rows .*row 2.*, 5\)"),
    "a missing margin": ({"margin": [9.0, None]}, r"`margin` must be a number .*1 of 2 rows"),
    "nobody": ({"n": [60, 0]}, r"`n` must be a number from 1e-09 .*1 of 2 rows"),
    "a segment twice": (
        {"segment": ["low", "low"]},
        r"`segment` must be unique; 1 of 2 rows .*Give one row per segment",
    ),
    "a segment without a name": ({"segment": ["low", ""]}, r"`segment` must name each row's segment; 1 of 2 rows"),
    "one end of an interval": ({"margin_low": [8.0, 80.0]}, r"`margin_low` needs `margin` and its other end beside it"),
    "an interval elsewhere": (
        {"margin_low": [8.0, 95.0], "margin_high": [10.0, 99.0]},
        r"`margin` must lie within `margin_low` and `margin_high`; 1 of 2 rows",
    ),
    "lists of unlike length": ({"n": [1]}, r"`table` must be lists of one length by column"),
    "stated twice": ({"share_prevented": [0.3, 0.4]}, r"`share_prevented` is in the table, and stated beside it"),
}


@pytest.mark.parametrize(("figures", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_the_figures_is_said(figures, said):
    with pytest.raises(wb.TableError, match=rf"^1 problem in the table of figures:\n  1\. {said}"):
        compare(figures)


def test_all_that_is_wrong_comes_at_once():
    with pytest.raises(wb.TableError, match=r"^2 problems in the table of figures") as refused:
        compare({"hazard": [2, 0.1], "margin": ["dear", 3.0]})
    assert "`hazard`" in str(refused.value)
    assert "`margin`" in str(refused.value)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"keep": None}, r"`strategies` are missing: .*State keep=, win_back= or acquire="),
        ({"keep": Keep(5.0, None)}, r"`share_prevented` is missing, and keep_cost needs it"),
        ({"keep": Keep(5.0, 30.0)}, r"`share_prevented` must be a number from 0 to 1.*got 30\.0"),
        ({"keep": Keep((9.0, 5.0), 0.3)}, r"`keep_cost` must be a number .* got \(9\.0, 5\.0\)"),
        ({"by_themselves": None}, r"`organic` is missing: how many return without an offer\. .*ByThemselves\(0\)"),
        ({"by_themselves": ByThemselves(0.1)}, r"`organic_value` is missing: what one who returns without an offer"),
        ({"acquire": Acquire(0.0, 90.0, 3.0)}, r"`acquire_chance` must be a number from 1e-09 to 1"),
        (
            {"acquire": Acquire(0.05, 90.0, None)},
            r"`acquire_contact_cost` is missing, and acquire_chance, acquire_value",
        ),
    ],
)
def test_what_is_missing_or_impossible_of_a_strategy_is_named(stated, said):
    with pytest.raises(wb.TableError, match=rf"^1 problem in the table of figures:\n  1\. {said}"):
        compare(**stated)


@pytest.mark.parametrize("months", [0, -1, 0.5, 12.5, np.inf, 601, None, "12"])
def test_a_horizon_is_a_number_of_whole_months(months):
    with pytest.raises(ValueError, match="horizon_months"):
        compare(horizon_months=months)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"annual_discount": None}, "annual_discount must be a rate"),
        ({"win_back": 0.4}, r"win_back must be a trial or WinBack\(...\), not float"),
        ({"keep": 0.4}, "`keep` must be a Keep or None; got 0.4"),
    ],
)
def test_what_is_no_setting_is_refused(stated, said):
    with pytest.raises(ValueError, match=said):
        compare(**stated)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Keep(5.0, 0.3, 0.0), "riskiest must be a share above 0"),
        (lambda: WinBack(0.4, 90.0, months_away=-1.0), "months_away must be a number of months from 0"),
        (lambda: Acquire(0.4, 90.0, 1.0, value_months=0.0), "value_months must be a number of months from 0.01"),
        (lambda: Keep("dear", 0.3), "`cost` must be a number"),
    ],
)
def test_settings_refuse_what_they_cannot_mean(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_bases_that_tell_nothing_of_those_who_are_here_say_what_is_missing():
    everybody_left = valid.base_contracts().assign(start=pd.Timestamp("2022-01-01"), end="2023-06-30")
    no_margin = valid.base_contracts().drop(columns="margin")
    for contracts, said in ((everybody_left, "is of nobody: all have left"), (no_margin, "is not known of anybody")):
        base = wb.read_contracts(contracts, until="2024-06-30")
        with pytest.raises(wb.TableError, match=rf"`margin` {said}"):
            wb.compare_win_back_keep_acquire(base, **STATED)
    with pytest.raises(ValueError, match=r"is a base without contracts\. Give one row per customer"):
        wb.compare_win_back_keep_acquire(valid.buyers(), **STATED)


def test_a_fitted_risk_without_margins_or_of_too_many_months_is_refused():
    unpriced = wb.read_contracts(valid.base_contracts().drop(columns="margin"), until="2024-06-30")
    with pytest.raises(wb.TableError, match="`margin` is not known of anybody"):
        wb.compare_win_back_keep_acquire(wb.fit_churn_risk(unpriced, "tenure"), **STATED)
    with pytest.raises(ValueError, match="months must be at most 120; got 121"):
        wb.compare_win_back_keep_acquire(valid.risk(), **STATED | {"horizon_months": 121})


def test_a_trial_with_too_few_returns_of_a_third_is_not_read():
    few = wb.read_trial(valid.lapsed().head(12), valid.OFFERS, **valid.TERMS)
    with pytest.raises(wb.TableError, match="fewer than two customers of a segment came back"):
        wb.compare_win_back_keep_acquire(valid.base(), win_back=few)


def test_segments_of_any_script_are_named_as_they_are():
    found = compare({"segment": ["太贵了 <b>", "\u202e👎🏽"]})
    assert found.break_even["segment"].tolist() == ["太贵了 <b>", "\u202e👎🏽"]
    assert "<b>" not in found._repr_html_()


def test_hazards_of_none_and_all_are_hazards():
    found = compare({"hazard": [0.0, 1.0]})
    gain = found.frame[found.frame["strategy"] == "keep everybody"].set_index("segment")["gain"]
    assert gain["low"] == -5.0  # nobody leaves: keeping is for nothing
    assert gain["high"] > 0
    assert np.isnan(found.break_even["share_prevented"][0])
