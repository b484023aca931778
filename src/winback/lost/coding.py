"""Which reasons does each text name? Patterns looked up among the words of all texts, less what is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.lost.codebook import Codebook, Pattern, SetAside
from winback.lost.folded import lower_text, plain_text
from winback.lost.phrases import Phrase
from winback.lost.words_in_order import WordsInOrder

# Words that a negation reaches: "not because of [the high price]". One more would take back the next thing said.
TAKEN_BACK = 3
AT_THE_END = " .!?,;:。"  # what ends a text says nothing of its reason; expressions see it
NEVER = np.iinfo(np.int32).max  # the number of the first pattern that names a reason, where none does


@dataclass(frozen=True, eq=False)
class Coded:
    """Which reasons distinct texts name.

    Attributes
    ----------
    pattern : (n_texts, n_reasons) int
        Which of a reason's patterns is the first in the codebook to name it, `NEVER` for none.
    set_aside : (n_texts,) bool
        A reason was named and taken back.
    alike : (n_texts,) int
        Texts that only case, accents and a mark at the end tell apart have the same number.
    """

    pattern: np.ndarray
    set_aside: np.ndarray
    alike: np.ndarray

    @property
    def named(self) -> np.ndarray:
        """Which reasons each text names, shape (n_texts, n_reasons)."""
        return self.pattern != NEVER


def code_texts(texts: list[str], codebook: Codebook) -> Coded:
    """Code distinct texts."""
    alike, plain = pd.factorize(np.array([plain_text(text).rstrip(AT_THE_END) for text in texts], dtype=object))
    words = WordsInOrder.of(plain)
    taken_back = _taken_back(words, codebook.set_aside)
    pattern = np.full((len(plain), len(codebook.reasons)), NEVER)
    set_aside = np.zeros(len(plain), dtype=bool)
    for column, number, each in _numbered(codebook):
        for phrase in each.phrases:
            found = words.hits(phrase)
            back = taken_back[found.first] | taken_back[found.last]
            said = words.text_of[found.first[~back]]
            pattern[said, column] = np.minimum(pattern[said, column], number)
            set_aside[words.text_of[found.first[back]]] = True
    return Coded(_with_expressions(pattern[alike], texts, codebook), set_aside[alike], alike)


def _numbered(codebook: Codebook) -> Iterator[tuple[int, int, Pattern]]:
    """Yield every pattern with the number of its reason and its own."""
    for column, reason in enumerate(codebook.reasons):
        for number, pattern in enumerate(reason.patterns):
            yield column, number, pattern


def _with_expressions(pattern: np.ndarray, texts: list[str], codebook: Codebook) -> np.ndarray:
    """Add what regular expressions find, which look at the text itself and not at its words."""
    listed = [row for row in _numbered(codebook) if row[2].expression is not None]
    lower = [lower_text(text) for text in texts] if listed else []
    for column, number, each in listed:
        rows = np.array([each.expression.search(text) is not None for text in lower], dtype=bool)
        pattern[rows, column] = np.minimum(pattern[rows, column], number)
    return pattern


def _taken_back(words: WordsInOrder, turns: SetAside) -> np.ndarray:
    """Return which words are taken back by what stands before or after them, or by the turn they stand in."""
    stops = words.marked(words.hits(phrase) for phrase in _phrases(turns.turned)) | words.ends[words.codes]
    back = words.marked(words.hits(phrase) for phrase in _phrases(turns.praised))
    for patterns, after in ((turns.negated, True), (turns.cleared, False)):
        for phrase in _phrases(patterns):
            back |= words.around(words.hits(phrase), TAKEN_BACK, after, stops)
    return back


def _phrases(patterns: Iterable[Pattern]) -> Iterator[Phrase]:
    return (phrase for pattern in patterns for phrase in pattern.phrases)
