"""Who is lost, and what does it cost, as a page for a manager? Runs the notebook on a table; writes page and lists."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.lost.in_short import LATELY
from winback.lost.money_asked import SAID
from winback.pages.settings import load_notebook
from winback.pages.shown import drop_of_the_study
from winback.pages.written import write_page
from winback.results import Sentences, counted, join_words
from winback.tables import check_writable, write_csv, write_workbook

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = "01-who-is-lost-and-what-does-it-cost.ipynb"
PAGE = "lost.html"
TABLES = ("lost-call-list.csv", "lost-call-list.xlsx", "lost-customers.csv")
DROPPED = re.compile("<p>(Dropped: [^<]+)</p>")  # a line of a log's summary, which the page folds away
LONGEST_SHEET = 10_000  # rows: more than anybody calls; a workbook of many more is slow to write and to open


def write_lost_page(
    file: str | Path | None = None,
    *,
    by: str | None = None,
    columns: Mapping[str, str] | None = None,
    out: str | Path = "reports",
    tell: Callable[[str], object] | None = None,
    **more: object,
) -> list[Path]:
    """Write who is lost, why, at what cost and whom to call first: one self-contained page, and its lists.

    Parameters
    ----------
    file : path, optional
        Contracts, purchases, or a snapshot of tenure and status; recognised by its columns. None for the telecom study.
    by : str, optional
        Column by which losses are compared; by default the manager, segment, product or channel, if there is one.
    columns : mapping, optional
        winback's name of a column -> the table's own.
    out : path
        Folder to write into; made if missing.
    tell : callable, optional
        Is told, where it takes long, what is being worked on, and at the end who is listed; such as ``print``.
    **more
        Further arguments of `winback.base.any_base.read_base`: ``until``, ``since``, ``events``, ``served_by``,
        ``customers``, ``lost_labels``, ``tenure_in``, ``lost_within``, ``currency``, ``margin_share``, ``sheet``,
        ``decimal``, ``day_first``.

    Returns
    -------
    list of Path
        ``lost.html``, ``lost-call-list.csv``, ``lost-call-list.xlsx`` and ``lost-customers.csv`` (what
        ``base.lapsed()`` returns). All are written, or none.

    Raises
    ------
    ValueError
        When the input cannot be used, as TableError says it; or something is set that needs a table of one's own.
    OSError
        When the files cannot be written or older ones not replaced, see `winback.tables.check_writable`; found first.
    RuntimeError
        When the page would lack a figure or an answer, or the notebook fails.

    Examples
    --------
    >>> write_lost_page("contracts.csv", until="2024-12-31", by="region")  # doctest: +SKIP
    """
    how = {name: value for name, value in more.items() if value is not None}
    of_a_table = [*(["columns"] if columns else []), *(["by"] if by else []), *how]
    if file is None and of_a_table:
        raise ValueError(f"{join_words(of_a_table)}: that is for a table of your own; name it.")
    for name in ("events", "served_by", "customers"):
        if name in how:
            how[name] = str(Path(str(how[name])).resolve())
    if columns:
        how["columns"] = dict(columns)
    check_writable(out, (PAGE, *TABLES))
    notebook = load_notebook(NOTEBOOK)
    if file is not None:
        drop_of_the_study(notebook)
    settings = {
        "file": None if file is None else str(Path(file).resolve()),
        "reading": how,
        "by": by,
        "mending_cost": {},
    }
    paths = write_page(notebook, settings, out, page=PAGE, tables=TABLES, tell=tell)
    if tell is not None:
        for line in _said_by(notebook):
            tell(line)
    return paths


def _said_by(notebook: NotebookNode) -> list[str]:
    """Return the lines that an executed notebook says of rows dropped, the call list, and money taken for granted."""
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    lines = [line for data in outputs for line in data.get("text/plain", "").splitlines()]
    folded = [html.unescape(said) for data in outputs for said in DROPPED.findall(data.get("text/html", ""))]
    return [*dict.fromkeys(folded), *(line for line in lines if line.startswith((f"{TABLES[0]}: ", SAID)))]


def write_tables(
    call_list: pd.DataFrame, lapsed: pd.DataFrame, folder: str | Path | None, asked: Iterable[str] = ()
) -> Sentences:
    """Write the lists beside the page, and say what they are; called by the notebook. Nothing without a folder.

    ``asked`` is what is to be asked of the money in the table, see `winback.lost.money_asked`.
    """
    if folder is None:
        return Sentences.of(["The lists are written where a folder is named for them."])
    call_csv, workbook, lost_csv = (Path(folder) / name for name in TABLES)
    listed, lapsed = (_rounded(frame) for frame in (call_list, lapsed))
    notes = [*write_csv(listed, call_csv), *write_csv(lapsed, lost_csv)]
    sheets = {"call list": listed}
    if "months_away" in listed:
        lately = np.flatnonzero(listed["months_away"] <= LATELY)
        sheets["lost within a year"] = listed.iloc[lately[:LONGEST_SHEET]]
    cut = {name: frame.head(LONGEST_SHEET) for name, frame in sheets.items()}
    if len(listed) > LONGEST_SHEET:
        notes.append(f"In {TABLES[1]} a sheet has the first {LONGEST_SHEET:,}; all {len(listed):,} are in {TABLES[0]}.")
    notes += write_workbook(cut, workbook, _number_format)
    n = counted(len(listed), "lost customers")
    order = "the first to call first" if "place" in listed else "who left last first, and nobody ranked"
    return Sentences.of([f"Beside this page: {join_words(TABLES)}.", f"{TABLES[0]}: {n}, {order}.", *notes, *asked])


def _rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Write figures of winback's own to a hundredth; those of the analyst stay as they are."""
    own = [name for name in frame if name in MONEY or name in ("months_away", "variation", "followed", "first_tenure")]
    rounded = frame.copy(deep=False)  # a million rows are not copied for the sake of a few columns
    for name in own:
        if pd.api.types.is_float_dtype(frame[name]):
            rounded[name] = frame[name].round(2)
    return rounded


MONEY = ("yearly_margin", "value_at_stake", "most_on_acceptance", "most_per_contact", "expected_profit")


def _number_format(_: str, name: str) -> str:
    if name in MONEY:
        return "#,##0.00"
    return {"place": "#,##0", "customer_id": "0", "months_away": "0.0"}.get(name, "General")
