"""Has every cell of an executed notebook shown what it is for? A page would hide what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.kernel import SVG
from winback.pages.settings import PARAMETERS

if TYPE_CHECKING:
    from nbformat import NotebookNode

FIGURE = "figure"  # tag of a cell without whose figure there is no page


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
