"""Is this list of patterns fit for use? Each made ready once, and all that is wrong said with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from winback.lost.phrases import PatternError, Phrase, phrases_of
from winback.lost.regexes import compiled

PatternList = str | Iterable[str] | Mapping[str, Iterable[str]]
LONGEST_SHOWN = 60  # characters of a pattern in a message


@dataclass(frozen=True)
class Pattern:
    """A pattern as it was written, with the phrases it stands for, or its regular expression."""

    written: str
    language: str = ""
    phrases: tuple[Phrase, ...] = field(default=(), repr=False)
    expression: re.Pattern[str] | None = field(default=None, repr=False)


def pattern_of(written: str, language: str = "") -> Pattern:
    """Make a pattern ready.

    Examples
    --------
    >>> pattern_of("/colou?r/").expression is None, len(pattern_of("too dear").phrases)
    (False, 1)
    """
    text = written.strip()
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return Pattern(written, language, expression=compiled(text[1:-1]))
    return Pattern(written, language, phrases=phrases_of(text))


def patterns_of(given: object, called: str, problems: list[str]) -> tuple[Pattern, ...]:
    """Return the patterns of a list, or of lists by language; what is wrong is added to the problems."""
    if isinstance(given, Mapping):
        lists = [(str(language), listed) for language, listed in given.items()]
    else:
        lists = [("", given)]
    found = []
    for language, listed in lists:
        for written in _listed(listed):
            try:
                found.append(_text_pattern(written, language))
            except PatternError as error:
                where = f" ({language})" if language else ""
                problems.append(f"{called}, pattern {_shown(written)}{where}: {error}.")
    if not found and not any(problem.startswith(f"{called}, pattern") for problem in problems):
        problems.append(f'{called} has no patterns. Write patterns.en = ["too expensive", "pric*"].')
    return tuple({(pattern.written, pattern.language): pattern for pattern in found}.values())


def _listed(given: object) -> list:
    """Return one pattern or several as a list; what is neither is one that is no text."""
    if isinstance(given, str) or given is None:
        return [] if given is None else [given]
    return list(given) if isinstance(given, Iterable) and not isinstance(given, bytes | Mapping) else [given]


def _text_pattern(written: object, language: str) -> Pattern:
    if not isinstance(written, str):
        raise PatternError('is no text. Write it between " "')
    return pattern_of(written, language)


def _shown(written: object) -> str:
    text = f"'{written}'" if isinstance(written, str) else repr(written)  # letters of any script as they are
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
