"""A playbook says at once everything that is wrong with it, and otherwise whom it is for and what it costs."""

import datetime
from dataclasses import replace

import pytest

import winback as wb
from winback.outreach import Aftercare, Cause, Channel, News, Occasion, Playbook, Remedy, Rule, Step
from winback.outreach.playbook import whom
from winback.outreach.playbook_files import load_playbook

CALL, LETTER = Channel("call", cost=4.0, per_day=60), Channel("letter", cost=1.5)
OFFER = Step("call", brings_offer=True)
SOUND = Playbook((CALL, LETTER), (Rule("call", (OFFER, Step("letter", after_days=7))),))


def problems_of(**parts):
    with pytest.raises(ValueError, match="The playbook cannot be used") as refused:
        replace(SOUND, **parts)
    return str(refused.value).splitlines()[1:]


def of_steps(*steps, **more):
    return problems_of(rules=(Rule("call", steps, **more),))


LATER = Step("letter", after_days=7)
WRONG = {  # what is wrong -> the parts, and what is said of it
    "an unknown channel": (
        {"rules": (Rule("r", (Step("fax"),)),)},
        "step 1: there is no channel 'fax'; there are call",
    ),
    "a negative delay": (
        {
            "rules": (
                Rule(
                    "r",
                    (OFFER, Step("call", -3)),
                ),
            )
        },
        "step 2: after_days must be at least 0",
    ),
    "a delay in words": ({"rules": (Rule("r", (Step("call", "3"),)),)}, "after_days must be a whole number; got '3'"),
    "half a day": ({"rules": (Rule("r", (Step("call", 0.5),)),)}, "after_days must be a whole number; got 0.5"),
    "a negative cost": ({"channels": (Channel("call", -1.0), LETTER)}, "Channel 'call': cost must be at least 0"),
    "an endless cost": ({"channels": (Channel("call", float("inf")), LETTER)}, "cost must be at least 0; got inf"),
    "no capacity": (
        {"channels": (Channel("call", per_day=0), LETTER)},
        "per_day must be at least 1; got 0. Leave it out",
    ),
    "a channel without a name": ({"channels": (CALL, LETTER, Channel(""))}, "Channel number 3: name must be text"),
    "two channels alike": ({"channels": (CALL, LETTER, CALL)}, "Channel 'call' is there 2 times"),
    "two rules alike": ({"rules": (Rule("r", (OFFER,), ("price",)), Rule("r", (OFFER,)))}, "Rule 'r' is there 2 times"),
    "no steps": ({"rules": (Rule("r", ()),)}, "Rule 'r': has no steps"),
    "no rules": ({"rules": ()}, "There must be a channel and a rule"),
    "no channel of a step": ({"rules": (Rule("r", (Step(""),)),)}, "step 1: channel must be text"),
    "months the wrong way round": ({"rules": (Rule("r", (OFFER,), months_away=(6, 1)),)}, "months_away must be from"),
    "three months": ({"rules": (Rule("r", (OFFER,), months_away=(1, 2, 3)),)}, "months_away must be"),
    "no reason at all": ({"rules": (Rule("r", (OFFER,), reasons=()),)}, "reasons names none, so it is for nobody"),
    "no such source": ({"rules": (Rule("r", (OFFER,), source="hearsay"),)}, "source must be one of practice, study"),
    "no step to follow": (
        {
            "rules": (
                Rule(
                    "r",
                    (OFFER, Step("letter", after="visit")),
                ),
            )
        },
        "no step 'visit' to come after",
    ),
    "a circle": (
        {"rules": (Rule("r", (Step("call", name="a", after="b"), Step("letter", name="b", after="a"))),)},
        "circle: 'a' after 'b' after 'a'. Take one `after` out",
    ),
    "a step that follows itself": (
        {"rules": (Rule("r", (OFFER, Step("letter", name="b", after="b"))),)},
        "circle: 'b' after 'b'",
    ),
    "two steps of one name": (
        {"rules": (Rule("r", (Step("call", name="a"), Step("letter", name="a"))),)},
        "Rule 'r': step 'a' is there 2 times",
    ),
    "waiting within a chain": (
        {"rules": (Rule("r", (OFFER, Step("letter", after_leaving_days=9))),)},
        "after_leaving_days goes with the first step only",
    ),
    "an apology alone": ({"rules": (Rule("r", (Step("call", apology=True),)),)}, "apologises and offers nothing"),
    "a chain longer than its time": (
        {"rules": (Rule("r", (OFFER, Step("letter", after_days=40))),)},
        "takes 40 days with 4 contacts a month, and is to be done within 30",
    ),
    "an offer after the months of its rule": (
        {"rules": (Rule("r", (Step("call", after_leaving_days=31, brings_offer=True),), months_away=(0, 1)),)},
        "makes the offer 31 days after leaving at the soonest, and its months_away end at 1. Raise",
    ),
    "more steps than contacts": (
        {"contacts_a_month": 1},
        "takes 31 days with 1 contact a month, and is to be done within",
    ),
    "a rule that never applies": (
        {"rules": (Rule("all", (OFFER,)), Rule("some", (OFFER,), ("price",)))},
        "Rule 'some' never applies: 'all', before it, is for all",
    ),
    "a rule for those whom none before it leaves": (
        {"rules": (Rule("all", (OFFER,)), Rule("also", (Step(OFFER.channel), Step("letter", 1, brings_offer=True))))},
        "Rule 'also' never applies: 'all', before it, is for all",
    ),
    "a remedy without words": ({"remedies": (Remedy(""),)}, "Remedy number 1: text must be text"),
    "a cause mended and not": (
        {"causes": (Cause("price", datetime.date(2026, 5, 1), stands=True),)},
        "Cause 'price': is both mended and still there",
    ),
    "a moment for a day": (
        {"causes": (Cause("price", datetime.datetime(2026, 5, 1, 12)),)},
        "remedied_on must be a date such as 2026-12-24",
    ),
    "no contacts": ({"contacts_a_month": 0}, "contacts_a_month must be a whole number of at least 1; got 0"),
    "no such weekday": ({"quiet_weekdays": ("Sonntag",)}, "quiet_weekdays must be of Monday"),
    "no such day": ({"quiet_days": ("13-24",)}, "quiet_days must be a date such as 2026-12-24, without quotation"),
    "no day but quiet ones": (
        {"quiet_weekdays": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")},
        "quiet_weekdays names every day",
    ),
    "an agent twice": (
        {"channels": (Channel("call", agents=("Ann", "Ann")), *SOUND.channels[1:])},
        "agents names 'Ann' 2 times. Name each once",
    ),
    "two agents in one text": (
        {"channels": (Channel("call", agents="Ann, Ben"), *SOUND.channels[1:])},
        'Write agents = ["Ann", "Ben"], or one name without it',
    ),
    "an offer by a channel that rests every day": (
        {
            "channels": (Channel("call"), Channel("letter", on_quiet_days=True)),
            "rules": (Rule("r", (Step("call", brings_offer=True), Step("letter"))),),
            "quiet_weekdays": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        },
        "Rule 'r': makes its offer by call only, and quiet_weekdays names every day",
    ),
    "no currency": ({"currency": 5}, "currency must be text"),
    "an occasion without a day": (
        {"aftercare": Aftercare(monthly=Step("letter"), occasions=(Occasion("birthday"),))},
        "Aftercare, occasion 'birthday': must have either a day",
    ),
    "news without a contact": (
        {"aftercare": Aftercare(news=(News("autumn range", datetime.date(2026, 9, 1)),))},
        "has news and no monthly contact",
    ),
    "aftercare by an unknown channel": (
        {"aftercare": Aftercare((Step("call"), Step("pigeon")), Step("fax"))},
        "Aftercare, monthly, step 1: there is no channel 'fax'",
    ),
    "rules that are none": ({"rules": (OFFER,)}, "rules must be a list of Rule"),
    "aftercare that is none": ({"aftercare": OFFER}, "aftercare must be an Aftercare"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said(wrong):
    parts, said = WRONG[wrong]
    assert said in "\n".join(problems_of(**parts))


def test_one_fault_is_said_once():
    two = {"aftercare by an unknown channel"}  # of a step, and of the monthly contact
    assert {name for name, (parts, _) in WRONG.items() if len(problems_of(**parts)) > 1} == two


def test_every_problem_is_listed_at_once():
    parts = {}
    for name in ("a negative delay", "a negative cost", "no contacts", "no such day", "a remedy without words"):
        parts |= WRONG[name][0]
    assert len(problems_of(**parts)) == 5


def test_whoever_apologises_may_offer_a_remedy_instead():
    steps, remedy = (Step("call", apology=True),), Remedy("a tasting", ("quality",))
    assert replace(SOUND, rules=(Rule("r", steps, ("quality",)),), remedies=(remedy,)).rules
    assert "offers nothing" in "".join(problems_of(rules=(Rule("r", steps),), remedies=(remedy,)))
    assert "offers nothing" in "".join(problems_of(rules=(Rule("r", steps, ("quality", "price")),), remedies=(remedy,)))
    assert replace(SOUND, rules=(Rule("r", steps),), remedies=(Remedy("a gift"),)).rules


def test_a_day_of_every_leap_year_is_a_day():
    assert replace(SOUND, quiet_days=["02-29", datetime.date(2026, 12, 24)]).quiet_days[0] == "02-29"


def test_lists_and_single_texts_are_taken_as_they_are_meant():
    rule = Rule("call", [OFFER], reasons="price", months_away=[0, 1])
    assert (rule.reasons, rule.months_away, rule.steps) == (("price",), (0, 1), (OFFER,))
    assert Playbook([CALL, LETTER], [rule]) == Playbook((CALL, LETTER), (rule,))
    assert hash(Playbook([CALL, LETTER], [rule])) == hash(Playbook((CALL, LETTER), (rule,)))
    assert Playbook([CALL, LETTER], [rule]) != SOUND


def test_what_it_shows():
    large = Rule(
        "visit",
        (Step("letter", after_leaving_days=150, cost=0.5), Step("call", 14)),
        ("both",),
        (1, float("inf")),
        80.0,
    )
    book = replace(SOUND, rules=(large, *SOUND.rules), quiet_weekdays="Sunday")
    frame = book.to_frame()
    assert frame["day"].tolist() == [150, 164, 0, 7]
    assert frame["cost"].tolist() == [0.5, 4.0, 4.0, 1.5]
    assert frame["whom"].tolist() == [
        *["left for price and service, away for 1 month or more, earned at least 80 a month"] * 2,
        *["everybody else"] * 2,
    ]
    assert "at most 4 times within a month, and never on Sundays" in book.describe()
    assert (
        "never on Sundays (email excepted)."
        in replace(book, channels=(*book.channels, Channel("email", on_quiet_days=True))).describe()
    )
    assert "2 of the 2 rules and remedies are assumptions (among them the rules 'visit' and 'call')" in book.describe()
    soon = [replace(large, months_away=months) for months in ((0, 1), (0, 3), (2, 3))]
    said = ["away for less than 1 month", "away for less than 3 months", "away for 2 to 3 months"]
    assert [whom(rule).split(", ")[1] for rule in soon] == said
    assert len(book.describe().splitlines()) == 3
    assert wb.outreach.Playbook is Playbook


def test_remedies_are_shown_with_their_cost():
    shown = load_playbook().answers().frame
    assert list(shown) == ["Reason for leaving", "Remedy", "Cost, each", "Source"]
    assert len(shown) == len(load_playbook().remedies)
    assert shown.loc[shown["Remedy"] == "priority service", "Cost, each"].tolist() == ["$5.00"]
    assert Playbook((Channel("letter"),), (Rule("all", (Step("letter"),)),)).answers().frame.empty
