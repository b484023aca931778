"""Are losses along a history those that a clerk would have noted, day by day?"""

import mortals
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mortals import shop
from purchase_logs import cdnow_days

from winback.base.fitted_rules import fit_rule
from winback.base.past_losses import STILL_LOST, past_losses
from winback.base.purchase_days import PurchaseDays
from winback.base.rules import RULES, Rhythm, Silence

END = 60
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, END)), min_size=1, max_size=50)
SETTINGS = st.sampled_from([Silence(5), Silence(0), Rhythm(1 / 3, 3, Silence(8)), Rhythm(2.0, 2, Silence(3))])


def noted_by_a_clerk(days, rule):
    """Go through each customer's days: lost once silent for the allowance, back when they buy."""
    noted = []
    for code in np.unique(days.code):
        bought, lost = set(days.day[days.code == code].tolist()), None
        for day in range(min(bought), days.until + 1):
            known = [each for each in bought if each < day]
            if known and lost is None:
                n_days, span = np.array([len(known)]), np.array([max(known) - min(known)])
                if day - max(known) >= rule.allowance(n_days, span)[0]:
                    lost = day
            if day in bought and lost is not None:
                noted.append((int(code), lost, day))
                lost = None
        if lost is not None:
            noted.append((int(code), lost, STILL_LOST))
    return noted


@given(ROWS, SETTINGS)
def test_a_clerk_notes_the_same(rows, setting):
    days = PurchaseDays.of(*np.array(rows).T, until=END)
    rule = fit_rule(setting, days)
    found = past_losses(days, rule)
    columns = (found.code, found.lost_on, found.returned_on)
    assert list(zip(*(each.tolist() for each in columns), strict=True)) == noted_by_a_clerk(days, rule)
    assert (found.lost_on > found.last_day).all()


@given(ROWS, SETTINGS, st.integers(1, 30))
def test_more_patience_loses_fewer(rows, setting, more):
    days = PurchaseDays.of(*np.array(rows).T, until=END)
    patient = (
        Silence(setting.days + more) if isinstance(setting, Silence) else Rhythm(setting.slack + more, 2, Silence(50))
    )
    assert len(past_losses(days, fit_rule(patient, days))) <= len(past_losses(days, fit_rule(setting, days)))


@given(ROWS, SETTINGS)
def test_losses_of_a_customer_take_turns_with_returns(rows, setting):
    found = past_losses(days := PurchaseDays.of(*np.array(rows).T, until=END), fit_rule(setting, days))
    same = found.code[1:] == found.code[:-1]
    assert (found.number[1:] == np.where(same, found.number[:-1] + 1, 1)).all()
    assert found.number[:1].tolist() in ([], [1])
    assert (found.returned_on[:-1][same] != STILL_LOST).all()  # only the last loss may still last
    assert (found.lost_on[1:][same] > found.returned_on[:-1][same]).all()
    assert (found.returned_on[found.returned] >= found.lost_on[found.returned]).all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("end", [500, 900, mortals.END])
def test_who_is_lost_on_a_day_was_lost_before_and_is_not_back(rule, end):
    days = shop(np.random.default_rng(6), 500, mortals.MIDDLE).days
    fitted = fit_rule(rule(), days)
    found, seen = past_losses(days, fitted), days.asof(end)
    open_ = (found.lost_on <= end) & ((found.returned_on > end) | ~found.returned)
    assert sorted(seen.code[fitted.is_lost(seen)]) == sorted(found.code[open_])


def test_cdnow_is_lost_more_than_once():
    days = cdnow_days()
    found = past_losses(days, fit_rule(Silence(90), days))
    lost_now = fit_rule(Silence(90), days).is_lost(days.asof(days.until))
    assert (~found.returned).sum() == lost_now.sum()
    assert found.number.max() > 1
    assert len(np.unique(found.code)) == (found.number == 1).sum()
