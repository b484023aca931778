"""Where does a formula or a claim come from? Each source with its evidence and a link, one click away."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from winback.in_html import NO_TEX
from winback.works import SOURCES, Source

FORMULA = "The formula, and where it comes from"


@dataclass(frozen=True)
class Formula:
    """A formula in words, folded away, with links to its sources: keys of them, or a key and the place in it.

    Examples
    --------
    >>> print(Formula("DERL = sum of S(t) / S(n - 1) x (1 + d)^(n - t)", ("constant churn", "equation 6")).cited[0])
    Fader & Hardie, Customer-base valuation in a contractual setting, Marketing Science 29(1), 2010, equation 6 (study)
    >>> print(Formula("profit = value - cost", "study"))
    profit = value - cost
    Kumar, Bhagwat & Zhang, Winning back lost customers, Harvard Business Review, March 2016 (study)
    """

    text: str
    keys: tuple[str | tuple[str, str], ...]

    def __init__(self, text: str, *keys: str | tuple[str, str]):
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "keys", keys)

    @property
    def cited(self) -> list[str]:
        """Where it comes from, as text."""
        return [*_in_words(self.keys, formulas=True)]

    def _repr_html_(self) -> str:
        lines = "<br>".join(html.escape(line) for line in self.text.splitlines())
        sources = "".join(f"<p>{_explained(*_found(key))}</p>" for key in self.keys)
        return f'<details class="{NO_TEX}"><summary>{FORMULA}</summary><p>{lines}</p>{sources}</details>'

    def __str__(self) -> str:
        """Show the same as text."""
        return "\n".join([self.text, *self.cited])


@dataclass(frozen=True)
class Cited:
    """Sources in view, each with its evidence and a link: on what a claim of others rests."""

    keys: tuple[str, ...]

    def __init__(self, *keys: str):
        object.__setattr__(self, "keys", keys)

    def _repr_html_(self) -> str:
        return "".join(f'<p class="{NO_TEX}">{_linked(*_found(key))}</p>' for key in self.keys)

    def __str__(self) -> str:
        """Show the same as text."""
        return "\n".join(_in_words(self.keys))


def _found(key: str | tuple[str, str]) -> tuple[Source, str]:
    """Return a source, and the place in it with a comma before it; none where the whole of it is meant."""
    name, place = (key, "") if isinstance(key, str) else key
    return SOURCES[name], place and f", {place}"


def _linked(source: Source, place: str) -> str:
    who, what, link, place = (html.escape(text) for text in (source.who, source.what, source.link, place))
    return f'{who}, <a href="{link}">{what}</a>{place} ({source.evidence})'


def _explained(source: Source, place: str) -> str:
    linked = _linked(source, place)
    return f"{html.escape(source.formula)}:<br>{linked}" if source.formula else linked


def _in_words(keys: tuple[str | tuple[str, str], ...], formulas: bool = False) -> Iterator[str]:
    for source, place in map(_found, keys):
        said = f"{source.formula}: " if formulas and source.formula else ""
        yield f"{said}{source.who}, {source.what}{place} ({source.evidence})"
