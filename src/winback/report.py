"""Which offer pays, as a page for a manager? Runs the notebook on a campaign, writes one page and its tables."""

from __future__ import annotations

import datetime
import logging
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from winback.campaign import load_campaign
from winback.offers.comparison import compare_offers
from winback.policies.contact_list import contact_list
from winback.tables import write_files_together
from winback.terms.organic import Organic

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = "05-which-offer-pays.ipynb"
PACKAGE = Path(__file__).parent
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
        The analyst's two files; None for the telecom study, see `winback.campaign.load_campaign`.
    horizon_months, annual_discount, currency, organic, organic_value, columns : optional
        As in `winback.campaign.load_campaign`.
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
    >>> wb.write_report("customers.csv", "offers.toml", out="reports")  # doctest: +SKIP
    """
    settings = {
        "customers": None if customers is None else str(Path(customers).resolve()),
        "offers": None if offers is None else str(Path(offers).resolve()),
        "horizon_months": horizon_months,
        "annual_discount": annual_discount,
        "currency": currency,
        "organic": organic,
        "organic_value": organic_value,
        "columns": dict(columns or {}),
    }
    campaign = load_campaign(**settings)
    result = compare_offers(campaign.customers, campaign.offers)
    contacts = contact_list(campaign.customers, campaign.offers).to_frame()
    notebook = with_parameters(load_notebook(), settings)
    page = notebook_page(run_notebook(notebook))
    frame = result.to_frame()
    return write_files_together(
        out,
        {
            "offer-roi.html": lambda path: path.write_text(page, encoding="utf-8"),
            "offer-roi.csv": lambda path: frame.to_csv(path, index=False),
            "offer-roi.xlsx": lambda path: write_workbook({"offers": frame, "contacts": contacts}, path),
            "contact-list.csv": lambda path: contacts.to_csv(path, index=False),
        },
    )


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
    """Execute a notebook in a fresh kernel, in place, and return it.

    Raises
    ------
    RuntimeError
        Naming the cell that failed.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    logging.getLogger("traitlets").setLevel(logging.ERROR)
    manager = AsyncKernelManager(kernel_name="python3", transport_encryption="auto")
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=SECONDS_PER_CELL,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        # A kernel manager of our own is not shut down by default, and nobody watches a bar in a report that is written.
        client.execute(cleanup_kc=True, env={**os.environ, "TQDM_DISABLE": "1"})
    except CellExecutionError as error:
        raise RuntimeError(f"A cell of the notebook failed: {error.ename}: {error.evalue}") from None
    return notebook


def notebook_page(notebook: NotebookNode) -> str:
    """Return an executed notebook as one page that needs no network: contents on top, code folded away at the end."""
    from nbconvert import HTMLExporter

    page = {**_headings(notebook), "date": f"Report of {datetime.date.today():%d %B %Y}"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter's own dependencies
        exporter = HTMLExporter(
            template_name="page_template",
            extra_template_basedirs=[str(PACKAGE)],
            anchor_link_text=" ",
            sanitize_html=False,
        )
        html, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    return html


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
