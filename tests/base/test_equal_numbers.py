"""Are rules compared at the same number called lost, and is their difference as sure as it says?"""

from functools import cache

import mortals
import numpy as np
import pytest
from coverage_harness import assert_covers
from hypothesis import given
from hypothesis import strategies as st
from mortals import RHYTHMS, shop

from winback.base.equal_numbers import at_equal_numbers, draw_line, number_lost, overdue_by
from winback.base.fitted_rules import fit_rule
from winback.base.looks import look_back
from winback.base.rules import Inactive, Personal, Rhythm, Silence
from winback.uncertainty import normal_interval

RULES = (Rhythm(), Silence(), Personal(), Inactive())
REFERENCE = Silence(120)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=60), st.data())
def test_a_line_calls_exactly_so_many_lost(overdue, data):
    overdue = np.array(overdue, dtype=float)
    number = data.draw(st.integers(1, len(overdue) - 1))
    line = draw_line(overdue, number)
    assert line.weight.sum() == pytest.approx(number)
    assert (line.weight[overdue > line.overdue] == 1).all()
    assert (line.weight[overdue < line.overdue] == 0).all()
    assert line.about[overdue == line.overdue].all()


AS_MANY_AS_LEFT, FEW_BUY = "as many as left", "so many as are silent so long that under 10% buy within 90 days"
# Precision, measured on 20,000 customers; recall follows from it and the number called lost
PLANTED = {
    ("every 10 days", AS_MANY_AS_LEFT): {"rhythm": 0.968, "silence": 0.967, "personal": 0.973, "model": 0.973},
    ("every 40 days", AS_MANY_AS_LEFT): {"rhythm": 0.924, "silence": 0.926, "personal": 0.932, "model": 0.933},
    ("every 120 days", AS_MANY_AS_LEFT): {"rhythm": 0.855, "silence": 0.864, "personal": 0.867, "model": 0.868},
    ("every 10 days", FEW_BUY): {"rhythm": 0.999, "silence": 0.996, "personal": 1.000, "model": 1.000},
    ("every 40 days", FEW_BUY): {"rhythm": 0.990, "silence": 0.986, "personal": 0.994, "model": 0.993},
    ("every 120 days", FEW_BUY): {"rhythm": 0.947, "silence": 0.953, "personal": 0.962, "model": 0.961},
}
RECALL = {"every 10 days": 0.915, "every 40 days": 0.823, "every 120 days": 0.697}  # of all rules, where FEW_BUY


@cache
def ranked(name):
    """Return what was seen of a shop of 2,500, who left, how overdue each is by each rule, and how many are few."""
    made = shop(np.random.default_rng(5), 2500, RHYTHMS[name])
    seen = made.days.asof(made.days.until)
    overdue = {setting.name: overdue_by(fit_rule(setting, made.days), seen) for setting in RULES}
    return made.left[seen.code] <= made.days.until, overdue, number_lost(Silence(share=0.1), made.days, seen)[0]


def table_of(name, number_is):
    """Return precision and recall of each rule when all call the same number lost, that number, and who left."""
    gone, overdue, few = ranked(name)
    number = int(gone.sum()) if number_is == AS_MANY_AS_LEFT else few
    hits = {rule: float(draw_line(each, number).weight @ gone) for rule, each in overdue.items()}
    return {rule: (each / number, each / gone.sum()) for rule, each in hits.items()}, number, gone


@pytest.mark.parametrize(("name", "number_is"), PLANTED)
def test_precision_and_recall_at_three_rhythms(name, number_is):
    """Within 3 standard errors of the large draw, and far better than chance: the rarer they buy the harder it is."""
    found, number, gone = table_of(name, number_is)
    for rule, (precision, recall) in found.items():
        planted = PLANTED[name, number_is][rule]
        error = np.sqrt(max(planted * (1 - planted), 1 / number) / number)
        assert abs(precision - planted) < 3 * error, (rule, precision)
        assert precision > gone.mean() + 0.3
        if number_is == FEW_BUY:
            assert abs(recall - RECALL[name]) < 0.03, (rule, recall)  # the number itself varies


def test_everybody_or_nobody_lost_gives_half():
    days = shop(np.random.default_rng(1), 101, mortals.FAST).days
    seen = days.asof(days.until)
    for setting in (Silence(0), Silence(5000), Silence(share=1e-6)):
        number, called = number_lost(setting, days, seen)
        assert number == len(seen) // 2 or 0 < called.sum() < len(seen)
        assert called.sum() == pytest.approx(number)


def compared(rng, settings, n):
    days = shop(rng, n, mortals.MIDDLE, until=700, coming=600).days
    looks = look_back(days, [400, 500, 600], 90)
    rules = [[fit_rule(setting, days, look.seen.end) for look in looks.each] for setting in settings]
    return at_equal_numbers(rules, days, looks, REFERENCE)


CONTRASTS = {"rhythm - silence": (1, -1, 0), "rhythm - personal": (1, 0, -1), "silence - personal": (0, 1, -1)}
CONTRASTS |= {"rhythm": (1, 0, 0), "silence": (0, 1, 0), "personal": (0, 0, 1)}


def covering(n_shops, n=400):
    """Return rates and differences of three rules, from a shop of 100,000 customers, and intervals from small ones.

    And the intervals that there would be if everybody called lost were somebody else. Of differences low and high are
    for all three at once.
    """
    rng, contrasts = np.random.default_rng(31), np.array(list(CONTRASTS.values()), dtype=float)
    truth, rows = contrasts @ compared(rng, RULES[:3], 100_000).shares, []
    for _ in range(n_shops):
        found = compared(rng, RULES[:3], n)
        middle, margin = contrasts @ found.shares, found.margins(0.95)[[0, 0, 1], [1, 2, 2]]
        low, high = found.intervals(0.95)
        apart = contrasts**2 @ (found.shares * (1 - found.shares) / found.n_lost)
        rows.append((np.append(middle[:3] - margin, low), np.append(middle[:3] + margin, high)))
        rows.append(normal_interval(middle, np.sqrt(apart)))
    return truth, np.array(rows).reshape(n_shops, 4, len(truth)).transpose(0, 2, 1)


@pytest.mark.slow
def test_differences_of_rules_cover_the_truth():
    truth, found = covering(200)
    assert_covers(found[:, :3, 0], found[:, :3, 1], truth[:3])
    for each, ends in zip(truth[3:], found[:, 3:].swapaxes(0, 1), strict=True):
        assert_covers(ends[:, 0], ends[:, 1], each)


def test_a_rule_does_not_differ_from_itself():
    found = compared(np.random.default_rng(3), (Silence(), Silence(30)), 500)  # moved to one number both are one rule
    assert found.shares[0] == found.shares[1]
    assert found.covariance[0, 0] + found.covariance[1, 1] - 2 * found.covariance[0, 1] == pytest.approx(0, abs=1e-15)
