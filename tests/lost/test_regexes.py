"""Is no expression let in that runs for ever, and what is let in found as Python finds it?"""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.lost.phrases import PatternError
from winback.lost.regexes import compiled

SLOW = [
    r"(a+)+b",
    r"(a|a)*b",
    r"(a|aa)+$",
    r"(\w+\s?)*!",
    r"a?" * 30 + "a" * 30,
    r".*.*.*x",
    r"(a{1,40}){1,40}b",
    r"((ab)*)*c",
]
LONG_TEXT = "a" * 20_000


@pytest.mark.parametrize("written", SLOW)
def test_what_may_run_for_ever_is_refused(written):
    with pytest.raises(PatternError, match=r"more than 2,000 ways .* Repeat less, or write several patterns"):
        compiled(written)


parts = st.sampled_from(
    ["a", "b", ".", "[ab]", r"\w", "a?", "a*", "a+", "a{2,9}", "(a|b)", "(ab)*", "(a|ab)?", "|", " "]
)


@given(st.lists(parts, min_size=1, max_size=6).map("".join))
@settings(deadline=None)
def test_whatever_is_let_in_ends_soon(written):
    try:
        expression = compiled(written)
    except PatternError:
        return
    start = time.perf_counter()
    expression.search(LONG_TEXT + "c")
    assert time.perf_counter() - start < 2  # at most 2,000 ways at 20,000 places: 0.4 s where this was written


@given(st.lists(parts, min_size=1, max_size=5).map("".join), st.text("ab ", max_size=12))
def test_it_finds_whole_words_as_python_does(written, text):
    try:
        expression = compiled(written)
    except PatternError:
        return
    assert bool(expression.search(text)) == bool(re.search(rf"(?<!\w)(?:{written})(?!\w)", text))


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("colou?rs?", "two colors", True),
        ("preis", "preise", False),
        (r"preis\w*", "preise", True),
        (r"\w*preis", "endpreis", True),
        ("GRÖSSE", "grösse", True),
        ("größe", "grösse", True),
        ("太[贵高]", "这太贵了", True),  # a script without spaces has no whole words
        ("é+", "ééé", True),
        (r"\?", "why ?", True),
        (r"3[05] ?%", "up by 30 %", True),
    ],
)
def test_whole_words_unless_it_is_open_at_its_ends(written, text, found):
    assert bool(compiled(written).search(text)) is found


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (".*", "matches every text. Name some of the characters"),
        (r"\w+", "matches every text"),
        ("x?", "matches every text"),
        ("a|", "matches every text"),
        ("[^x]+", "matches every text"),
        ("(?=x)y", r"has (?, which is not to be used here. Use characters"),
        ("(?i)x", "has (?"),
        ("(?P<a>x)", "is no regular expression: unknown extension"),
        (r"(x)\1", r"has \1"),
        (r"\qx", r"is no regular expression: bad escape \q"),
        ("x\\", "is no regular expression: bad escape"),
        ("[x", "is no regular expression: unterminated character set. Use characters"),
        ("(x", "is no regular expression: missing )"),
        ("x)", "is no regular expression: unbalanced parenthesis"),
        ("*x", "is no regular expression: nothing to repeat"),
        ("x**", "is no regular expression: multiple repeat"),
        ("x*+", "can be tried in more than 2,000 ways"),
        ("x+?", "is no regular expression: multiple repeat"),
        ("x{9,3}", "is no regular expression: min repeat greater than max repeat"),
        ("x{500}", "repetitions go up to 40"),
        ("[z-a]", "is no regular expression: bad character range"),
        ("[[a]]", "is no regular expression: Possible nested set"),
        ("x" * 501, "is longer than 500 characters"),
    ],
)
def test_what_is_not_to_be_used_is_named_with_a_way_out(written, problem):
    with pytest.raises(PatternError) as refused:
        compiled(written)
    assert problem in str(refused.value)
