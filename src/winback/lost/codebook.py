"""Which reasons are there, and by which words is each known? The codebook, shipped or the analyst's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import ClassVar

import pandas as pd

from winback.lost.phrases import Phrase, phrases_of
from winback.lost.regexes import compiled
from winback.results import Result, Sentences, format_count, join_words

CAUSES = ("competitor", "company", "customer")


@dataclass(frozen=True)
class Pattern:
    """A pattern as it was written, with the phrases it stands for, or its regular expression."""

    written: str
    language: str = ""  # empty: listed without one
    phrases: tuple[Phrase, ...] = field(default=(), repr=False)
    expression: re.Pattern[str] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, written: str, language: str = "") -> Pattern:
        """Make a pattern ready.

        Examples
        --------
        >>> Pattern.of("/colou?r/").expression is None, len(Pattern.of("too dear").phrases)
        (False, 1)
        """
        text = written.strip()
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            return cls(written, language, expression=compiled(text[1:-1]))
        return cls(written, language, phrases=phrases_of(text))


@dataclass(frozen=True)
class Reason:
    """A reason for leaving, its cause, and the patterns by which it is known."""

    name: str
    cause: str  # competitor, company or customer
    patterns: tuple[Pattern, ...] = field(repr=False)
    words: str = ""  # the reason as in "left because of ..."
    involuntary: bool = False  # nobody decided to leave: died, moved, payment failed


@dataclass(frozen=True)
class SetAside:
    """Turns of speech that take a reason back."""

    negated: tuple[Pattern, ...] = ()  # takes back what follows: "not because of"
    cleared: tuple[Pattern, ...] = ()  # takes back what was said before: "was good"
    praised: tuple[Pattern, ...] = ()  # takes back what it says itself: "good service"
    turned: tuple[Pattern, ...] = ()  # where the two end: "but"


TURNS = tuple(turn.name for turn in fields(SetAside))


@dataclass(frozen=True, repr=False)
class Codebook(Result):
    """Reasons in the order in which they count, with their patterns.

    Attributes
    ----------
    reasons : tuple of Reason
        Where a text names several, the one that stands first here is its first reason.
    set_aside : SetAside
        What takes a reason back.
    source : str
        Where the codebook comes from, as in a sentence.
    """

    reasons: tuple[Reason, ...]
    set_aside: SetAside = SetAside()
    source: str = "the codebook"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "cause": ("Cause", "text"),
        "reason": ("Reason", "text"),
        "language": ("Language", "text"),
        "pattern": ("Pattern", "text"),
    }

    @property
    def names(self) -> tuple[str, ...]:
        """The reasons' names, in order."""
        return tuple(reason.name for reason in self.reasons)

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that patterns are listed under."""
        return tuple(language for language in self.to_frame()["language"].unique() if language)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pattern: ``reason``, ``cause``, ``language``, ``pattern``."""
        rows = [
            (reason.name, reason.cause, pattern.language, pattern.written)
            for reason in self.reasons
            for pattern in reason.patterns
        ]
        return pd.DataFrame(rows, columns=["reason", "cause", "language", "pattern"])

    def describe(self) -> Sentences:
        """Say how many reasons and patterns there are, and in which order they count."""
        n, languages = len(self.to_frame()), self.languages
        among = f" in {len(languages)} languages" if len(languages) > 1 else ""
        source = self.source[:1].upper() + self.source[1:]
        return Sentences.of(
            [
                f"{source} knows {len(self.reasons)} reasons by {format_count(n)} patterns{among}.",
                f"Where a text names several, the first of these counts: {join_words(self.names)}.",
            ]
        )
