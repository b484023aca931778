"""How do pages and their tables come about? Notebooks are run on a table; all files are written together, or none."""

from __future__ import annotations

import builtins
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from winback.kernel import READING, CellError, run_notebook
from winback.pages.chapters import Chapter
from winback.pages.page import Beside, notebook_page
from winback.pages.settings import parameters_of, with_parameters, without_folders
from winback.pages.shown import check_shown, drop_unanswered
from winback.tables import scratch_folder, write_files_together

if TYPE_CHECKING:
    from nbformat import NotebookNode


MENDED_BY_THE_ANALYST = ("TableError", "ArgumentError")  # beside those of Python
TABLES = "tables"  # parameter of a notebook that writes tables: the folder for them


def write_page(
    notebook: NotebookNode,
    settings: Mapping[str, object],
    out: str | Path,
    *,
    page: str,
    tables: Iterable[str],
    tell: Callable[[str], object] | None = None,
) -> list[Path]:
    """Run a notebook in place with these settings; write it as a page, and the tables that it writes itself.

    Parts whose question the table cannot answer are left out, see `winback.pages.shown.drop_unanswered`.

    Parameters
    ----------
    notebook : NotebookNode
        One whose first cell takes ``tables``, the folder into which it writes them.
    settings : mapping
        What its first cell says.
    out : path
        Folder to write into; made if missing.
    page, tables : str, iterable of str
        Names of the files; all are written, or none.

    tell : callable, optional
        Is told, where it takes long, which part is being worked on.

    Raises
    ------
    ValueError
        When the cell that reads the tables refuses them, as it says.
    RuntimeError
        When the page would lack a figure or an answer, or the notebook fails.
    OSError
        When the files cannot be written or older ones not replaced.
    """
    with scratch_folder(tempfile.gettempdir()) as folder:
        run_for_page(notebook, settings, folder, tell)
        pages = {page: _text_of(notebook_page(notebook))}
        return write_files_together(out, pages | {name: partial(copyfile, folder / name) for name in tables})


def run_for_page(
    notebook: NotebookNode,
    settings: Mapping[str, object],
    folder: Path,
    tell: Callable[[str], object] | None = None,
) -> None:
    """Run a notebook in place with these settings, its tables written into a folder; see `write_page`.

    Its first cell names files without their folders afterwards, and the tables lie beside the page.
    """
    own = {TABLES: str(folder)} if TABLES in parameters_of(notebook) else {}
    try:
        run_notebook(with_parameters(notebook, {**settings, **own}), tell=tell)
    except CellError as error:
        if READING in error.tags and _can_be_mended(error.kind):
            raise ValueError(error.said) from None
        raise
    with_parameters(notebook, without_folders({**settings, **({TABLES: "."} if own else {})}))
    drop_unanswered(notebook)
    check_shown(notebook)


def write_pages(
    notebooks: Mapping[Chapter, NotebookNode],
    folder: Path,
    out: str | Path,
    *,
    index: str = "",
    list_of: Callable[[Mapping[Chapter, NotebookNode]], str] | None = None,
) -> list[Path]:
    """Write executed notebooks as pages that lead to each other, and the tables that lie in a folder; all, or none.

    ``list_of`` writes the list of them, as the page named ``index``.
    """
    pages = {chapter.number: chapter.page for chapter in notebooks}
    beside = Beside(pages, {chapter.number: chapter.question for chapter in notebooks}, index)
    writers = {index: _text_of(list_of(notebooks))} if list_of is not None else {}
    for chapter, notebook in notebooks.items():
        writers[chapter.page] = _text_of(notebook_page(notebook, chapter.number, beside))
    tables = sorted(path for path in folder.iterdir() if path.is_file())
    return write_files_together(out, writers | {path.name: partial(copyfile, path) for path in tables})


def why_not(error: Exception) -> str:
    """Return what stands against a page: its first line, and what is listed below where that only counts it."""
    said = str(error)
    if isinstance(error, CellError):  # an error that was foreseen says by itself what is wrong
        said = error.said if _can_be_mended(error.kind) else f"{error.kind}: {error.said}"
    first, *more = said.splitlines() or [type(error).__name__]
    return " ".join([first, *(line.strip() for line in more)]) if first.endswith(":") else first


def _text_of(page: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(page, encoding="utf-8")


def _can_be_mended(kind: str) -> bool:
    """Tell by its name whether an error is one that the analyst can mend."""
    known = getattr(builtins, kind, None)
    return kind in MENDED_BY_THE_ANALYST or (isinstance(known, type) and issubclass(known, ValueError | OSError))
