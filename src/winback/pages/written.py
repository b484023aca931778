"""How do a page and its tables come about? A notebook is run on a table; all files are written together, or none."""

from __future__ import annotations

import builtins
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from winback.kernel import READING, CellError, run_notebook
from winback.pages.page import notebook_page
from winback.pages.settings import with_parameters
from winback.pages.shown import check_shown, drop_unanswered
from winback.tables import scratch_folder, write_files_together

if TYPE_CHECKING:
    from nbformat import NotebookNode


MENDED_BY_THE_ANALYST = ("TableError", "ArgumentError")  # beside those of Python


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
        try:
            run_notebook(with_parameters(notebook, {**settings, "tables": str(folder)}), tell=tell)
        except CellError as error:
            if READING in error.tags and _can_be_mended(error.kind):
                raise ValueError(error.said) from None
            raise
        drop_unanswered(notebook)
        check_shown(notebook)
        pages = {page: lambda path: path.write_text(notebook_page(notebook), encoding="utf-8")}
        return write_files_together(out, pages | {name: partial(copyfile, folder / name) for name in tables})


def _can_be_mended(kind: str) -> bool:
    """Tell by its name whether an error is one that the analyst can mend."""
    known = getattr(builtins, kind, None)
    return kind in MENDED_BY_THE_ANALYST or (isinstance(known, type) and issubclass(known, ValueError | OSError))
