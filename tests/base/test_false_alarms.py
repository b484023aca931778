"""Are false alarms counted as they were published, and do the rates that are stated cover the truth?"""

import mortals
import numpy as np
import pytest
from coverage_harness import assert_covers
from mortals import shop
from purchase_logs import JUDGED_ON, UNTIL, cdnow_days, grocery_days

from winback.base.false_alarms import false_alarms
from winback.base.purchase_days import PurchaseDays
from winback.base.rules import RULES, Personal, Rhythm, RuleNotFittedError, Silence
from winback.uncertainty import share_interval

ON, WITHIN = (600, 800, 1000), 90


def test_the_rule_of_thumb_taken_at_its_word():
    found = false_alarms(cdnow_days(), Rhythm(), on=[JUDGED_ON], within=UNTIL - JUDGED_ON, least_days=3)
    row = found.to_frame().iloc[0]
    assert (row["n"], row["n_lost"], row["n_lost_again"], row["n_kept"]) == (5008, 2475, 1388, 2533)
    assert (round(row["false_alarms"], 4), round(row["kept_again"], 4)) == (0.5608, 0.7600)
    assert (row["false_alarms_low"], row["false_alarms_high"]) == pytest.approx(share_interval(1388, 2475))
    assert "of 2,475 customers called lost on 1997-09-30" in found.describe().lower()
    assert "56.1% [54.1%, 58.0%] bought again within 273 days: false alarms." in found.describe()
    assert "had bought on at least 3 days" in found.details()


def test_rates_that_change_are_said_to_change():
    """CDNOW's customers all came in one quarter and are older at each date; the grocer's are many-aged and steady."""
    cdnow, grocery = (false_alarms(days, Silence(90)) for days in (cdnow_days(), grocery_days()))
    assert cdnow.drifts
    assert "from date to date, more than by chance: today's may differ." in cdnow.describe()
    assert "no further apart than by chance" in grocery.describe()
    assert [len(each.describe().splitlines()) for each in (cdnow, grocery)] == [3, 3]


def test_what_is_known_later_changes_nothing():
    log = shop(np.random.default_rng(4), 600, mortals.MIDDLE).days
    early = log.day <= 700 + WITHIN
    cut = PurchaseDays.of(log.code[early], log.day[early], until=700 + WITHIN)
    for rule in RULES:
        full, short = (false_alarms(days, rule(), on=[700], within=WITHIN).to_frame() for days in (log, cut))
        assert full.equals(short)


def test_dates_at_which_too_little_was_known_are_left_out_and_said():
    """One customer comes long before all others, who has no usual gap."""
    days = shop(np.random.default_rng(2), 500, mortals.FAST, until=400, coming=200).days
    late = PurchaseDays.of(np.append(days.code, 500), np.append(days.day + 400, 1), until=800)
    found = false_alarms(late, Personal(), within=100)
    assert found.n_too_early == 1
    assert len(found.to_frame()) == 3
    assert "; at 1 earlier date too little was known" in found.details()
    with pytest.raises(RuleNotFittedError, match="0 customers bought on two days or more"):
        false_alarms(late, Personal(), within=100, on=[400, 700])


def test_nobody_called_lost_is_said():
    days = shop(np.random.default_rng(2), 300, mortals.FAST).days
    found = false_alarms(days, Silence(1090))
    assert "Nobody was called lost on" in found.describe()
    assert found.pooled.n == 0
    assert np.isnan(found.to_frame()["false_alarms"]).all()


def test_a_model_that_does_not_hold_is_said():
    """Nobody leaves and all were watched equally long: mean gaps do not tell how regular customers are."""
    days = shop(np.random.default_rng(9), 1000, mortals.MIDDLE, immortal=True, coming=200).days
    found = false_alarms(days, Personal(0.1))
    assert found.of_gaps.high < 0.1
    assert "the rule asks that 10.0% of all gaps be taken for a loss; in this log" in found.describe().lower()
    n_gaps = len(days) - len(np.unique(days.code))
    assert found.of_gaps.n == n_gaps


def test_one_customer_and_everybody_lost_are_counted():
    one = false_alarms(PurchaseDays.of([3, 3, 3], [1, 200, 600]), Silence(0), on=[250, 300, 510])
    assert one.to_frame()["n_lost_again"].tolist() == [0, 0, 1]
    assert one.to_frame()["kept_again"].isna().all()
    assert (one.pooled.n, one.pooled.n_yes) == (3, 1)


SHOPS = {"every 10 days": (Silence(30), mortals.FAST), "every 40 days": (Rhythm(), mortals.MIDDLE)}


def stated(rng, setting, rhythm, n=400):
    """Return the rates that are stated of a shop: at each date, over all dates, and of gaps.

    Each with its interval, and with the one there would be if everybody counted were somebody else.
    """
    found = false_alarms(shop(rng, n, rhythm).days, setting, on=ON, within=WITHIN)
    each = found.to_frame()[["n_lost", "n_lost_again", "false_alarms_low", "false_alarms_high"]].to_numpy()
    pooled = [(one.n, one.n_yes, one.low, one.high) for one in (found.pooled, found.of_gaps)]
    n, n_yes, low, high = np.array([*each, *pooled]).T
    return np.stack([n_yes / n, low, high, *share_interval(n_yes, n)], axis=1)


def covering(name, n_shops):
    """Return the truth of a rule's rates, from a shop of 100,000 customers, and intervals from so many small ones."""
    rng = np.random.default_rng(77)
    truth = stated(rng, *SHOPS[name], 100_000)[:, 0]
    return truth, np.array([stated(rng, *SHOPS[name]) for _ in range(n_shops)])


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOPS)
def test_rates_that_are_stated_cover_the_truth(name):
    truth, found = covering(name, 150)
    for each, rates in zip(truth, found.swapaxes(0, 1), strict=True):
        assert_covers(rates[:, 1], rates[:, 2], each)
