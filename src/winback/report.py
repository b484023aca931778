"""Which offer pays, as a page for a manager? Runs the notebook on a trial, writes one page and its tables."""

from __future__ import annotations

import datetime
import logging
import os
import re
import warnings
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from winback.datasets.telecom import load_telecom_study
from winback.tables import AnyTable, write_files_together
from winback.terms.catalog import ON_TOP
from winback.terms.organic import Organic
from winback.trial.chances import check_one_chance
from winback.trial.read import read_trial
from winback.trial.trial import Trial

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = "06-which-offer-pays.ipynb"
PAGE = "offer-roi.html"
PACKAGE = Path(__file__).parent
SVG = "image/svg+xml"
PARAMETERS = "parameters"  # tag of the cell whose values are replaced
SECONDS_PER_CELL = 600


def write_report(
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    currency: str | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    columns: Mapping[str, str] | None = None,
    out: str | Path = "reports",
) -> list[Path]:
    """Write the offer report: one self-contained page, the offer table as CSV and XLSX, and the contact list as CSV.

    Parameters
    ----------
    customers, offers : path, optional
        The analyst's two files; None for the telecom study.
    horizon_months, annual_discount, currency, organic, organic_value, columns : optional
        As in `winback.read_trial`; they override what the offers file says. Whether figures are adjusted for what was
        known beforehand is declared in that file.
    out : path
        Folder to write into; made if missing.

    Returns
    -------
    list of Path
        ``offer-roi.html``, ``offer-roi.csv``, ``offer-roi.xlsx`` (with a sheet of contacts) and ``contact-list.csv``.
        All are written, or none.

    Raises
    ------
    TableError, ValueError, FileNotFoundError
        When the input cannot be used; found before the notebook is started.

    Examples
    --------
    >>> import winback as wb
    >>> write_report("customers.csv", "offers.toml", out="reports")  # doctest: +SKIP
    """
    given = dict(zip(ON_TOP, (currency, horizon_months, annual_discount, organic, organic_value, None), strict=True))
    terms = {name: term for name, term in given.items() if term is not None}
    files = (None if path is None else str(Path(path).resolve()) for path in (customers, offers))
    settings = dict(zip(("customers", "offers"), files, strict=True)) | {"columns": dict(columns or {}), "terms": terms}
    comparable_trial(**settings)  # what cannot be compared is refused before a kernel starts
    with TemporaryDirectory() as folder:
        notebook = run_notebook(with_parameters(load_notebook(), {**settings, "tables": folder}))
        pages = {PAGE: lambda path: path.write_text(notebook_page(notebook), encoding="utf-8")}
        made = {each.name: partial(copyfile, each) for each in sorted(Path(folder).iterdir())}
        return write_files_together(out, pages | made)


def comparable_trial(
    customers: AnyTable | None, offers: str | Path | None, columns: Mapping[str, str], terms: Mapping
) -> Trial:
    """Return the trial that a report is about, the analyst's own or the study's; refuse what cannot be compared."""
    if (customers is None) != (offers is None):
        missing = "offers file (what does each offer cost?)" if offers is None else "customers' table"
        raise ValueError(f"A trial of your own needs two files; the {missing} is missing.")
    own = customers is not None
    trial = read_trial(customers, offers, columns=columns, **terms) if own else load_telecom_study().trial.over(**terms)
    check_one_chance(trial.lapsed)
    return trial


def write_tables(offers: pd.DataFrame, contacts: pd.DataFrame, folder: str | Path) -> None:
    """Write the tables beside the page: the offers as CSV and XLSX, and the contact list; called by the notebook."""
    folder = Path(folder)
    offers.to_csv(folder / "offer-roi.csv", index=False)
    contacts.to_csv(folder / "contact-list.csv", index=False)
    write_workbook({"offers": offers, "contacts": contacts}, folder / "offer-roi.xlsx")


def load_notebook(name: str = NOTEBOOK) -> NotebookNode:
    """Return a report notebook: from the installed package, or from the folder ``notebooks`` of a checkout."""
    import nbformat

    for folder in (PACKAGE / "notebooks", PACKAGE.parents[1] / "notebooks"):
        if (folder / name).is_file():
            return nbformat.read(folder / name, as_version=4)
    raise FileNotFoundError(f"The notebook {name} is missing; install winback again.")


def with_parameters(notebook: NotebookNode, settings: Mapping[str, object]) -> NotebookNode:
    """Replace the values in the notebook's parameters cell."""
    cell = next(cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", []))
    cell.source = "\n".join(f"{name} = {value!r}" for name, value in settings.items())
    return notebook


def run_notebook(notebook: NotebookNode, folder: str | Path = ".") -> NotebookNode:
    """Execute a notebook in a fresh kernel, in place, and return it; a RuntimeError tells what failed."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    logging.getLogger("traitlets").setLevel(logging.ERROR)
    manager = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, km=manager, timeout=SECONDS_PER_CELL, record_timing=False, resources=place)
    try:
        # A kernel manager of our own is not shut down by default, and nobody watches a bar in a report that is written.
        client.execute(cleanup_kc=True, env={**os.environ, "TQDM_DISABLE": "1"})
    except CellExecutionError as error:
        raise RuntimeError(f"A cell of the notebook failed: {error.ename}: {error.evalue}") from None
    for data in [output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]:
        if SVG in data:
            data[SVG] = _slim(data[SVG])
    return notebook


def _slim(svg: str) -> str:
    """Write the paths of a figure to a hundredth of a point, on one line each: to the eye the same, a third as long."""

    def shorter(path):
        rounded = re.sub(r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", path[1])
        return f' d="{" ".join(rounded.split())}"'

    return re.sub(r' d="([^"]*)"', shorter, svg)


def notebook_page(notebook: NotebookNode) -> str:
    """Return an executed notebook as one page that needs no network: contents on top, code folded away at the end."""
    from nbconvert import HTMLExporter

    page = {**_headings(notebook), "date": f"Report of {datetime.date.today():%d %B %Y}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter's own dependencies
        shape = {"template_name": "page_template", "extra_template_basedirs": [str(PACKAGE)]}
        exporter = HTMLExporter(**shape, anchor_link_text=" ", sanitize_html=False)
        return exporter.from_notebook_node(notebook, resources={"page": page})[0]


def _headings(notebook: NotebookNode) -> dict:
    """Return the page's title and its contents, with the anchors that the converter gives to headings."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    title = next((line[2:] for line in lines if line.startswith("# ")), "Report")
    texts = [line[3:].strip() for line in lines if line.startswith("## ")]
    return {"title": title, "headings": [{"text": text, "anchor": text.replace(" ", "-")} for text in texts]}


def write_workbook(sheets: Mapping[str, pd.DataFrame], path: str | Path) -> None:
    """Write tables as sheets of a workbook: numbers stay numbers, shown as money, percent or counts."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 1))
            sheet = writer.sheets[name]
            for position, column in enumerate(frame.columns, start=1):
                sheet.column_dimensions[get_column_letter(position)].width = max(12, len(column) + 2)
                sheet.cell(1, position).font = Font(bold=True)
                if pd.api.types.is_numeric_dtype(frame[column]):
                    for row in range(2, len(frame) + 2):
                        sheet.cell(row, position).number_format = _number_format(column)


def _number_format(name: str) -> str:
    if any(part in name for part in ("roi", "acceptance", "break_even", "probability", "organic")):
        return "0.0%"
    if name == "expected_profit":
        return "#,##0.00"
    whole = name in ("n", "n_returned", "rank", "customer_id") or "total" in name
    return "#,##0" if whole else "#,##0.0000"
