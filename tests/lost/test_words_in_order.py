"""Are phrases found where a slow search, text by text and word by word, finds them?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from winback.lost.folded import BORDER, CLAUSE, tokens_of
from winback.lost.phrases import Step, Word
from winback.lost.words_in_order import WordsInOrder

words = st.sampled_from(["aa", "ab", "abc", "ba", "cab", "x"])
texts = st.lists(
    st.lists(st.one_of(words, st.sampled_from([",", "."])), max_size=8).map(" ".join), min_size=1, max_size=6
)
steps = st.builds(
    Step,
    st.lists(st.builds(Word, words, st.booleans(), st.booleans()), min_size=1, max_size=2).map(tuple),
    st.integers(0, 2),
)
phrases = st.lists(steps, min_size=1, max_size=3).map(tuple)


def is_said(word, token):
    if word.open_start:
        return word.text in token if word.open_end else token.endswith(word.text)
    return token.startswith(word.text) if word.open_end else token == word.text


def slowly(phrase, tokens, place):
    """Return where a phrase that begins at a place may end."""
    if not any(is_said(word, tokens[place]) for word in phrase[0].words):
        return set()
    ends = {place}
    for step in phrase[1:]:
        found = set()
        for end in ends:
            for after in range(end + 1, min(end + 2 + step.gap, len(tokens))):
                if any(is_said(word, tokens[after]) for word in step.words):
                    found.add(after)
                if tokens[after] in CLAUSE:
                    break
        ends = found
    return ends


@given(texts, phrases)
def test_phrases_stand_where_a_slow_search_finds_them(written, phrase):
    found = WordsInOrder.of(written).hits(phrase)
    tokens = tokens_of("".join(text + BORDER for text in written))
    expected = {(place, end) for place in range(len(tokens)) for end in slowly(phrase, tokens, place)}
    assert set(zip(found.first.tolist(), found.last.tolist(), strict=True)) == expected


@given(texts)
def test_each_word_knows_its_text(written):
    row = WordsInOrder.of(written)
    assert [int((row.text_of == number).sum()) for number in range(len(written))] == [
        len(tokens_of(text)) + 1 for text in written
    ]


def test_what_is_around_ends_at_a_mark_and_at_a_word_that_stops():
    row = WordsInOrder.of(["not the price but service , quality", "price"])
    negated = row.hits((Step((Word("not"),)),))
    marks = row.ends[row.codes]
    assert row.around(negated, 9, True, marks).nonzero()[0].tolist() == [1, 2, 3, 4]
    turned = marks | row.marked([row.hits((Step((Word("but"),)),))])
    assert row.around(negated, 9, True, turned).nonzero()[0].tolist() == [1, 2]
    assert not row.around(negated, 9, False, turned).any()
    assert np.array_equal(row.marked([negated]).nonzero()[0], [0])
