"""How is a codebook read and written? One file, every problem of it in one error."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from winback.doors import door
from winback.lost.codebook import CAUSES, TURNS, Codebook, Pattern, Reason, SetAside
from winback.lost.phrases import PatternError
from winback.tables.toml_files import read_toml

SHIPPED = "codebook.toml"
AS_AN_EXAMPLE = '[[reason]] name = "price", cause = "company", patterns.en = ["too expensive", "pric*"]'
KEYS = ("name", "cause", "words", "involuntary", "patterns")
LONGEST_SHOWN = 60  # characters of a pattern in a message


@door
def load_codebook(codebook: Codebook | Mapping | str | Path | None = None, *, more: Mapping | None = None) -> Codebook:
    r"""Read a codebook: the shipped one, the analyst's TOML file, or a mapping of the same shape.

    The file has a ``[[reason]]`` for each reason, in the order in which they count:

    =============== ==============================================================================
    ``name``        label of the reason, as it will stand in the column ``reason``; unique
    ``cause``       ``competitor``, ``company`` or ``customer``
    ``words``       optional: the reason as in "left because of ..."
    ``involuntary`` optional, true where nobody decided to leave (died, moved, payment failed)
    ``patterns``    a list of patterns, or a table of such lists by language (``patterns.en = [...]``)
    =============== ==============================================================================

    and, optional, ``[set_aside]`` with patterns that take a reason back, lists or tables by language alike:
    ``negated`` what follows within three words ("not because of"), ``cleared`` what was said within three words before
    ("was good"), ``praised`` what it says itself ("good service"); the first two end at ``turned`` ("but").

    A pattern is one of

    - words: ``too expensive``. Whole words next to each other, however they are capitalised or accented ("ü" is "ue");
    - ``kündig*``, ``*preis``: letters may follow or go before; ``(zu|viel zu) teuer``: one of these;
    - ``charged ... twice``: up to five words between, not beyond the next comma or full stop;
    - ``/colou?rs?/``: a regular expression on the text in lower case, whole words; its part of Python's language is
      limited to what cannot run for ever.

    Parameters
    ----------
    codebook : Codebook, mapping or path, optional
        The shipped codebook without it.
    more : mapping, optional
        Patterns to add: name of a reason -> pattern or patterns.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is not TOML, or listing every problem: reason, pattern, what is wrong, remedy.

    Examples
    --------
    >>> from winback.lost import load_codebook
    >>> own = {"reason": [{"name": "price", "cause": "company", "patterns": ["too dear", "pric*"]}]}
    >>> load_codebook(own, more={"price": "rip-off"}).to_frame()["pattern"].tolist()
    ['too dear', 'pric*', 'rip-off']
    """
    if codebook is None:
        codebook = shipped_codebook()
    if not isinstance(codebook, Codebook):
        codebook = _codebook_of(*_content_of(codebook))
    return _with_more(codebook, more) if more else codebook


@cache
def shipped_codebook() -> Codebook:
    """Return winback's own codebook; its two thousand patterns are made ready once."""
    text = (files("winback.lost") / SHIPPED).read_text(encoding="utf-8")
    return _codebook_of(tomllib.loads(text), "winback's codebook")


def _codebook_of(content: Mapping, source: str) -> Codebook:
    problems: list[str] = []
    found = Codebook(
        reasons=_reasons(content, problems),
        set_aside=_set_aside(content.get("set_aside", {}), problems),
        source=source,
    )
    unknown = [key for key in content if key not in ("reason", "set_aside")]
    problems += [f"There is no place for {key!r} on top. Write {AS_AN_EXAMPLE}." for key in unknown]
    _raise_if_any(source, problems)
    return found


def write_codebook(codebook: Codebook, path: str | Path) -> None:
    """Write a codebook as TOML, to be changed and read again by `load_codebook`."""
    import tomli_w

    rows = []
    for reason in codebook.reasons:
        row = {"name": reason.name, "cause": reason.cause, "words": reason.words, "involuntary": reason.involuntary}
        rows.append({key: value for key, value in row.items() if value} | {"patterns": _by_language(reason.patterns)})
    aside = {turn: _by_language(getattr(codebook.set_aside, turn)) for turn in TURNS}
    content = {"reason": rows, "set_aside": {key: listed for key, listed in aside.items() if listed}}
    Path(path).write_text(tomli_w.dumps(content, multiline_strings=False), encoding="utf-8")


def _by_language(patterns: tuple[Pattern, ...]) -> dict[str, list[str]] | list[str]:
    by_language: dict[str, list[str]] = {}
    for pattern in patterns:
        by_language.setdefault(pattern.language, []).append(pattern.written)
    return by_language if any(by_language) else by_language.get("", [])


def _content_of(codebook: Mapping | str | Path) -> tuple[Mapping, str]:
    """Return what a codebook holds, and where it comes from in words."""
    if isinstance(codebook, Mapping):
        return codebook, "the codebook given"
    hint = "In a text between \" \" a backslash is written twice; between ' ' once."
    return read_toml(codebook, f"{hint} One reason is {AS_AN_EXAMPLE}."), Path(codebook).name


def _reasons(content: Mapping, problems: list[str]) -> tuple[Reason, ...]:
    rows = content.get("reason", [])
    if not isinstance(rows, list | tuple) or not rows or not all(isinstance(row, Mapping) for row in rows):
        problems.append(f"There is no list of reasons. Write {AS_AN_EXAMPLE}.")
        return ()
    found, numbers = [], {}
    for number, row in enumerate(rows, start=1):
        name = str(row.get("name", "")).strip() if isinstance(row.get("name"), str) else ""
        called = f"Reason {name!r}" if name else f"Reason number {number}"
        if not name:
            problems.append(f'{called} has no name. Write name = "price".')
        elif (before := numbers.setdefault(name.casefold(), number)) < number:
            problems.append(f"{called} is there twice (numbers {before} and {number}). Put their patterns together.")
        problems += _problems_of_row(row, called)
        cause, words = str(row.get("cause")), str(row.get("words", ""))
        patterns = _patterns(row.get("patterns"), called, problems)
        found.append(Reason(name, cause, patterns, words, bool(row.get("involuntary"))))
    return tuple(found)


def _problems_of_row(row: Mapping, called: str) -> Iterator[str]:
    """Yield what is wrong with a reason but for its name and patterns."""
    for key in row:
        if key not in KEYS:
            yield f"{called} has {key!r}, which is not known. There are {', '.join(KEYS)}."
    if row.get("cause") not in CAUSES:
        got = f"has the cause {row['cause']!r}" if "cause" in row else "has no cause"
        yield f"{called} {got}. Write one of {', '.join(CAUSES)}."
    if not isinstance(row.get("words", ""), str):
        yield f'{called} must have words such as "the price"; got {row["words"]!r}.'
    if not isinstance(row.get("involuntary", False), bool):
        yield f"{called} must be involuntary = true or false; got {row['involuntary']!r}."


def _patterns(given: object, called: str, problems: list[str]) -> tuple[Pattern, ...]:
    """Return the patterns of a list, or of lists by language; what is wrong is added to the problems."""
    found, n_problems = {}, len(problems)
    for language, listed in (given if isinstance(given, Mapping) else {"": given}).items():
        where = f" ({language})" if language else ""
        for written in _as_list(listed):
            try:
                if not isinstance(written, str):
                    raise PatternError('is no text. Write it between " "')
                found[written, language] = Pattern.of(written, str(language))
            except PatternError as error:
                problems.append(f"{called}, pattern {_shown(written)}{where}: {error}.")
    if not found and len(problems) == n_problems:
        problems.append(f'{called} has no patterns. Write patterns.en = ["too expensive", "pric*"].')
    return tuple(found.values())


def _as_list(given: object) -> list:
    """Return one pattern or several as a list; what is neither is one that is no text."""
    if given is None:
        return []
    is_one = isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable)
    return [given] if is_one or getattr(given, "ndim", 1) == 0 else list(given)


def _shown(written: object) -> str:
    text = f"'{written}'" if isinstance(written, str) else repr(written)  # letters of any script as they are
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _set_aside(given: object, problems: list[str]) -> SetAside:
    """Return what takes a reason back."""
    if not isinstance(given, Mapping) or not set(given) <= set(TURNS):
        problems.append(f'[set_aside] must have {", ".join(TURNS)}, such as negated.en = ["not because of"].')
        return SetAside()
    found = {key: _patterns(listed, f"[set_aside] {key}", problems) for key, listed in given.items()}
    for key, patterns in found.items():
        for pattern in patterns:
            if pattern.expression is not None:
                problems.append(f"[set_aside] {key}, pattern {pattern.written!r}: must be words, not an expression.")
    return SetAside(**found)


def _with_more(codebook: Codebook, more: Mapping) -> Codebook:
    """Return a codebook with further patterns of its reasons."""
    there = ", ".join(codebook.names)
    unknown = [name for name in more if name not in codebook.names]
    problems = [f"There is no reason {name!r} to add patterns to; there are {there}." for name in unknown]
    added = {name: _patterns(listed, f"Reason {name!r}", problems) for name, listed in more.items()}
    _raise_if_any("`more`", problems)
    reasons = [replace(each, patterns=(*each.patterns, *added.get(each.name, ()))) for each in codebook.reasons]
    return replace(codebook, reasons=tuple(reasons), source=f"{codebook.source} with patterns of your own")


def _raise_if_any(source: str, problems: list[str]) -> None:
    if problems:
        raise ValueError("\n".join([f"{source} cannot be used:", *(f"  - {problem}" for problem in problems)]))
