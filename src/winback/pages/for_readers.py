"""How is a table on a page read on a phone, and aloud? It has a name, every cell knows its row and its column.

A notebook's tables say by their place which column a figure belongs to. On a phone a table of many columns is shown
as a card per row, each figure under the name of its column; one of many rows too is moved within itself, its first
column staying. The words and figures are those of the notebook.
"""

from __future__ import annotations

import html
import re

FEW_COLUMNS = 3  # that a phone shows beside each other
MOST_CARDS = 14  # that are read one below the other; longer tables are looked up in
TABLE = re.compile(r'<table class="winback\b([^"]*)"([^>]*)>(.*?)</table>', re.DOTALL)
FOLDED = re.compile(r"<summary\b[^>]*>(.*?)</summary>", re.DOTALL)  # what is clicked to see a table names it
TILES = re.compile(r'<table class="tiles\b([^"]*)"[^>]*>(.*?)</table>', re.DOTALL)


def for_readers(shown: str, heading: str = "Table") -> str:
    """Return HTML whose tables are fit for phones and for who listens.

    A table is named by what is clicked to see it, else by the heading under which it stands.

    Examples
    --------
    >>> for_readers('<table class="winback"><thead><tr><th>Offer</th></tr></thead><tbody></tbody></table>', "Who?")
    '<table class="winback" aria-label="Who?"><thead><tr><th scope="col">Offer</th></tr></thead><tbody></tbody></table>'
    """
    return TILES.sub(_tiles, TABLE.sub(lambda found: _table(found, heading), shown))


def _table(found: re.Match, heading: str) -> str:
    classes, rest, inside = found.groups()
    folded = FOLDED.findall(found.string[: found.start()])
    rest = f'{rest} aria-label="{_words(folded[-1]) if folded else html.escape(heading)}"'
    if "</thead>" not in inside:  # each row has its own name, and there are no columns to be told apart
        inside = re.sub(r"<th\b(?! scope)", '<th scope="row" role="rowheader"', inside)
        return f'<table class="winback{classes}"{rest}>{inside}</table>'
    inside = re.sub(r"(<tr\b[^>]*>\s*)<td\b", r'\1<td role="rowheader"', inside)
    head, _, body = inside.partition("</thead>")
    columns = [_words(each) for each in re.findall(r"<th\b[^>]*>(.*?)</th>", head, re.DOTALL)]
    head = re.sub(r"<th\b(?! scope)", '<th scope="col"', head)
    if len(columns) <= FEW_COLUMNS:
        return f'<table class="winback{classes}"{rest}>{head}</thead>{body}</table>'
    if body.count("<tr") > MOST_CARDS:
        table = f'<table class="winback long{classes}"{rest}>{head}</thead>{body}</table>'
        return f'<div class="within" tabindex="0" role="region" aria-label="Table by {columns[0]}">{table}</div>'
    # A row that is laid out as a card is no row any more to some readers, unless it is said.
    head = head.replace("<thead", '<thead role="rowgroup"').replace("<tr", '<tr role="row"')
    head = head.replace('scope="col"', 'scope="col" role="columnheader"')
    body = re.sub(r"<tr\b[^>]*>(.*?)</tr>", lambda row: _card(row[1], columns), body, flags=re.DOTALL)
    body = body.replace("<tbody", '<tbody role="rowgroup"')
    return f'<table class="winback cards{classes}" role="table"{rest}>{head}</thead>{body}</table>'


def _card(row: str, columns: list[str]) -> str:
    names = iter(columns)
    cells = re.sub(r"<td\b", lambda _: f'<td role="cell" data-column="{next(names, "")}"', row)
    cells = cells.replace(' role="rowheader"', "", 1).replace('role="cell"', 'role="rowheader"', 1)
    return f'<tr role="row">{cells}</tr>'


def _words(shown: str) -> str:
    return re.sub(r"<[^>]+>", " ", shown).strip().replace('"', "&quot;")


def _tiles(found: re.Match) -> str:
    """Tiles are a list: what stands in them has no columns."""
    classes, inside = found.groups()
    inside = re.sub(r"<(tbody|tr)\b", r'<\1 role="presentation"', inside).replace("<td", '<td role="listitem"')
    return f'<table class="tiles{classes}" role="list">{inside}</table>'
