"""Which reasons does each text name? Patterns looked up among the words of all texts, and what is taken back set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.lost.codebook import Codebook, SetAside
from winback.lost.folded import lower_text, plain_text
from winback.lost.pattern import Pattern
from winback.lost.phrases import Phrase
from winback.lost.words_in_order import WordsInOrder

# Words that a negation reaches: "not because of [the high price]". One more would take back the next thing said.
TAKEN_BACK = 3
NO_PATTERN = -1


@dataclass(frozen=True, eq=False)
class Coded:
    """Which reasons distinct texts name.

    Attributes
    ----------
    named : (n_texts, n_reasons) bool
    pattern : (n_texts, n_reasons) which of a reason's patterns named it first in the codebook, -1 for none
    set_aside : (n_texts,) bool
        A reason was named and taken back.
    alike : (n_texts,) int
        Texts that only case, accents and marks tell apart have the same number.
    """

    named: np.ndarray
    pattern: np.ndarray
    set_aside: np.ndarray
    alike: np.ndarray


def code_texts(texts: list[str], codebook: Codebook) -> Coded:
    """Code distinct texts."""
    alike, plain = pd.factorize(np.array([plain_text(text) for text in texts], dtype=object))
    words = WordsInOrder.of(plain)
    taken_back = _taken_back(words, codebook.set_aside)
    lower = pd.Series([lower_text(text) for text in texts], dtype=object) if _has_expressions(codebook) else None
    pattern = np.full((len(texts), len(codebook.reasons)), NO_PATTERN)
    set_aside = np.zeros(len(texts), dtype=bool)
    for column, reason in enumerate(codebook.reasons):
        for number in reversed(range(len(reason.patterns))):  # so that the first one is what stays
            said, aside = _said_in(reason.patterns[number], words, taken_back, len(plain))
            rows = said[alike]
            if lower is not None and (expression := reason.patterns[number].expression) is not None:
                rows = lower.str.contains(expression).to_numpy(dtype=bool)
            pattern[rows, column] = number
            set_aside |= aside[alike]
    return Coded(pattern != NO_PATTERN, pattern, set_aside, alike)


def _has_expressions(codebook: Codebook) -> bool:
    return any(pattern.expression is not None for reason in codebook.reasons for pattern in reason.patterns)


def _said_in(pattern: Pattern, words: WordsInOrder, taken_back: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which texts a pattern stands in, and in which it was taken back, shape (n,) each."""
    said, aside = np.zeros((2, n), dtype=bool)
    for phrase in pattern.phrases:
        found = words.hits(phrase)
        back = taken_back[found.first] | taken_back[found.last]
        said[words.text_of[found.first[~back]]] = True
        aside[words.text_of[found.first[back]]] = True
    return said, aside


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
