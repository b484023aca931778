"""How does an executed notebook look as one page for a manager? The answer on top, the code folded away at the end."""

from __future__ import annotations

import datetime
import warnings
from typing import TYPE_CHECKING

from winback.pages.settings import PACKAGE

if TYPE_CHECKING:
    from nbformat import NotebookNode


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
