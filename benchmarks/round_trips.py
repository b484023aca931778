"""Does what is written survive another program? Tables and page opened and saved again by LibreOffice, headless."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

import winback as wb
from winback.pages.page import notebook_page
from winback.report import write_tables

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# Separator, quotation mark, UTF-8, first row; then every one of 40 columns as text.
AS_TEXT = "CSV:44,34,76,1," + "/".join(f"{place}/2" for place in range(1, 41))
KINDS = {
    "whole numbers of 18 digits": lambda rng, n: rng.integers(10**17, 10**18, n).tolist(),
    "leading zeros": lambda rng, n: [f"{each:010d}" for each in rng.integers(0, 10**6, n)],
    "telephone numbers with a plus": lambda rng, n: [f"+4917{each}" for each in rng.integers(10**8, 10**9, n)],
    "what looks like a number": lambda rng, n: [f"{each}E{each % 7}" for each in rng.integers(1, 10**6, n)],
    "what looks like a date": lambda rng, n: [
        f"{each % 12 + 1}-{each % 28 + 1}-{each}" for each in range(1900, 1900 + n)
    ],
    "what looks like a formula": lambda rng, n: [f"={each}+{each}" for each in range(n)],
    "decimals that end in zero": lambda rng, n: [f"{each / 10:.2f}" for each in rng.integers(0, 10**7, n)],
    "blanks, signs and other scripts": lambda rng, n: [f'é {each}, "名" \'{each}; ₿🎁' for each in range(n)],
}


def libreoffice(draws: int = 2_000) -> list[dict]:
    """Return the share of ids that come back otherwise than written; before, with pandas' own writers.

    Nothing where LibreOffice is not installed.
    """
    if OFFICE is None:
        return []
    rows = []
    for kind, make in KINDS.items():
        ids = list(dict.fromkeys(make(np.random.default_rng(1), draws)))
        contacts = pd.DataFrame({"rank": range(1, len(ids) + 1), "customer_id": ids, "offer": "$5_off_$10"})
        contacts = contacts.assign(expected_profit=1 / 3, name=ids)
        with tempfile.TemporaryDirectory() as folder:
            for name, write in (("before", _plainly), ("now", write_tables)):
                (Path(folder) / name).mkdir()
                write(_offers(ids), Listed(contacts), Path(folder) / name)
            for what, again in (("XLSX saved again", _workbook), ("CSV opened as text", _text)):
                changed = [again(Path(folder) / name, ids) for name in ("before", "now")]
                rows.append(_row(f"{what}: {kind}", *changed, len(ids)))
    return [*rows, _page()]


@dataclass(frozen=True)
class Listed:
    """A list of customers of which only the ids matter, as `winback.report.write_tables` takes one."""

    frame: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return the list."""
        return self.frame.copy()

    def describe(self) -> str:
        """Say nothing of it that matters."""
        return "Ids of one kind."


def _row(what: str, before: float, now: float, n: int) -> dict:
    return {"what": what, "nominal": 0.0, "before": before, "now": now, "error": 0.0, "draws": n}


def _offers(ids) -> pd.DataFrame:
    return pd.DataFrame({"offer": ids, "gross_profit": np.arange(len(ids)) / 3})


def _plainly(offers, contacts, folder) -> None:
    """Write the tables as pandas does."""
    contacts = contacts.to_frame()
    contacts.to_csv(folder / "contact-list.csv", index=False)
    with pd.ExcelWriter(folder / "offer-roi.xlsx") as book:
        offers.to_excel(book, sheet_name="offers", index=False)
        contacts.to_excel(book, sheet_name="contacts", index=False)


def _converted(path: Path, to: str, *options: str) -> Path:
    """Return a file as LibreOffice saves it; its settings lie in a folder of their own."""
    out = path.parent / f"again-{path.suffix[1:]}"
    settings = f"-env:UserInstallation={(path.parent / 'settings').as_uri()}"
    command = [OFFICE, settings, "--headless", *options, "--convert-to", to, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return next(out.iterdir())


def _workbook(folder: Path, ids: list) -> float:
    book = openpyxl.load_workbook(_converted(folder / "offer-roi.xlsx", "xlsx"), data_only=True)
    columns = ((book["contacts"], 1), (book["offers"], 0))
    return _changed([row[place].value for sheet, place in columns for row in sheet.iter_rows(min_row=2)], ids * 2)


def _text(folder: Path, ids: list) -> float:
    """Return the share of ids changed in CSV; an apostrophe before a formula is the change that is announced."""
    path = _converted(folder / "contact-list.csv", "xlsx", f"--infilter={AS_TEXT}")
    (sheet,) = openpyxl.load_workbook(path).worksheets
    found = [row[1].value for row in sheet.iter_rows(min_row=2)]
    return _changed([str(each).removeprefix("'") if str(each).startswith("'=") else each for each in found], ids)


def _changed(found: list, ids: list) -> float:
    same = [str(each) == str(wanted) for each, wanted in zip(found, ids, strict=True)]
    return 1 - sum(same) / len(ids)


def _page() -> dict:
    """Return the share of the page's table cells that LibreOffice does not show."""
    import nbformat

    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    comparison = wb.compare_offers(study.trial)
    shown = [
        comparison.first_table(),
        comparison.differences_table(),
        wb.learn_policy(study.trial).contact_list().first(10),
    ]
    cells = [nbformat.v4.new_markdown_cell("# Which offer pays?")]
    for each in shown:
        output = nbformat.v4.new_output("execute_result", {"text/html": each._repr_html_()}, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("", outputs=[output], execution_count=1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "offer-roi.html"
        path.write_text(notebook_page(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
        text = " ".join(_converted(path, "txt:Text (encoded):UTF8").read_text(encoding="utf-8-sig").split())
    wanted = [
        " ".join(html.unescape(str(cell)).split()) for each in shown for row in each.frame.to_numpy() for cell in row
    ]
    missing = sum(re.sub(r"\s", "", cell) not in re.sub(r"\s", "", text) for cell in wanted)
    return _row("page opened: cells of its tables", float("nan"), missing / len(wanted), len(wanted))
