"""Every question of one trial as a page: one, some, or all of them with a list, leading to each other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from winback.pages.chapters import Chapter, chapters, chapters_of
from winback.pages.index import index_page
from winback.pages.listed import Listed, listed
from winback.pages.page import INDEX, said_today
from winback.pages.settings import of_the_notebook, parameters_of
from winback.pages.shown import drop_of_the_study
from winback.pages.written import run_for_page, why_not, write_pages
from winback.policies.listing import whom_to_list
from winback.report import WHOM, asked_trial, comparable_trial, listed_for, refuse_whom_without_list
from winback.tables import check_writable, scratch_folder

if TYPE_CHECKING:
    from nbformat import NotebookNode

OF_A_TRIAL = {"customers", "offers"}  # parameters of a notebook that a trial can be handed to
NOT_OF_A_TRIAL = (
    "This is asked of all customers over time, contracts or purchases, and not of a trial. For those, see winback "
    "lost, or name your table in the first cell of the notebook."
)


def write_question_pages(
    numbers: Iterable[str] | None = None,
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    whom: str | Path | None = None,
    out: str | Path = "reports",
    tell: Callable[[str], object] | None = None,
    **terms: object,
) -> list[Path]:
    """Write notebooks as self-contained pages on one trial under the same terms, and the tables they write.

    Parameters
    ----------
    numbers : iterable of str, optional
        Numbers of notebooks, such as ``["06", "09"]``. None for all that can be run on the data, with a list of them
        as ``index.html``; what cannot be run stands there, with the reason.
    customers, offers : path, optional
        The analyst's two files; None for the telecom study, and the simulated shop where purchases are asked for.
    columns : mapping, optional
        winback's name of a column -> the table's own.
    whom : path, optional
        New leavers for whom contact lists are made; by default they are of the trial's own customers.
    out : path
        Folder to write into; made if missing.
    tell : callable, optional
        Is told which page is being worked on, and what was left out; such as ``print``.
    **terms
        Further arguments of `winback.read_trial`, as in `winback.report.write_report`.

    Returns
    -------
    list of Path
        The list first if there is one, then the pages in the order of the story, then tables. All are written, or none.

    Raises
    ------
    ValueError
        When there is no such notebook, it cannot be asked of a trial, or the input cannot be used.
    OSError, RuntimeError
        As `winback.report.write_report`.

    Examples
    --------
    >>> write_question_pages(["09"], "customers.csv", "offers.toml", horizon_months=24)  # doctest: +SKIP
    """
    asked = asked_trial(customers, offers, columns, terms)
    wanted = list(chapters().values()) if numbers is None else chapters_of(numbers)
    check_writable(out, [*([INDEX] if numbers is None else []), *(chapter.page for chapter in wanted)])
    trial = comparable_trial(**asked)
    about = str(trial.subtitle)
    if whom is not None:
        _ = whom_to_list(trial, whom)  # what cannot be listed is refused before a kernel starts
        asked |= listed_for(whom)
    making = _Making(asked, leave_out=numbers is None, tell=tell)
    with scratch_folder(tempfile.gettempdir()) as folder:
        made = {chapter: notebook for chapter in wanted if (notebook := making.make(chapter, folder)) is not None}

        def list_of(made: Mapping[Chapter, NotebookNode]) -> str:
            entries = [listed(chapter.number, notebook) for chapter, notebook in made.items()]
            entries += [Listed(each.number, each.question, why_not=why) for each, why in making.left_out.items()]
            pages = {chapter.number: chapter.page for chapter in made}
            return index_page(entries, pages, about, said_today())

        together = {"index": INDEX, "list_of": list_of} if numbers is None else {}
        return write_pages(made, folder, out, **together)


class _Making:
    """Runs notebooks for pages, and keeps why some could not be."""

    def __init__(self, asked: Mapping, *, leave_out: bool, tell: Callable[[str], object] | None):
        self.asked, self.tell = asked, tell or (lambda _: None)
        self.own = asked["customers"] is not None
        self.leave_out = leave_out
        self.left_out: dict[Chapter, str] = {}

    def make(self, chapter: Chapter, folder: Path) -> NotebookNode | None:
        """Return a notebook that was run on the trial; None, and the reason kept, where it cannot be."""
        notebook, name = chapter.read(), f"{chapter.number} {chapter.question}"
        if self.own:
            drop_of_the_study(notebook)
        self.tell(f"{name} ...")
        try:
            run_for_page(notebook, self._settings(notebook), folder, self.tell)
        except (ValueError, RuntimeError) as error:
            as_it_is = not (self.own or self.asked["terms"])  # the study, of which every question can be asked
            if as_it_is or not self.leave_out:
                raise
            self.left_out[chapter] = said = why_not(error)
            self.tell(f"{name} is left out: {said}")
            return None
        return notebook

    def _settings(self, notebook: NotebookNode) -> dict:
        """Return what the notebook's first cell says of the trial; refuse a notebook that is about none."""
        names = parameters_of(notebook).keys()
        if not names >= OF_A_TRIAL:
            if self.own or (self.asked["terms"] and not self.leave_out):
                raise ValueError(NOT_OF_A_TRIAL)
            return {}
        if WHOM in self.asked and not self.leave_out:
            refuse_whom_without_list(names)
        return of_the_notebook(notebook, self.asked)
