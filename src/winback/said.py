"""How is a result said on a page? Its answer; everything else there is to say or show is folded away."""

from __future__ import annotations

import html
from dataclasses import dataclass

from winback.results import Result, Sentences, Shown

MOST_COLUMNS = 5  # of a table on a page: on a phone more would be hidden


@dataclass(frozen=True)
class Said:
    """What a result says: its answer, and the rest folded away."""

    result: Result

    def _repr_html_(self) -> str:
        return self.result.describe()._repr_html_() + self.result.details().folded()

    def __str__(self) -> str:
        """Say the answer alone."""
        return str(self.result.describe())


@dataclass(frozen=True)
class Folded:
    """What is folded away until it is asked for: the figures behind a picture, or how something was found."""

    what: Shown | Sentences
    summary: str = "The figures"

    def _repr_html_(self) -> str:
        inside = self.what._repr_html_() if str(self.what) else ""
        return f"<details><summary>{html.escape(self.summary)}</summary>{inside}</details>" if inside else ""

    def __str__(self) -> str:
        """Say it all."""
        return str(self.what)


def figures_of(result: Result, without: tuple[str, ...] = ()) -> Folded:
    """Return the table of a result folded away, in the columns that a page has room for, some headings left out.

    Examples
    --------
    >>> import winback as wb
    >>> print(len(figures_of(wb.load_telecom_study().trial).what.frame.columns) <= MOST_COLUMNS)
    True
    """
    table = result.table().drop(columns=list(without), errors="ignore")
    return Folded(Shown(table.iloc[:, :MOST_COLUMNS]))


def first_sentence(text: str) -> str:
    """Return the first sentence of a text, where the others are of no use to a page.

    Examples
    --------
    >>> first_sentence("It is simulated: nothing is a finding. Its 27.8 months were solved for.")
    'It is simulated: nothing is a finding.'
    """
    first, end, _ = text.partition(". ")
    return f"{first}." if end else first
