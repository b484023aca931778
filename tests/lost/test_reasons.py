"""Do texts get the reasons they name, several of them, none that was taken back, and is no text dropped?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import hold_to_three

import winback as wb
from winback.lost import load_codebook

PRICE = ["price", "*preis*", "贵", "گران", r"/\d+ ?%/"]
BOOK = {
    "reason": [
        {"name": "moved", "cause": "customer", "involuntary": True, "patterns": ["moved"]},
        {"name": "rival", "cause": "competitor", "patterns": ["rival*", "went ... elsewhere"]},
        {"name": "price", "cause": "company", "words": "the price", "patterns": PRICE},
        {"name": "service", "cause": "company", "patterns": ["(rude|slow) staff", "service", "/hot(-| )?line/"]},
    ],
    "set_aside": {
        "negated": ["not because of"],
        "cleared": ["was good"],
        "praised": ["good service"],
        "turned": ["but"],
    },
}


READ = load_codebook(BOOK)  # once: the laws below code hundreds of lists


def reasons_of(text, book=READ):
    return wb.code_reasons([text], book).to_frame()["reasons"].item()


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("PRICE!!", "price"),
        ("prices", ""),  # whole words
        ("priced", ""),
        ("Endpreise", "price"),
        ("service, and the price; then we moved", "moved; price; service"),
        ("rude staff", "service"),
        ("the hot line is dead", "service"),  # an expression with a group
        ("rude, staff", ""),  # two parts of a sentence
        ("went straight to a shop elsewhere", "rival"),
        ("went there. elsewhere", ""),
        ("我觉得太贵了", "price"),
        ("گران‌تر", "price"),  # a suffix behind a joiner
        ("نگران", ""),  # worried: not "dear" inside another word
        ("up by 30%", "price"),
        ("😡", ""),
        ("a" * 200, ""),
        ("x " * 100 + "price", "price"),
        ("not because of the price", ""),
        ("not because of the price but service", "service"),
        ("not because of the price, service", "service"),
        ("not because of what it was at first, the price", "price"),
        ("not because of this or that or the price", "price"),  # further away than a negation reaches
        ("service was good", ""),
        ("service was slow but price was good", "service"),
        ("good service at a price", "price"),
        ("not because of 30%", "price"),  # expressions know no negation
    ],
)
def test_a_text_names(text, reasons):
    assert reasons_of(text) == reasons


def test_the_order_of_the_codebook_decides_the_first_reason():
    turned = BOOK | {"reason": BOOK["reason"][::-1]}
    text = "price, service, moved"
    assert wb.code_reasons([text], BOOK).to_frame()["reason"].item() == "moved"
    assert wb.code_reasons([text], turned).to_frame()["reason"].item() == "service"


def test_one_row_per_text_in_the_order_given():
    table = pd.DataFrame(
        {"customer_id": ["07", "08", "09", "10"], "exit_text": ["Price", None, "why?", "moved, price"]}
    )
    found = wb.code_reasons(table, BOOK).to_frame()
    assert found["customer_id"].tolist() == ["07", "08", "09", "10"]
    assert found["text"].tolist() == ["Price", None, "why?", "moved, price"]
    assert found["reason"].astype(object).where(found["reason"].notna(), None).tolist() == [
        "price",
        None,
        None,
        "moved",
    ]
    assert found["cause"].astype(object).where(found["cause"].notna(), None).tolist() == [
        "company",
        None,
        None,
        "customer",
    ]
    assert found["n_reasons"].tolist() == [1, 0, 0, 2]
    assert found["pattern"].tolist() == ["price", None, None, "moved"]
    assert found["state"].tolist() == ["coded", "nothing said", "unmatched", "coded"]


def test_the_first_pattern_that_names_the_reason_is_told():
    found = wb.code_reasons(["30% dearer, Endpreis"], BOOK).to_frame()
    assert found["pattern"].item() == "*preis*"


pieces = st.sampled_from(
    ["price", "moved", "service", "rival", "but", "was good", "not because of", ",", "x", "太贵", "30%"]
)
texts = st.lists(st.one_of(st.none(), st.lists(pieces, max_size=5).map(" ".join)), min_size=1, max_size=8)


@given(texts, st.randoms())
@settings(deadline=None)
def test_a_text_is_coded_alone_as_among_others(given_texts, random):
    found = wb.code_reasons(given_texts, READ).to_frame()
    assert found["reasons"].tolist() == ["" if text is None else reasons_of(text) for text in given_texts]
    order = list(range(len(given_texts)))
    random.shuffle(order)
    again = wb.code_reasons([given_texts[place] for place in order], READ)
    assert again.to_frame()["reasons"].tolist() == found["reasons"].iloc[order].tolist()


@given(texts)
@settings(deadline=None)
def test_every_text_is_counted_once_and_none_is_dropped(given_texts):
    coded = wb.code_reasons(given_texts, READ)
    frame, counts = coded.to_frame(), coded.reasons
    n_silent = sum(text is None or not text.strip() for text in given_texts)
    assert counts["n_first"].sum() + coded.unmatched()["n"].sum() + n_silent == len(given_texts)
    assert counts["n"].sum() == frame["n_reasons"].sum()
    assert (counts["n_alone"] <= counts["n_first"]).all()
    assert (counts["n_first"] <= counts["n"]).all()
    if coded.n_said:
        assert counts["share_first"].sum() + coded.unmatched()["share"].sum() == pytest.approx(1)
    twice = wb.code_reasons(given_texts * 2, READ)
    assert (twice.reasons["n"] == 2 * counts["n"]).all()
    pd.testing.assert_series_equal(twice.reasons["share"], counts["share"])


@given(texts)
@settings(deadline=None)
def test_case_blanks_and_forms_of_unicode_change_nothing(given_texts):
    plain = wb.code_reasons(given_texts, READ).to_frame()["reasons"].tolist()
    wide = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyz"}
    for change in (str.upper, lambda text: f" {text}\n", lambda text: text.translate(wide)):
        changed = [None if text is None else change(text) for text in given_texts]
        assert wb.code_reasons(changed, READ).to_frame()["reasons"].tolist() == plain


def test_more_patterns_take_no_reason_away():
    few, more = (wb.code_reasons(["price", "happig", "why"], BOOK, more=each) for each in (None, {"price": "happig"}))
    assert few.to_frame()["reasons"].tolist() == ["price", "", ""]
    assert more.to_frame()["reasons"].tolist() == ["price", "price", ""]


def test_what_the_analyst_gives_stays_as_it_was():
    table = pd.DataFrame({"exit_text": ["Price ", None], "Reason": [1, 2]})
    before = table.copy(deep=True)
    wb.code_reasons(table).with_reasons(column="coded")
    pd.testing.assert_frame_equal(table, before)


def test_a_codebook_is_read_once_and_used_often():
    book = load_codebook(BOOK)
    assert wb.code_reasons(["price"], book).codebook is book


def test_results_answer_in_three_sentences():
    some = wb.code_reasons(["price", "price, moved", None, "?", "not because of the price"], BOOK)
    hold_to_three(
        some,
        wb.code_reasons([None]),
        wb.code_reasons(["x"]),
        wb.code_reasons(["price"]),
        load_codebook(),
        load_codebook(BOOK),
    )
    assert "2 of 4 exit texts name a known reason, most often the price (50.0%) and moved (25.0%)." in some.describe()
    assert "50.0% match no pattern, the most frequent one “?” (1), which may change the order" in some.describe()
    for line in (
        "By the first reason named, the cause lies with the customer in 25.0% and the company in 25.0%.",
        "25.0% did not decide to leave",
        "25.0% name several reasons",
        "In 1 a reason was named and taken back",
        "In 1 of 5 rows nothing was said.",
    ):
        assert line in some.details()


def test_the_table_has_the_reasons_that_were_named_then_the_rest():
    table = wb.code_reasons(["price", "price, moved", None, "?"], BOOK).table()
    assert table["Reason"].tolist() == ["the price", "moved", "not matched", "nothing said"]
    assert table["Texts that name it"].tolist() == ["2", "1", "1", "1"]
    assert table["Share"].tolist() == ["66.7%", "33.3%", "33.3%", "–"]


def test_unmatched_texts_are_listed_by_frequency_as_first_written():
    found = wb.code_reasons(["Weiß nicht", "why", "weiss nicht!", "WEISS NICHT", "price", None], BOOK).unmatched()
    assert found["text"].tolist() == ["Weiß nicht", "why"]
    assert found["n"].tolist() == [3, 1]
    assert np.allclose(found["share"], [0.6, 0.2])
