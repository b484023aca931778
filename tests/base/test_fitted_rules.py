"""Does each rule call lost whom the published table of CDNOW calls lost, and does it keep its laws?"""

import mortals
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mortals import shop, together
from purchase_logs import JUDGED_ON, UNTIL, cdnow_days, grocery_days
from scipy.special import expit
from scipy.stats import betaprime

from winback.base.equal_numbers import draw_line, overdue_by
from winback.base.fitted_rules import fit_rule
from winback.base.lapse_rule import to_dates
from winback.base.purchase_days import NEVER, PurchaseDays
from winback.base.rules import RULES, Inactive, Personal, Rhythm, RuleNotFittedError, Silence

# As of 1997-09-30, who bought again until 1998-06-30: judged, called lost, of them again, kept, share of them again
CDNOW = {
    (Rhythm(), 3): (5008, 2475, 1388, 2533, 0.7600),
    (Rhythm(least_days=2), 2): (9449, 5187, 2202, 4262, 0.6549),
    (Silence(90), 2): (9449, 5222, 2020, 4227, 0.7033),
    (Silence(90), 1): (23500, 19273, 4083, 4227, 0.7033),
    (Silence(180), 1): (23500, 16219, 2657, 7281, 0.6042),
    (Personal(0.05), 2): (9449, 3022, 991, 6427, 0.6227),
    (Personal(0.10), 2): (9449, 3988, 1451, 5461, 0.6486),
}
GROCERY = {Rhythm(): (1137, 1525), Silence(90): (1211, 1525)}


@pytest.fixture(scope="module")
def days():
    rng = np.random.default_rng(11)
    return together(*(shop(rng, 400, each) for each in mortals.RHYTHMS.values())).days


@pytest.fixture(scope="module")
def fitted(days):
    return {rule.name: fit_rule(rule(), days) for rule in RULES}


@pytest.mark.parametrize(("setting", "least_days"), CDNOW)
def test_cdnows_table_to_the_customer(setting, least_days):
    days = cdnow_days()
    seen = days.asof(JUDGED_ON)
    judged, again = seen.n_days >= least_days, days.bought_within(seen, UNTIL - JUDGED_ON)
    lost = fit_rule(setting, days, JUDGED_ON).is_lost(seen)
    called, kept = lost & judged, ~lost & judged
    figures = judged.sum(), called.sum(), (called & again).sum(), kept.sum(), round(again[kept].mean(), 4)
    assert tuple(map(float, figures)) == CDNOW[setting, least_days]
    assert (len(seen), again.sum()) == (23500, 7056)


def test_a_second_look_at_the_rules_customer_by_customer(days, fitted):
    """In whole numbers, by scipy's beta-prime, and by the model's own chance to be active."""
    seen = days.asof(700)
    n, span, silent = seen.n_days, seen.span, seen.silent
    rhythm = np.where(n >= 3, 3 * silent * (n - 1) >= 4 * span, silent > 90)
    assert (fitted["rhythm"].is_lost(seen) == rhythm).all()
    p, q, v = fitted["personal"].gaps.params["estimate"]
    boundary = betaprime.ppf(0.95, p, p * (n - 1) + q) * (v + span)
    assert (fitted["personal"].is_lost(seen) == (silent > boundary)).all()
    rows = pd.DataFrame({"frequency": n - 1, "recency": span, "age": span + silent})
    chance = fitted["model"].fit.probability_alive(rows)
    assert (fitted["model"].is_lost(seen) == (chance < 0.5)).all()


@pytest.mark.parametrize("name", [rule.name for rule in RULES])
def test_lost_from_the_day_named_on_and_not_before(days, fitted, name):
    seen, rule = days.asof(800), fitted[name]
    for day in (750, 800, 900, 1100):
        late = type(seen)(seen.code, seen.n_days, seen.first_day, np.minimum(seen.last_day, day), day)
        assert (rule.is_lost(late) == (rule.lost_on(late) <= day)).all()
    overdue = overdue_by(rule, seen)
    assert overdue[rule.is_lost(seen)].min() > np.quantile(overdue[~rule.is_lost(seen)], 0.5)


MORE = {
    "slack": (Rhythm(0.2), Rhythm(1 / 3), Rhythm(2.0)),
    "days": (Silence(30), Silence(90), Silence(200)),
    "false alarms": (Personal(0.2), Personal(0.05), Personal(0.001)),
    "chance": (Inactive(0.9), Inactive(0.5), Inactive(0.1)),
    "share": (Silence(share=0.3), Silence(share=0.2), Silence(share=0.1)),
}


@pytest.mark.parametrize("freedom", MORE)
def test_more_patience_is_later_lost(days, freedom):
    seen = days.asof(days.until)
    early, middle, late = (fit_rule(setting, days).lost_on(seen) for setting in MORE[freedom])
    assert (early <= middle).all()
    assert (middle <= late).all()
    assert (early < late).any()


@pytest.mark.parametrize("rule", RULES)
def test_a_calendar_moved_by_some_days_moves_the_losses_as_many(days, rule):
    moved = PurchaseDays.of(days.code, days.day + 5000, until=days.until + 5000)
    first, second = (fit_rule(rule(), each).lost_on(each.asof(each.until)) for each in (days, moved))
    assert (second - first == 5000).all()


@pytest.mark.parametrize("rule", RULES)
def test_a_log_twice_over_is_the_same_rule(days, rule):
    twice = together(*(mortals.Shop(days, np.zeros(days.code.max() + 1)) for _ in range(2))).days
    once, both = (fit_rule(rule(), each).lost_on(each.asof(each.until)) for each in (days, twice))
    assert (np.abs(np.concatenate([once, once]) - both) <= 1).all()  # a fit agrees to about 1e-6, a day may turn


@pytest.mark.parametrize("rule", RULES)
def test_the_settings_moved_to_a_line_call_those_above_it_lost(days, fitted, rule):
    seen = days.asof(days.until)
    overdue = overdue_by(fitted[rule.name], seen)
    for number in (200, 500, 900):
        line = draw_line(overdue, number)
        lost = fit_rule(fitted[rule.name].moved(line.overdue), days).is_lost(seen)
        n_tied = (overdue == line.overdue).sum()
        assert abs(lost.sum() - number) <= n_tied + 3  # those at the line, and a slack in thousandths


@given(st.integers(2, 60), st.integers(1, 4000), st.floats(-0.5, 4.0))
def test_a_rhythm_is_rounded_up_once_and_exactly(n_days, span, slack):
    span = max(span, n_days - 1)
    days = PurchaseDays.of([0], [1])
    third = fit_rule(Rhythm(), days).allowance(np.array([n_days]), np.array([span]))[0]
    if n_days >= 3:
        assert 3 * third * (n_days - 1) >= 4 * span > 3 * (third - 1) * (n_days - 1)
    any_slack = fit_rule(Rhythm(slack=slack), days).allowance(np.array([n_days]), np.array([span]))[0]
    usual = (1 + slack) * span / (n_days - 1) if n_days >= 3 else 91
    assert max(usual, 1) - 0.01 * usual <= any_slack <= max(usual, 1) * 1.01 + 1


def test_bg_nbd_never_loses_who_bought_once(days):
    rule = fit_rule(Inactive(model="bg_nbd"), days)
    seen = days.asof(days.until)
    once = seen.n_days == 1
    assert once.any()
    assert (rule.allowance(seen.n_days, seen.span)[once] == NEVER).all()
    assert np.isnat(to_dates(rule.lost_on(seen)[once])).all()
    assert not rule.is_lost(seen)[once].any()


def test_the_chance_passes_the_threshold_on_the_day_named(fitted):
    rule = fitted["model"]
    n_days, span = np.array([1, 2, 5, 30]), np.array([0, 40, 100, 600])
    allowed = rule.allowance(n_days, span)
    for silent, below in ((allowed, True), (allowed - 1, False)):
        odds = rule.overdue(n_days, span, silent)
        assert ((expit(-odds) < 0.5) == below).all()


@pytest.mark.parametrize("setting", GROCERY)
def test_regular_buyers_are_read_too(setting):
    days = grocery_days()
    lost = fit_rule(setting, days).is_lost(days.asof(days.until))
    assert len(lost) == GROCERY[setting][1] == 1525
    assert 0 < lost.sum() < len(lost)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (Silence(share=0.01), "no silence is long enough for fewer than 1.0% to buy within 90 days; the longest gap"),
        (Personal(), "2 customers bought on two days or more until 0001-02-10, too few"),
        (Inactive(), "3 customers were watched after their first purchase and 2 of them bought again, too few"),
    ],
)
def test_a_log_too_small_for_a_rule_names_another(setting, message):
    days = PurchaseDays.of([0, 0, 1, 1, 2], [1, 12, 3, 31, 5], until=41)
    with pytest.raises(RuleNotFittedError, match=message):
        fit_rule(setting, days)


def test_nobody_leaving_is_said():
    """Every customer buys every ten days until the end."""
    day = np.arange(1, 400, 10)
    days = PurchaseDays.of(
        np.repeat(np.arange(30), len(day)), np.tile(day, 30) + np.repeat(np.arange(30) % 5, len(day))
    )
    with pytest.raises(RuleNotFittedError, match="nobody leaves until 0002-01-30, so nobody is lost"):
        fit_rule(Inactive(), days)


def test_one_customer_is_enough_for_silence_and_rhythm():
    days = PurchaseDays.of([7, 7, 7], [729000, 729030, 729060], until=729200)
    seen = days.asof(days.until)
    assert to_dates(fit_rule(Rhythm(), days).lost_on(seen)).astype(str).tolist() == ["1997-03-17"]
    assert to_dates(fit_rule(Silence(90), days).lost_on(seen)).astype(str).tolist() == ["1997-05-07"]


def test_dates_without_a_calendar_are_missing():
    dates = to_dates(np.array([729298, NEVER, 0, 3_652_059, 3_652_060]))
    assert dates.astype(str).tolist() == ["1997-10-01", "NaT", "NaT", "9999-12-31", "NaT"]
