"""How does a result show itself? As a tidy frame, as sentences, and as a rounded table.

A result is a frozen dataclass that inherits from `Result` and says four things: its tidy frame, its answer in at most
three sentences, the details, and which columns of the frame a reader sees under which heading and in which format.
Rounding happens here, that of money in `winback.money`, and nowhere else.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from winback.in_html import NO_TEX, html_table, html_tiles
from winback.money import DASH, format_alike, format_money, not_finite

HOW_FOUND = "How this was found"
OF_A_FILE = re.compile(r"[^\s:]+\.\w+:")  # a sentence that begins with the name of a file

# The first word that is a plural: "remedies", "boxes", "rows"; not "less", "status" or "analysis".
PLURAL = re.compile(r"\b(\w+?)(?:(?P<y>ies)|(?<=ch|sh|ss)es|(?<=x)es|(?<![siu])s)\b")
ONE = {"are": "is", "were": "was", "have": "has", "differ": "differs"}


def format_percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> format_percent(0.45), format_percent(7.934, 0)
    ('45.0%', '793%')
    """
    return f"{_unsigned_zero(f'{100 * share:,.{digits}f}')}%" if math.isfinite(share) else not_finite(share)


def format_chance(chance: float) -> str:
    """Write an estimated chance as a percentage, never as none or as certainty.

    Examples
    --------
    >>> format_chance(0.9968), format_chance(1.0), format_chance(2e-5)
    ('99.7%', 'over 99.9%', 'under 0.1%')
    """
    if 0 <= chance < 0.0005 or 0.9995 <= chance <= 1:
        return "under 0.1%" if chance < 0.5 else "over 99.9%"
    return format_percent(chance)


def format_count(number: float) -> str:
    """Write a whole number with thousands separated.

    Examples
    --------
    >>> format_count(53000)
    '53,000'
    """
    return _unsigned_zero(f"{number:,.0f}") if math.isfinite(number) else not_finite(number)


def counted(n: float, what: str, verb: str = "") -> str:
    """Write a count with what is counted, and a verb where asked, in the singular for one.

    Examples
    --------
    >>> counted(2, "refunds (below zero)"), counted(1, "customers without a purchase")
    ('2 refunds (below zero)', '1 customer without a purchase')
    >>> counted(2, "rows", "are"), counted(1, "rows", "are")
    ('2 rows are', '1 row is')
    >>> counted(1, "remedies"), counted(1, "times"), counted(1, "moments less than a day")
    ('1 remedy', '1 time', '1 moment less than a day')
    """
    one = f"1 {PLURAL.sub(lambda found: found[1] + ('y' if found['y'] else ''), what, count=1)}"
    count = format_count(n)
    said = [one, ONE.get(verb, verb)] if count == "1" else [f"{count} {what}", verb]
    return " ".join(filter(None, said))


def format_number(number: float) -> str:
    """Write a number to four significant digits, a small one to four decimals.

    Examples
    --------
    >>> format_number(23.7556), format_number(-0.000312), format_number(15234.2)
    ('23.76', '-0.0003', '15,234')
    """
    if not math.isfinite(number):
        return not_finite(number)
    whole = len(f"{abs(number):.0f}") if abs(number) >= 1 else 0
    return _unsigned_zero(f"{number:,.{max(0, 4 - whole)}f}")


def format_p_value(p_value: float) -> str:
    """Write a p-value, a tiny one as a bound.

    Examples
    --------
    >>> format_p_value(0.0316), format_p_value(1e-9)
    ('0.032', '< 0.001')
    """
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def state_p_value(p_value: float) -> str:
    """Write a p-value as in a sentence.

    Examples
    --------
    >>> state_p_value(0.0316), state_p_value(1e-9)
    ('p = 0.032', 'p < 0.001')
    """
    text = format_p_value(p_value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _unsigned_zero(text: str) -> str:
    return text.lstrip("-") if not text.strip("-0.,") else text


def join_words(words: Iterable[str]) -> str:
    """Join words as in a sentence.

    Examples
    --------
    >>> join_words(["discount", "upgrade", "bundle"])
    'discount, upgrade and bundle'
    """
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


FORMATS = {
    "text": str,
    "count": format_count,
    "number": format_number,
    "p_value": format_p_value,
    "times": "{:.2f}".format,
    "tenths": "{:.1f}".format,
    "money": format_money,  # but several amounts alike
    "percent": format_percent,
    "chance": format_chance,
    "percent0": lambda share: format_percent(share, 0),
    "points": lambda share: format_percent(share).removesuffix("%"),  # percentage points
}


class Sentences(str):
    r"""Text of one sentence or paragraph per line, shown as paragraphs in a notebook.

    Examples
    --------
    >>> Sentences("One.\nTwo.")._repr_html_()
    '<div class="tex2jax_ignore mathjax_ignore"><p>One.</p><p>Two.</p></div>'
    """

    __slots__ = ()

    @classmethod
    def of(cls, lines: Iterable[str]) -> Sentences:
        """Join sentences, each with a capital letter; a file is called as it is.

        Examples
        --------
        >>> Sentences.of(["nobody was lost.", "log.csv: nobody was lost."])
        Nobody was lost.
        log.csv: nobody was lost.
        """
        return cls("\n".join(line if OF_A_FILE.match(line) else line[:1].upper() + line[1:] for line in lines))

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in self.splitlines())
        return f'<div class="{NO_TEX}">{paragraphs}</div>'

    def folded(self) -> str:
        """Return the sentences as HTML that is folded away until it is asked for; nothing where there are none."""
        return f"<details><summary>{HOW_FOUND}</summary>{self._repr_html_()}</details>" if self else ""

    def __repr__(self) -> str:
        """Show the text itself."""
        return str(self)


class Result:
    """What every result can do: ``to_frame()``, ``describe()``, ``details()``, ``table()`` and show itself.

    Attributes
    ----------
    shown : mapping
        Column of ``to_frame()`` -> (heading, format). Formats: text, count, number, p_value, times, tenths, money,
        percent, percent0 (no decimals).
        A column with ``<name>_low`` and ``<name>_high`` beside it is shown with its interval.
    currency : str
        Sign or code put before money.
    frame : pandas.DataFrame
        The figures of a result that is one table.
    """

    frame: pd.DataFrame
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {}
    currency: str = "$"

    def to_frame(self) -> pd.DataFrame:
        """Return the result as a tidy frame, unrounded: a copy of its ``frame``."""
        return self.frame.copy()

    def describe(self) -> Sentences:
        """Return at most three sentences, one per line: the answer, how sure it is, the doubt that matters most."""
        raise NotImplementedError

    def details(self) -> Sentences:
        """Return everything else there is to say, folded away where it is shown; nothing unless there is more."""
        return Sentences()

    def what_to_do(self) -> Sentences:
        """Return the next step in one sentence; nothing where the result asks for none."""
        return Sentences()

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers, all text."""
        return self.rounded(self.to_frame())

    def rounded(self, frame: pd.DataFrame, shown: Mapping[str, tuple[str, str]] | None = None) -> pd.DataFrame:
        """Return columns of a frame of this result, rounded, as text; those of ``shown`` unless others are given."""
        columns = {}
        for name, (heading, form) in (self.shown if shown is None else shown).items():
            if name in frame and not (frame[name].isna() | (frame[name] == "")).all():
                columns[heading] = self._column(frame, name, form)
        return pd.DataFrame(columns)

    def show(self) -> Shown:
        """Return the rounded table as a notebook shows it."""
        return Shown(self.table())

    def _column(self, frame: pd.DataFrame, name: str, form: str) -> list[str]:
        """Write a column and its intervals in one format."""
        ends = [f"{name}_{end}" for end in ("low", "high")]
        if not set(ends) <= set(frame):
            return self.formats(frame[name], form, exact=True)
        n = len(frame)
        texts = self.formats([*frame[name], *frame[ends[0]], *frame[ends[1]]], form, exact=True)
        without = (frame[ends].isna().all(axis=1) | (frame[ends[0]] == frame[ends[1]])).to_list()
        cells = zip(texts[:n], texts[n : 2 * n], texts[2 * n :], without, strict=True)
        return [text if alone else f"{text} [{low}, {high}]" for text, low, high, alone in cells]

    def interval(self, row: Mapping, name: str, form: str) -> str:
        """Write a figure of a row with its interval, ``name``, ``<name>_low`` and ``<name>_high``, in one format."""
        figure, low, high = self.formats([row[f"{name}{end}"] for end in ("", "_low", "_high")], form)
        return f"{figure} [{low}, {high}]"

    def formats(self, values: Iterable, form: str, *, exact: bool = False) -> list[str]:
        """Write values in one of the formats of ``shown``, money alike, in a table exact; a missing one is a dash."""
        if form == "money":
            return format_alike([math.nan if pd.isna(value) else value for value in values], self.currency, exact=exact)
        return [self.format(value, form) for value in values]

    def format(self, value, form: str) -> str:
        """Write one value in one of the formats of ``shown``; a missing one is a dash."""
        if form not in FORMATS:
            raise ValueError(f"There is no format {form!r}; there are {', '.join(FORMATS)}.")
        if value is None or pd.isna(value):
            return DASH
        return format_money(float(value), self.currency) if form == "money" else FORMATS[form](value)

    def __str__(self) -> str:
        """Show the first sentences and the table, at most 12 lines."""
        table = self.table().iloc[:, :6]
        rows = [] if table.empty else table.head(6).to_string(index=False).splitlines()
        rows += [f"... {len(table)} rows in all"] if len(table) > 6 else []
        return "\n".join([*self.describe().splitlines()[: 12 - len(rows)], *rows])

    def __repr__(self) -> str:
        """Show the same in a console."""
        return str(self)

    def _repr_html_(self) -> str:
        return self.describe()._repr_html_() + html_table(self.table()) + self.details().folded()


@dataclass(frozen=True)
class Shown:
    """A rounded table or a row of tiles, as a notebook shows it."""

    frame: pd.DataFrame  # text
    as_tiles: bool = False  # one tile per row: label, figure, note

    def _repr_html_(self) -> str:
        return html_tiles(self.frame) if self.as_tiles else html_table(self.frame)

    def __str__(self) -> str:
        """Show the table as text."""
        return self.frame.to_string(index=False)
