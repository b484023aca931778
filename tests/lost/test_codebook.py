"""Is a codebook read as it was meant, and everything that is wrong with one said at once?"""

import numpy as np
import pytest

import winback as wb
from winback.lost import load_codebook, write_codebook
from winback.lost.codebook import CAUSES, TURNS

LANGUAGES = {"en", "de", "ru", "zh", "fa", "ka", "es"}
OWN = """
[[reason]]
name = "price"
cause = "company"
words = "what it costs"
patterns.en = ["too dear", '/pric(e|es|ing)/']
patterns.de = ["zu teuer"]

[[reason]]
name = "moved"
cause = "customer"
involuntary = true
patterns = ["moved"]

[set_aside]
negated = ["not because of"]
"""


def put(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(codebook, **more):
    with pytest.raises(ValueError, match="cannot be used:") as refused:
        load_codebook(codebook, **more)
    return str(refused.value)


def test_the_shipped_codebook_knows_every_reason_in_every_language():
    book = load_codebook()
    frame = book.to_frame()
    assert set(book.languages) == LANGUAGES
    assert frame.groupby("reason")["language"].nunique().eq(len(LANGUAGES)).all()
    assert set(frame["cause"]) == set(CAUSES)
    assert {"price", "service", "quality", "indifference", "needs changed", "moved", "died", "payment failed"} <= set(
        book.names
    )
    assert all({each.language for each in getattr(book.set_aside, turn)} == LANGUAGES for turn in TURNS)
    assert not frame.duplicated(["reason", "language", "pattern"]).any()


def test_a_file_is_read_and_what_it_says_is_kept(tmp_path):
    book = load_codebook(put(tmp_path, OWN))
    assert book.names == ("price", "moved")
    price, moved = book.reasons
    assert (price.cause, price.words, price.involuntary) == ("company", "what it costs", False)
    assert (moved.cause, moved.words, moved.involuntary) == ("customer", "", True)
    assert [(each.language, each.written) for each in price.patterns] == [
        ("en", "too dear"),
        ("en", "/pric(e|es|ing)/"),
        ("de", "zu teuer"),
    ]
    assert book.source == "own.toml"


@pytest.mark.parametrize("content", [None, OWN])
def test_a_codebook_that_was_written_is_read_as_the_same(content, tmp_path):
    book = load_codebook(None if content is None else put(tmp_path, content))
    write_codebook(book, tmp_path / "again.toml")
    again = load_codebook(tmp_path / "again.toml")
    assert again.reasons == book.reasons
    assert again.set_aside == book.set_aside


def test_patterns_of_ones_own_are_added_to_a_reason_and_change_no_other():
    book = load_codebook(more={"price": "happig", "service": ["bockig", "pampig"]})
    added = book.to_frame().merge(load_codebook().to_frame(), how="left", indicator=True).query("_merge == 'left_only'")
    assert added[["reason", "pattern"]].values.tolist() == [
        ["price", "happig"],
        ["service", "bockig"],
        ["service", "pampig"],
    ]
    assert load_codebook(load_codebook()) == load_codebook()
    assert "patterns of your own" in book.describe()


def test_every_problem_is_listed_at_once_with_reason_pattern_and_remedy(tmp_path):
    said = problems_of(
        put(
            tmp_path,
            """
            currency = "EUR"
            [[reason]]
            name = "price"
            cause = "firm"
            pattern = ["x"]
            patterns.en = ["(a+)+", '/(a+)+b/', "too dear"]
            [[reason]]
            name = " Price"
            cause = "company"
            words = 3
            patterns = ["*"]
            [[reason]]
            cause = "customer"
            involuntary = "yes"
            [set_aside]
            negated = ["/not/"]
            """,
        )
    )
    lines = said.splitlines()
    assert lines[0] == "own.toml cannot be used:"
    for line in (
        "Reason 'price' has 'pattern', which is not known. There are name, cause, words, involuntary, patterns.",
        "Reason 'price' has the cause 'firm'. Write one of competitor, company, customer.",
        "Reason 'price', pattern '/(a+)+b/' (en): can be tried in more than 2,000 ways from one place, which may take "
        "for ever. Repeat less, or write several patterns.",
        "Reason 'Price' is there twice (numbers 1 and 2). Put their patterns together.",
        "Reason 'Price' must have words such as \"the price\"; got 3.",
        "Reason 'Price', pattern '*': matches every text. Write at least 2 letters beside a star.",
        'Reason number 3 has no name. Write name = "price".',
        "Reason number 3 must be involuntary = true or false; got 'yes'.",
        'Reason number 3 has no patterns. Write patterns.en = ["too expensive", "pric*"].',
        "[set_aside] negated, pattern '/not/': must be words, not an expression.",
        "There is no place for 'currency' on top.",
    ):
        assert any(line in each for each in lines), line
    assert len(lines) == 12  # the first line, and "(a+)+" without its parentheses is a word


@pytest.mark.parametrize(
    "given",
    [{}, {"reason": []}, {"reason": "price"}, {"reason": {"name": "price"}}, {"reason": [3]}, {"price": ["too dear"]}],
)
def test_what_is_no_codebook_is_told_what_one_is(given):
    assert 'There is no list of reasons. Write [[reason]] name = "price", cause = "company"' in problems_of(given)


@pytest.mark.parametrize(
    ("patterns", "shown"),
    [
        ([3], "pattern 3: is no text"),
        (3, "pattern 3: is no text"),
        ({"en": None}, "has no patterns"),
        (b"x", "pattern b'x': is no text"),
        (np.array("x"), "pattern array('x'"),
    ],
)
def test_patterns_that_are_no_texts_are_named(patterns, shown):
    assert shown in problems_of({"reason": [{"name": "price", "cause": "company", "patterns": patterns}]})


def test_a_reason_that_is_not_there_gets_no_patterns():
    said = problems_of(
        {"reason": [{"name": "price", "cause": "company", "patterns": "dear"}]}, more={"prise": "x", "price": "*"}
    )
    assert "There is no reason 'prise' to add patterns to; there are price." in said
    assert "pattern '*': matches every text" in said


def test_a_file_that_is_no_toml_says_where_and_why(tmp_path):
    with pytest.raises(
        ValueError, match=r"own\.toml is not a TOML file: .*\(at line 1, column 17\).*backslash is written twice"
    ):
        load_codebook(put(tmp_path, 'patterns = ["/\\d+ \\w/"]'))
    with pytest.raises(ValueError, match="is not a TOML file"):
        load_codebook(put(tmp_path, "reason,pattern\nprice,dear\n"))
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"binary\.toml is not a TOML file"):
        load_codebook(path)


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(FileNotFoundError, match=r"There is no file nowhere\.toml\. Check the name and the folder"):
        wb.code_reasons(["x"], "nowhere.toml")
