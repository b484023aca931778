"""Which offer pays, as pages for a manager? Runs notebooks on a trial: all in short, then the offers; their tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from winback.datasets.telecom import load_telecom_study
from winback.pages.chapters import chapters
from winback.pages.settings import load_notebook, of_the_notebook, parameters_of
from winback.pages.written import run_for_page, why_not, write_pages
from winback.policies.contact_list import ContactList
from winback.policies.listing import whom_to_list
from winback.results import Sentences, join_words
from winback.tables import NO_OFFER, AnyTable, check_writable, scratch_folder, write_csv, write_workbook
from winback.tables.spreadsheets import beyond_a_sheet
from winback.trial.chances import check_one_chance
from winback.trial.read import read_trial
from winback.trial.trial import Trial
from winback.trial.trial_terms import TrialTerms

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOK = "06-which-offer-pays.ipynb"
PAGE = "offer-roi.html"
FRONT = "00"  # number of the notebook that answers all in short; its page comes first
TABLES = ("offer-roi.csv", "offer-roi.xlsx", "contact-list.csv")
WHOM = "whom"  # parameter of a notebook that lists whom to contact: a file of new leavers
LIST_SAID = "contacts, tables)"  # end of the cell that says who is listed


def write_report(
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    columns: Mapping[str, str] | None = None,
    whom: str | Path | None = None,
    out: str | Path = "reports",
    tell: Callable[[str], object] | None = None,
    **more: object,
) -> list[Path]:
    """Write the offer report: the four questions, the offers behind, their table as CSV and XLSX, the list of contacts.

    Parameters
    ----------
    customers, offers : path, optional
        The analyst's two files; None for the telecom study.
    horizon_months, annual_discount, columns : optional
        As in `winback.read_trial`; they override what the offers file says. Whether figures are adjusted for what was
        known beforehand is declared in that file.
    whom : path, optional
        New leavers for whom the contact list is made; by default it is of the trial's own customers.
    out : path
        Folder to write into; made if missing.
    tell : callable, optional
        Is told in a sentence how many contacts are listed and who is left out of them, and before the work that a
        spreadsheet program cannot show so many; such as ``print``.
    **more
        Further arguments of `winback.read_trial`: ``currency``, ``organic`` and ``organic_value``, and how the table is
        to be read: ``control``, ``keep``, ``until``, ``sheet``, ``decimal``, ``day_first``, ``margin_share``.

    Returns
    -------
    list of Path
        ``00-the-four-questions.html`` and ``offer-roi.html``, which lead to each other, ``contact-list.csv``,
        ``offer-roi.csv`` and ``offer-roi.xlsx`` (with a sheet of contacts). All are written, or none; a symbolic link
        stays and the file it leads to is replaced. What had to be changed in the tables for spreadsheets is said on
        the page, see `winback.tables.write_csv` and `winback.tables.write_workbook`; more contacts than a sheet holds
        fill several.

    Raises
    ------
    TableError, ValueError, FileNotFoundError
        When the input cannot be used; found before the notebook is started.
    OSError
        When the files cannot be written or older ones not replaced, see `winback.tables.check_writable`; found then,
        too.
    RuntimeError
        When the page would lack a figure, or the notebook fails.

    Examples
    --------
    >>> import winback as wb
    >>> write_report("customers.csv", "offers.toml", out="reports")  # doctest: +SKIP
    """
    given = {"horizon_months": horizon_months, "annual_discount": annual_discount} | more
    settings = asked_trial(customers, offers, columns, given)
    wanted = [chapter for chapter in chapters().values() if chapter.number == FRONT or chapter.page == PAGE]
    # What cannot be written or compared is refused before a kernel starts.
    check_writable(out, (*(chapter.page for chapter in wanted), *TABLES))
    trial = comparable_trial(**settings)
    tell = tell or (lambda _: None)
    for line in (*trial.design.of_the_files, *said_of_a_long_list(len(whom_to_list(trial, whom)[0]))):
        tell(line)
    notebooks = {chapter: load_notebook(chapter.file.name) for chapter in wanted}
    if whom is not None:
        refuse_whom_without_list(parameters_of(notebooks[wanted[-1]]))
        settings |= listed_for(whom)
    with scratch_folder(tempfile.gettempdir()) as folder:
        made = {each: notebook for each, notebook in notebooks.items() if _run(each, notebook, settings, folder, tell)}
        paths = write_pages(made, folder, out)
    tell(said_of_the_list(notebooks[wanted[-1]]))
    return paths


def _run(chapter, notebook, settings, folder, tell) -> bool:
    """Run a notebook for its page; of a table of one's own the offers are shown also where the front page fails."""
    try:
        run_for_page(notebook, of_the_notebook(notebook, settings), folder, tell)
    except (ValueError, RuntimeError) as error:
        if chapter.page == PAGE or settings["customers"] is None:
            raise
        tell(f"{chapter.page} is left out: {why_not(error)}")
        return False
    return True


def asked_trial(
    customers: str | Path | None, offers: str | Path | None, columns: Mapping[str, str] | None, terms: Mapping
) -> dict:
    """Return the trial that is asked about as the first cell of a notebook says it: plain values, whole paths."""
    files = (None if path is None else str(Path(path).resolve()) for path in (customers, offers))
    stated = {name: term for name, term in terms.items() if term is not None}
    return dict(zip(("customers", "offers"), files, strict=True)) | {"columns": dict(columns or {}), "terms": stated}


def listed_for(whom: str | Path | None) -> dict[str, str]:
    """Return for whom the contact list is as the first cell of a notebook says it; nothing for the trial's own."""
    return {} if whom is None else {WHOM: str(Path(whom).resolve())}


def whom_to_contact(customers: AnyTable | None, whom: AnyTable | None) -> AnyTable | None:
    """Return for whom a notebook lists contacts: those named, of the study its new leavers, else the trial's own.

    Examples
    --------
    >>> whom_to_contact("campaign.csv", "new-leavers.csv")
    'new-leavers.csv'
    """
    return load_telecom_study().new_leavers if whom is None and customers is None else whom


def who_came_back(customers: AnyTable | None, trial: Trial) -> AnyTable:
    """Return among whom a notebook watches the newly returned: the trial's customers; of the study who came unasked.

    Those who did so long ago, and may have left again, are among them: they say how soon such customers leave. Whoever
    was in the campaign is not, its control group neither: they had been judged promising.

    Examples
    --------
    >>> int(who_came_back(None, load_telecom_study().trial).frame["second_ended"].sum()) > 1_000
    True
    """
    if customers is not None:
        return trial
    study = load_telecom_study()
    lost = study.base.lapsed()
    campaign = lost.frame["customer_id"].isin(study.sent["customer_id"])
    unasked = lost.frame[lost.frame["returned"] & ~campaign].assign(offer=NO_OFFER)
    return replace(lost, frame=unasked.reset_index(drop=True))


def refuse_whom_without_list(names: Iterable[str]) -> None:
    """Refuse new leavers for a notebook whose first cell does not take them, so that they are never ignored."""
    if WHOM not in names:
        raise ValueError("It lists nobody to contact. Leave --whom out, or ask for a page that has a contact list.")


def said_of_a_long_list(n_customers: int) -> list[str]:
    """Say before the work what becomes of a contact list of more rows than a sheet holds."""
    name, workbook = TABLES[2], TABLES[1]
    said = beyond_a_sheet(n_customers, name)
    return [f"{said[0]} {workbook} holds them all, in several sheets."] if said else []


def said_of_the_list(notebook: NotebookNode) -> str:
    """Return the first sentence of what an executed report says of its contact list."""
    outputs = next(cell.outputs for cell in notebook.cells if cell.source.rstrip().endswith(LIST_SAID))
    return outputs[-1].data["text/plain"].splitlines()[0]


def comparable_trial(
    customers: AnyTable | None, offers: str | Path | None, columns: Mapping[str, str], terms: Mapping
) -> Trial:
    """Return the trial that a report is about, the analyst's own or the study's; refuse what cannot be compared."""
    if (customers is None) != (offers is None):
        missing = "offers file (what does each offer cost?)" if offers is None else "customers' table"
        raise ValueError(f"A trial of your own needs two files; the {missing} is missing.")
    own = customers is not None
    of_a_table = [*(["columns"] if columns else []), *sorted(set(terms) - set(TrialTerms.__annotations__))]
    if not own and of_a_table:
        raise ValueError(f"{join_words(of_a_table)}: that is for a table of your own; name it, and its offers file.")
    trial = read_trial(customers, offers, columns=columns, **terms) if own else load_telecom_study().trial.over(**terms)
    check_one_chance(trial.lapsed)
    return trial


def write_tables(offers: pd.DataFrame, contacts: ContactList, folder: str | Path | None) -> Sentences:
    """Write the tables beside the page, and say whom the list is of and what they are; called by the notebook.

    The offers as CSV and XLSX, and the contact list, its expected profit to a hundredth; nothing without a folder.
    """
    listed = contacts.describe().splitlines()[:2]
    if folder is None:
        return Sentences.of([*listed, "The tables are written where a folder is named for them."])
    offer_csv, workbook, contact_csv = (Path(folder) / name for name in TABLES)
    frame = contacts.to_frame().round({"expected_profit": 2})
    notes = [*write_csv(offers, offer_csv), *write_csv(frame, contact_csv)]
    notes += write_workbook({"offers": offers, "contacts": frame}, workbook, _number_format)
    return Sentences.of([*listed, f"Beside this page: {join_words(TABLES)}.", *notes])


def _number_format(sheet: str, name: str) -> str:
    if sheet == "contacts":  # of the analyst's own columns nothing is known
        return {"rank": "#,##0", "customer_id": "0", "expected_profit": "#,##0.00"}.get(name, "General")
    if any(part in name for part in ("roi", "acceptance", "break_even", "probability", "organic")):
        return "0.0%"
    return "#,##0" if name in ("n", "n_returned") or "total" in name else "#,##0.0000"
