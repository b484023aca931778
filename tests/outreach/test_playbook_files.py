"""The playbook's file: the shipped one loads, is tagged and can be edited; a bad one says every fault at once."""

import copy
import datetime
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb
from winback.lost import load_codebook
from winback.outreach import playbook_files
from winback.outreach.entries import SOURCES

TEXT = playbook_files._shipped_text()
BAD = """
curency = "$"
contacts_a_month = 0
quiet_weekdays = ["Sonntag"]
quiet_days = ["13-01", "2026-12-24"]
step = 5

[[channel]]
name = "call"
cost = -4
per_day = 0

[[channel]]
cost = "1,50"
per_hour = 5

[[rule]]
name = "call soon"
reasons = []
months_away = [6, 1]
source = "hearsay"

[[rule.step]]
channel = "fax"
after_days = -3

[[rule.step]]
message = "hello"
after = "visit"

[[rule]]
name = "round and round"

[[rule.step]]
channel = "call"
name = "a"
after = "b"

[[rule.step]]
channel = "call"
name = "b"

[[rule]]
name = "nothing done"
reasons = ["price"]

[[rule]]
name = "sorry"
reasons = "quality"

[[rule.step]]
channel = "call"
apology = true

[[remedy]]
reasons = ["price"]
cost = -1

[[cause]]
reason = "price"
remedied_on = "2026-05-01"

[aftercare]
monthly = "email"

[[aftercare.occasion]]
name = "birthday"

[[aftercare.news]]
name = "autumn"
"""
SAID = [
    "On top: there is no place for 'curency'. Did you mean currency?",
    "On top: there is no place for 'step'. There are",
    "Channel number 2: there is no place for 'per_hour'. There are name, cost, per_day",
    "Aftercare: monthly must be a table. Write [aftercare.monthly].",
    "contacts_a_month must be a whole number of at least 1; got 0.",
    "quiet_weekdays must be of Monday",
    "or \"12-24\" for every year; got '13-01'.",
    "or \"12-24\" for every year; got '2026-12-24'.",
    "Channel 'call': cost must be at least 0; got -4.",
    "Channel 'call': per_day must be at least 1; got 0. Leave it out for no limit, or take the channel out.",
    "Channel number 2: name must be text without blanks around it.",
    "Channel number 2: cost must be a number; got '1,50'.",
    "Rule 'call soon': reasons names none, so it is for nobody. Leave it out for all.",
    "Rule 'call soon': months_away must be from some months to more, such as [0, 1]; got [6, 1].",
    "Rule 'call soon': source must be one of practice, study, assumption; got 'hearsay'.",
    "Rule 'call soon', step 1: after_days must be at least 0; got -3.",
    "Rule 'call soon', step 1: there is no channel 'fax'; there are call",
    "Rule 'call soon', step 2: channel must be text without blanks around it. Write channel = \"call\".",
    "Rule 'call soon', step 2: there is no step 'visit' to come after.",
    "Rule 'round and round': its steps wait for each other in a circle: 'a' after 'b' after 'a'.",
    "Rule 'nothing done': has no steps. Write [[rule.step]]",
    "Rule 'sorry': apologises and offers nothing.",
    "Remedy number 1: text must be text without blanks around it.",
    "Remedy number 1: cost must be at least 0; got -1.",
    "Cause 'price': remedied_on must be a date such as 2026-12-24, without quotation marks; got '2026-05-01'.",
    "Rule 'nothing done' never applies: 'round and round', before it, is for all.",
    "Rule 'sorry' never applies: 'round and round', before it, is for all.",
    "Aftercare, occasion 'birthday': must have either a day",
    "Aftercare: has occasions and no monthly contact to bring them.",
    "Aftercare, news 'autumn': since must be",
    "Aftercare: has news and no monthly contact to bring them.",
]


def test_every_fault_of_a_file_is_listed_at_once(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(BAD)
    with pytest.raises(ValueError, match=r"mine\.toml cannot be used") as refused:
        wb.load_playbook(path)
    *lines, remedy = str(refused.value).splitlines()[1:]
    assert remedy == playbook_files.HOW
    missing = [said for said in SAID if not any(said in line for line in lines)]
    unexpected = [line for line in lines if not any(said in line for said in SAID)]
    assert (missing, unexpected, len(lines)) == ([], [], len(SAID))


def test_the_shipped_playbook_says_where_each_rule_and_remedy_comes_from():
    book, content = wb.load_playbook(), tomllib.loads(TEXT)
    assert all(row["source"] in SOURCES for row in [*content["rule"], *content["remedy"], content["aftercare"]])
    assert all(rule.why for rule in book.rules)
    assert {"practice", "assumption"} == {each.source for each in (*book.rules, *book.remedies)}
    assert book.rules[-1].is_for_all


def test_the_shipped_playbook_knows_its_reasons_and_uses_its_channels():
    book = wb.load_playbook()
    asked = {reason for each in (*book.rules, *book.remedies) for reason in each.reasons or ()}
    assert asked <= set(load_codebook().names)
    steps = [*(step for rule in book.rules for step in rule.steps), *book.aftercare.steps, book.aftercare.monthly]
    assert {step.channel for step in steps} == {channel.name for channel in book.channels}


def test_the_shipped_playbook_does_what_the_articles_advise():
    book = wb.load_playbook()
    chains = dict(zip([rule.name for rule in book.rules], book.chains, strict=True))
    for rule in book.rules:
        calls = [step for step in rule.steps if step.channel == "call"]
        assert not calls or (rule.months_away or (0, 99))[1] <= 1 or rule.name == "wait, then audit"
        assert all(step.by == "manager" for step in rule.steps if step.channel == "visit")
        assert any(step.brings_offer for step in rule.steps)
    assert chains["wait, then audit"].steps[0].after_leaving_days == 150
    aftercare = wb.outreach.Rule("aftercare", book.aftercare.steps)
    frame = wb.outreach.Playbook(book.channels, (aftercare,)).to_frame()
    assert frame["day"].tolist() == [0, 2, 7]


def test_remarks_with_examples_can_be_taken_as_they_stand(tmp_path):
    path = tmp_path / "playbook.toml"
    path.write_text(re.sub(r"^# (?=\[\[|\w+ = )", "", TEXT, flags=re.MULTILINE), encoding="utf-8")
    book = wb.load_playbook(path)
    assert [cause.stands for cause in book.causes] == [False, True]
    assert book.causes[0].remedied_on == datetime.date(2026, 5, 1)
    assert [news.name for news in book.aftercare.news] == ["the autumn range"]


def test_what_is_written_is_what_is_shipped_and_nothing_is_overwritten_unasked(tmp_path):
    path = wb.outreach.write_playbook(tmp_path / "new" / "playbook.toml")
    assert path.read_text(encoding="utf-8") == TEXT
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="may have been edited"):
        wb.outreach.write_playbook(path)
    assert path.read_text() == "mine"
    assert wb.load_playbook(wb.outreach.write_playbook(path, overwrite=True)) == wb.load_playbook()


def test_what_is_no_file_and_what_is_no_toml(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file nowhere"):
        wb.load_playbook("nowhere.toml")
    path = tmp_path / "bad.toml"
    path.write_text('currency = "$\n')
    with pytest.raises(ValueError, match=r"bad\.toml is not a TOML file.*written by: winback playbook"):
        wb.load_playbook(path)
    path.write_text("")
    with pytest.raises(ValueError, match="There must be a channel and a rule"):
        wb.load_playbook(path)


AGENTS = 'Write agents = ["Ann", "Ben"]'
ONE_FAULT = [  # line of the channel "call", what is said of it
    ("agents = {Ann = 1}", f"Channel 'call': agents must be a list of texts; got {{'Ann': 1}}. {AGENTS}."),
    ('agents = ["Ann", 2]', f"Channel 'call': agents must be a list of texts; got ['Ann', 2]. {AGENTS}."),
    ('agents = "Ann, Ben"', f"Channel 'call': agents has one name with a comma, 'Ann, Ben'. {AGENTS}, or"),
    ('agents = ["Ann", " "]', "Channel 'call': agents has a name that is empty."),
    ('agnts = ["Ann"]', "Channel 'call': there is no place for 'agnts'. Did you mean agents?"),
    ('cost = "4,50"', "Channel 'call': cost must be a number; got '4,50'. Write cost = 4.50, without quotation marks."),
    ("agents = [Ann, Ben]", 'Line 8: write agents = ["Ann", "Ben"], with quotation marks.'),
    ("cost = 4,50", "Line 8: write cost = 4.50, with a point."),
]


@pytest.mark.parametrize(("line", "said"), ONE_FAULT)
def test_one_fault_is_one_problem_with_its_remedy_and_where_a_playbook_comes_from(tmp_path, line, said):
    path = tmp_path / "mine.toml"
    rule = '[[rule]]\nname = "all"\n[[rule.step]]\nchannel = "call"\n'
    path.write_text(f'{rule}\n[[channel]]\nname = "call"\n{line}\n')
    with pytest.raises(ValueError, match=r"mine\.toml") as refused:
        wb.load_playbook(path)
    text = str(refused.value)
    assert said in text
    assert text.count("  - ") == ("  - " in text)
    assert text.endswith(playbook_files.HOW)


def test_a_misspelt_key_is_not_said_to_be_missing_as_well(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace("\ntext =", "\ntxt =", 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"cannot be used:\n.*'txt'\. Did you mean text\?\nA playbook to start from"):
        wb.load_playbook(path)


JUNK = st.sampled_from(
    [
        *[
            None,
            True,
            -1,
            0,
            2.5,
            float("nan"),
            float("inf"),
            "",
            " ",
            "x",
            [],
            ["x"],
            [1, 2],
            {},
            {"x": 1},
            [{}],
            [[1]],
        ],
        *[datetime.date(2026, 2, 28), datetime.datetime(2026, 2, 28, 9)],
    ]
)


def places_in(content, path=()):
    """Yield the place of every value in nested tables and lists."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places_in(value, (*path, key))


PLACES = list(places_in(tomllib.loads(TEXT)))


@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_any_value_in_any_place_is_read_or_refused_in_words(changes):
    content = copy.deepcopy(tomllib.loads(TEXT))
    for path, junk in changes:
        inside = content
        try:
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = copy.deepcopy(junk)
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    book, refused = None, ""
    try:
        book = playbook_files._playbook_of(content, "playbook.toml")
    except ValueError as error:
        refused = str(error)
    if book is None:
        assert re.match(r"playbook\.toml cannot be used:\n  - \w", refused)
    else:
        assert len(book.describe().splitlines()) == 3
        assert len(book.to_frame()) == sum(len(rule.steps) for rule in book.rules)
