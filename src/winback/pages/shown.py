"""What does a page show of an executed notebook? What could be answered, every cell of it what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.asked import UNANSWERED
from winback.kernel import SVG
from winback.pages.settings import PARAMETERS

if TYPE_CHECKING:
    from nbformat import NotebookNode

FIGURE = "figure"  # tag of a cell without whose figure there is no page
OF_THE_STUDY = "study"  # tag of cells that are about the study alone, and not of a page about one's own tables
PART = "part-"  # begins the tag of cells that are shown together, or not at all where their question has no answer


def check_shown(notebook: NotebookNode) -> None:
    """Refuse a notebook in which a cell shows nothing, or a cell for a figure none: a page would hide that."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or PARAMETERS in tags:
            continue
        outputs = cell.get("outputs", [])
        shown = {kind for output in outputs for kind in output.get("data", {})}
        if not (SVG in shown if FIGURE in tags else shown & {SVG, "text/html"}):
            said = "".join(output.get("text", "") for output in outputs if output.get("name") == "stderr").strip()
            why = f": {said.splitlines()[-1]}" if said else ""
            what = "a figure" if FIGURE in tags else "an answer"
            raise RuntimeError(f"The page would lack {what}, so nothing was written ({cell.source.strip()!r}){why}.")


def drop_of_the_study(notebook: NotebookNode) -> None:
    """Take out the cells that are about the study alone."""
    notebook.cells = [cell for cell in notebook.cells if OF_THE_STUDY not in cell.metadata.get("tags", [])]


def drop_unanswered(notebook: NotebookNode) -> None:
    """Take out the cells of every part in which a question showed that the table cannot answer it.

    Cells of a part have its name as a tag, such as ``part-reasons``; a cell may belong to several.
    """
    without = {tag for cell in notebook.cells if _is_unanswered(cell) for tag in _parts(cell)}
    notebook.cells = [cell for cell in notebook.cells if not without & _parts(cell)]


def _parts(cell: NotebookNode) -> set[str]:
    return {tag for tag in cell.metadata.get("tags", []) if tag.startswith(PART)}


def _is_unanswered(cell: NotebookNode) -> bool:
    shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
    return any(f'class="{UNANSWERED}' in "".join(html) for html in shown)
