"""How does a table of text look in a notebook or on a page? Figures to the right, intervals small below them."""

from __future__ import annotations

import html
import re

import pandas as pd

from winback.money import DASH, NO_LOWER, NO_UPPER

NO_TEX = "tex2jax_ignore mathjax_ignore"  # dollar signs are money, not mathematics

SIMULATED = "simulated"  # in whom a page speaks of; one sign of it on every page
BADGE = (
    "display: inline-block; background: #7a3b00; color: #fff; font-size: .82em; font-weight: 650; line-height: 1.4; "
    "padding: 1px 8px; border-radius: 9px; white-space: nowrap"
)

SMALL = re.compile("^(under|just below|just above) ")  # words before an amount less than the smallest coin shown

_ALIGNED = {  # in a notebook there is no style sheet of ours
    "text": 'class="text" style="text-align: left"',
    "figure": 'class="figure" style="text-align: right"',
}


def with_badge(about: str) -> str:
    """Return whom a page speaks of as HTML, with a badge in front where the data are simulated.

    Examples
    --------
    >>> "Simulated data" in with_badge("A study (simulated): 3 customers"), with_badge("Ours & theirs")
    (True, 'Ours &amp; theirs')
    """
    if SIMULATED not in about.lower():
        return html.escape(about)
    rest = html.escape(about.replace(f" ({SIMULATED})", ""))
    return f'<span class="simulated" style="{BADGE}">Simulated data</span> {rest}'


def html_table(table: pd.DataFrame) -> str:
    """Return a table of text as HTML: figures to the right, intervals small below their figure."""
    if table.empty:
        return ""
    sides = ["text", *("figure" if _is_figures(table.iloc[:, place]) else "text" for place in range(1, table.shape[1]))]
    head = "".join(
        f"<th {_ALIGNED[side]}>{html.escape(str(name))}</th>" for name, side in zip(table, sides, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(_html_cell(str(text), side) for text, side in zip(row, sides, strict=True)) + "</tr>"
        for row in table.itertuples(index=False)
    )
    return f'<table class="winback {NO_TEX}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def html_tiles(tiles: pd.DataFrame) -> str:
    """Return tiles (label, figure, note) as a table of one row, which a page may lay out as tiles."""
    cells = "".join(
        f"<td><small>{html.escape(label)}</small><br><b>{html.escape(figure)}</b><br><small>{html.escape(note)}</small></td>"
        for label, figure, note in tiles.itertuples(index=False)
    )
    return f'<table class="tiles {NO_TEX}"><tbody><tr>{cells}</tr></tbody></table>'


def _is_figures(column: pd.Series) -> bool:
    figures = [text for text in column if text not in (DASH, "") and not text.startswith((NO_UPPER, NO_LOWER))]
    return all(any(letter.isdigit() for letter in SMALL.sub("", text).split()[0]) for text in figures)


def _html_cell(text: str, side: str) -> str:
    figure, bracket, interval = text.partition(" [") if side == "figure" else (text, "", "")
    small = f"<br><small>[{html.escape(interval)}</small>" if bracket else ""
    return f"<td {_ALIGNED[side]}>{html.escape(figure)}{small}</td>"
