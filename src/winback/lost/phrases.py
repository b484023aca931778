"""Which words does a pattern stand for? Words, `stem*`, `(one|other)` and a gap of a few words, as people write them.

Words are whole words unless a star says that letters may follow (``kündig*``) or go before (``*preis``). Words in a
row stand next to each other, ``...`` lets up to five others stand between. Scripts without spaces have no whole words:
their phrases are found anywhere. What Persian joins without a space is found joined, parted and written as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from winback.lost.folded import CLAUSE, UNSPACED, plain_text, tokens_of

# Words that "..." may stand for: "charged me for the very same thing twice"; more joins what is not said together.
GAP = 5
MOST_PHRASES = 200  # of one pattern: alternatives of several words multiply
SHORTEST_STEM = 2  # letters beside a star; words that begin with one letter are a tenth of all
JOINER = "\u200c"  # zero-width non-joiner, which Persian writes inside words
_PARTS = re.compile(r"\((?P<group>[^()]*)\)|(?P<gap>\.\.\.)|(?P<word>[^\s()]+)|(?P<other>[()])")


@dataclass(frozen=True)
class Word:
    """One word, whose beginning or end may be open."""

    text: str
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True)
class Step:
    """One of several words, after a gap of up to so many others."""

    words: tuple[Word, ...]
    gap: int = 0


Phrase = tuple[Step, ...]


class PatternError(ValueError):
    """A pattern cannot be used; says why, and what to write instead."""


def phrases_of(written: str) -> tuple[Phrase, ...]:
    """Return the phrases a pattern stands for: one, or more where alternatives have several words.

    Examples
    --------
    >>> [[word.text for word in step.words] for step in phrases_of("(zu|sehr) teuer")[0]]
    [['zu', 'sehr'], ['teuer']]
    >>> phrases_of("*")
    Traceback (most recent call last):
    winback.lost.phrases.PatternError: matches every text. Write at least 2 letters beside a star
    """
    parts: list[list[Phrase]] = []
    gap = 0
    for found in _PARTS.finditer(plain_text(written).replace("...", " ... ")):
        if found["gap"]:
            gap = GAP if parts else 0
            continue
        if found["other"]:
            raise PatternError("has a parenthesis without its other half. Write (one|other)")
        if found["word"] and "|" in found["word"]:
            raise PatternError("has | outside parentheses. Write (one|other), or two patterns")
        parts.append(
            [(replace(first, gap=gap), *rest) for first, *rest in _ways(found["group"] or found["word"] or "")]
        )
        gap = 0
    n = 1
    for part in parts:
        n *= len(part)
    if not parts or n > MOST_PHRASES:
        raise PatternError("is empty. Delete it" if not parts else "has too many alternatives. Write several patterns")
    return tuple(sum(way, ()) for way in product(*parts))


def _ways(alternatives: str) -> list[Phrase]:
    """Return the ways to say one of several: single words are one step together, words in a row are a way each."""
    words, ways = [], []
    for sequence in dict.fromkeys(_sequences(alternatives)):
        if len(sequence) == 1:
            words.append(sequence[0])
        else:
            ways.append(tuple(Step((word,)) for word in sequence))
    return [*([(Step(tuple(words)),)] if words else []), *ways]


def _sequences(alternatives: str) -> Iterator[tuple[Word, ...]]:
    """Yield the words of each alternative in a row, with joiners as blanks and without them."""
    for alternative in alternatives.split("|"):
        for way in dict.fromkeys([alternative.replace(JOINER, " "), alternative.replace(JOINER, "")]):
            words = tuple(word for part in way.split() for word in _words(part))
            if not words:
                raise PatternError("has an empty alternative. Write (one|other)")
            yield words


def _words(part: str) -> list[Word]:
    bare = part.strip("*")
    if "*" in bare:
        raise PatternError("has a star inside a word. Put stars at its ends, or write /un\\w*lich/")
    tokens = tokens_of(bare)
    if not tokens:
        what = "matches every text" if "*" in part else f"has no word in {part!r}"
        raise PatternError(f"{what}. Write at least {SHORTEST_STEM} letters beside a star")
    if marks := [token for token in tokens if token in CLAUSE]:
        raise PatternError(f"has the mark {marks[0]!r}, at which phrases end. Write what stands before or after it")
    words = [Word(token) for token in tokens]
    if part.startswith("*"):
        words[0] = _opened(words[0], open_start=True)
    if part.endswith("*"):
        words[-1] = _opened(words[-1], open_end=True)
    return words


def _opened(word: Word, open_start: bool = False, open_end: bool = False) -> Word:
    """Return a word with an open end; a character of a script without spaces is open anyway."""
    if re.match(f"[{UNSPACED}]", word.text):
        return word
    if len(word.text) < SHORTEST_STEM:
        raise PatternError(f"matches nearly every text. Write at least {SHORTEST_STEM} letters beside a star")
    return Word(word.text, word.open_start or open_start, word.open_end or open_end)
