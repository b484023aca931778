"""Are rules read as an analyst writes them, and refused with a remedy where they are none?"""

import pytest

from winback.base.rules import RULES, Inactive, Personal, Rhythm, Silence, parse_lost
from winback.doors import ArgumentError


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_by_its_name_is_the_rule_as_it_comes(rule):
    assert parse_lost(rule.name) == rule()
    assert parse_lost(rule()) == rule()


def test_a_number_is_days_of_silence():
    assert parse_lost(120) == Silence(120) == Silence(days=120)


@pytest.mark.parametrize("lost", ["monthly", None, True, 4.5, Rhythm])
def test_what_is_no_rule_is_refused(lost):
    with pytest.raises(ValueError, match='lost must be one of "rhythm", "silence", "personal", "model", a number'):
        parse_lost(lost)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Silence(-1), "days must be a whole number of days, at least 0; got -1"),
        (lambda: Silence(90, share=0.1), "not both"),
        (lambda: Silence(within=30), "within belongs to share"),
        (lambda: Silence(share=1.5), "share must be between 0 and 1, such as 0.1; got 1.5"),
        (lambda: Rhythm(slack=-1), "slack must be a share of the usual gap, such as 1/3; got -1"),
        (lambda: Rhythm(slack=float("nan")), "slack must be"),
        (lambda: Rhythm(least_days=1), "least_days must be a whole number of days, at least 2"),
        (lambda: Personal(0), "false_alarms must be between 0 and 1"),
        (lambda: Inactive(chance=1), "chance must be between 0 and 1"),
        (lambda: Inactive(model="bg_bb"), "model must be one of pareto_nbd, bg_nbd, mbg_nbd; got 'bg_bb'"),
    ],
)
def test_settings_out_of_bounds_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("make", [lambda: Silence("90"), lambda: Rhythm(slack="a third"), lambda: Personal(None)])
def test_settings_of_the_wrong_kind_are_refused_at_the_door(make):
    with pytest.raises(ArgumentError):
        make()


def test_words_say_the_settings():
    assert Silence(1).in_words == "silent for more than 1 day"
    assert (
        "150% of the own usual gap, or with under 2 purchase days for more than 60 days"
        in Rhythm(0.5, 2, Silence(60)).in_words
    )
    assert "all but under 0.1%" in Personal(1e-9).in_words
    assert "below 30.0%" in Inactive(0.3).in_words
    assert "BG/NBD" in Inactive(model="bg_nbd").in_words
