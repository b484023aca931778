"""Are words alike that people write now one way, now another, and none else?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.lost.folded import plain_text, tokens_of


@pytest.mark.parametrize(
    "alike",
    [
        ["Kündigung", "KÜNDIGUNG", "kuendigung", "Ku\u0308ndigung"],
        ["Größe", "GRÖSSE", "groesse"],
        ["atención", "ATENCION"],
        ["счёт", "СЧЕТ"],
        ["ＰＲＩＣＥ", "price", "Price"],
        ["don't", "don’t", "dont"],
        ["كيفيت", "کیفیت", "کیـفیت"],  # an Arabic keyboard; a stretched letter
        ["ᲤᲐᲡᲘ", "ფასი"],  # Georgian capitals
        ["İade", "iade"],
        ["Ver\u00adtrag", "vertrag"],  # a soft hyphen
    ],
)
def test_ways_to_write_a_word_are_one(alike):
    assert len({plain_text(text) for text in alike}) == 1


@pytest.mark.parametrize(
    "different", [("price", "prices"), ("دار", "دیر"), ("कम", "काम"), ("ราคา", "ราค"), ("か", "が")]
)
def test_other_words_stay_others(different):
    one, other = map(plain_text, different)
    assert tokens_of(one) != tokens_of(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("TOO_EXPENSIVE", ["too", "expensive"]),
        ("too-expensive/slow", ["too", "expensive", "slow"]),
        ("太贵了,服务差", ["太", "贵", "了", ",", "服", "务", "差"]),
        ("5G太贵", ["5g", "太", "贵"]),
        ("قیمت\u200cها", ["قیمت", "ها"]),
        ("نمی\u200cخواهم", ["نمیخواهم"]),  # the prefix of a verb is part of it
        ("نمی خواهم", ["نمیخواهم"]),
        ("competitor's offer", ["competitor", "s", "offer"]),
        ("कीमत ज़्यादा।", ["कीमत", plain_text("ज़्यादा"), "।"]),
        ("价格😡💸", ["价", "格", "😡", "💸"]),
        ("一。二、三", ["一", "。", "二", "、", "三"]),
        ("", []),
    ],
)
def test_texts_of_any_script_are_parted_into_words(text, words):
    assert tokens_of(plain_text(text)) == words


@given(st.text(max_size=40))
def test_folding_is_done_once(text):
    assert plain_text(plain_text(text)) == plain_text(text)
