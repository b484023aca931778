"""Where in many texts does a phrase stand? All texts as one row of words, each looked up once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.lost.folded import BORDER, CLAUSE, tokens_of
from winback.lost.phrases import Phrase, Step, Word

AFTER_ALL_LETTERS = "\U0010ffff"


@dataclass(frozen=True, eq=False)
class Hits:
    """Where a phrase stands: the first and the last word of each place, among the words of all texts."""

    first: np.ndarray  # (n_hits,)
    last: np.ndarray  # (n_hits,)


@dataclass(frozen=True, eq=False)
class WordsInOrder:
    """The words of many texts in one row, and where in it each distinct word stands."""

    codes: np.ndarray  # (n_words,) which distinct word stands there
    known: list[str]  # distinct words, sorted
    text_of: np.ndarray  # (n_words,) which text a word stands in
    by_word: np.ndarray  # (n_words,) places, those of one distinct word together
    offsets: np.ndarray  # (n_known + 1,) where in `by_word` the places of each distinct word begin
    ends: np.ndarray  # (n_known,) which distinct words are marks that end a part of a sentence

    @classmethod
    def of(cls, plain_texts: Iterable[str]) -> WordsInOrder:
        """Part plain texts into words."""
        tokens = tokens_of("".join(f"{text}{BORDER}" for text in plain_texts))
        codes, known = pd.factorize(np.array(tokens, dtype=object), sort=True)
        border = bisect_left(known, BORDER)
        text_of = np.cumsum(codes == border) - (codes == border)
        offsets = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(known)))])
        ends = np.array([word in CLAUSE for word in known], dtype=bool)
        by_word = np.argsort(codes, kind="stable")
        return cls(codes, list(known), text_of, by_word=by_word, offsets=offsets, ends=ends)

    def hits(self, phrase: Phrase) -> Hits:
        """Return where a phrase stands."""
        places = [self.by_word[self.offsets[low] : self.offsets[high]] for low, high in self._spans(phrase[0])]
        first = np.unique(np.concatenate(places)) if places else np.array([], dtype=int)
        last = first
        for step in phrase[1:]:
            first, last = self._followed(first, last, step)
        return Hits(first, last)

    def _followed(self, first: np.ndarray, last: np.ndarray, step: Step) -> tuple[np.ndarray, np.ndarray]:
        """Return the places after which a further step follows, within the same part of a sentence."""
        wanted = np.zeros(len(self.known), dtype=bool)
        for low, high in self._spans(step):
            wanted[low:high] = True
        found = []
        for _ in range(step.gap + 1):
            last = last + 1  # never past the end: each text ends with a mark
            here = wanted[self.codes[last]]
            found.append((first[here], last[here]))
            goes_on = ~self.ends[self.codes[last]]
            first, last = first[goes_on], last[goes_on]
        return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])

    def _spans(self, step: Step) -> list[tuple[int, int]]:
        """Return which distinct words a step allows, as ranges in their order."""
        return [span for word in step.words for span in self._span(word) if span[0] < span[1]]

    def _span(self, word: Word) -> list[tuple[int, int]]:
        if word.open_start:
            fits = str.__contains__ if word.open_end else str.endswith
            return [(place, place + 1) for place, known in enumerate(self.known) if fits(known, word.text)]
        low = bisect_left(self.known, word.text)
        if word.open_end:
            return [(low, bisect_left(self.known, word.text + AFTER_ALL_LETTERS))]
        return [(low, low + 1)] if self.known[low : low + 1] == [word.text] else []

    def around(self, hits: Hits, n_words: int, after: bool, stops: np.ndarray) -> np.ndarray:
        """Mark the words after (or before) hits, up to so many, and not beyond a word that stops."""
        marked = np.zeros(len(self.codes), dtype=bool)
        place, step = (hits.last, 1) if after else (hits.first, -1)
        for _ in range(n_words):
            place = place + step
            place = place[(place >= 0) & ~stops[place]]
            marked[place] = True
        return marked

    def marked(self, found: Iterable[Hits]) -> np.ndarray:
        """Mark the words of hits, from the first to the last of each."""
        changes = np.zeros(len(self.codes) + 1, dtype=int)
        for hits in found:
            np.add.at(changes, hits.first, 1)
            np.add.at(changes, hits.last + 1, -1)
        return np.cumsum(changes[:-1]) > 0
