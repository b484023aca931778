"""Is the rule chosen that is right where the truth is known, a tie called a tie, and the choice said?"""

import mortals
import numpy as np
import pytest
from mortals import shop, together
from purchase_logs import cdnow_days, grocery_days

from winback.base import rule_choice
from winback.base.equal_numbers import number_lost
from winback.base.fitted_rules import fit_rule
from winback.base.purchase_days import PurchaseDays
from winback.base.rule_choice import choose_rule
from winback.base.rules import Inactive, Personal, Rhythm, RuleNotFittedError, Silence


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.default_rng(5)
    return together(*(shop(rng, 1000, each) for each in mortals.RHYTHMS.values()))


@pytest.fixture(scope="module")
def chosen(mixed):
    return choose_rule(mixed.days)


def test_where_customers_differ_much_one_silence_for_all_is_not_chosen(chosen):
    frame = chosen.to_frame().set_index("rule")
    assert chosen.setting.name == "model"
    assert "silence" not in chosen.tied
    assert frame.loc["silence", "difference_low"] > 0
    assert (frame["n_lost"] == frame["n_lost"].iloc[0]).all()
    assert (frame["difference"] >= 0).all()


def test_the_rule_of_today_calls_the_number_that_was_set(mixed, chosen):
    seen = mixed.days.asof(mixed.days.until)
    number, _ = number_lost(chosen.reference, mixed.days, seen)
    assert abs(int(fit_rule(chosen.setting, mixed.days).is_lost(seen).sum()) - number) <= 2


@pytest.mark.parametrize(("log", "n_customers"), [(cdnow_days, 23502), (grocery_days, 1525)])
def test_of_the_published_logs_one_silence_for_all_is_best(log, n_customers):
    found = choose_rule(log())
    assert found.setting.name == "silence"
    assert found.tied == (() if n_customers > 2000 else ("model",))
    assert len(found.to_frame()) == 4
    assert not found.left_out


def test_sentences_say_how_it_was_chosen():
    found = choose_rule(grocery_days())
    answer, tie, doubt = found.describe().splitlines()
    assert answer.startswith("Lost when silent for more than ")
    assert "called lost at 4 earlier dates" in answer
    assert "bought again within 90 days." in answer
    assert tie == "A tie: the chance by a model of purchases cannot be told apart from it; either will do."
    assert "no log tells" in doubt
    assert "On 2007-01-04, 2007-04-04, 2007-07-03 and 2007-10-01 each rule was fitted" in found.details()
    assert found.is_tie
    assert "so few" not in found.details()


def test_two_rules_that_are_one_tie():
    days = shop(np.random.default_rng(3), 600, mortals.MIDDLE).days
    assert choose_rule(days, [Silence(30), Silence(200)]).tied == ("silence",)
    assert choose_rule(days, [Rhythm()]).tied == ()


def test_a_rule_that_cannot_be_had_is_left_out_and_said():
    rng = np.random.default_rng(2)
    days = PurchaseDays.of(rng.integers(0, 200, 1500), rng.integers(1, 500, 1500), until=500)  # nobody leaves
    found = choose_rule(days, [Inactive(), Personal(), Silence()])
    assert list(found.left_out) == ["model"]
    assert "The chance by a model of purchases was left out: " in found.details()
    assert "nobody leaves" in found.details()
    with pytest.raises(RuleNotFittedError, match="No rule can be fitted: By the Pareto/NBD"):
        choose_rule(days, [Inactive()])


def test_a_log_shorter_than_its_gaps_is_refused():
    days = PurchaseDays.of([0, 1, 0], [729000, 729010, 729100])
    with pytest.raises(RuleNotFittedError, match="too short to look 90 days ahead"):
        choose_rule(days)


def test_one_customer_is_nobody_to_compare():
    with pytest.raises(RuleNotFittedError, match="The log has one customer"):
        choose_rule(PurchaseDays.of([3, 3, 3], [1, 200, 600]))


def test_a_few_customers_are_enough():
    """Two customers, of whom one is always lost: a choice without a winner."""
    days = PurchaseDays.of([0] * 20 + [1], [*range(1, 800, 40), 5], until=800)
    found = choose_rule(days, [Rhythm(), Silence()])
    assert len(found.tied) == 1
    assert np.isfinite(found.to_frame()["false_alarms"]).all()
    assert "False alarms are so few" in found.details()


def test_of_very_many_customers_one_in_some_is_looked_at(monkeypatch):
    days = shop(np.random.default_rng(3), 600, mortals.MIDDLE).days
    monkeypatch.setattr(rule_choice, "ENOUGH", 250)
    found = choose_rule(days, [Silence(), Rhythm()])
    assert found.one_in == 3
    assert found.to_frame().equals(choose_rule(days.every(3), [Silence(), Rhythm()]).to_frame())
    assert "One customer in 3 was looked at" in found.details()
