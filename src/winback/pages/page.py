"""How does an executed notebook look as one page for a manager? The answer on top, the code folded away at the end."""

from __future__ import annotations

import copy
import datetime
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winback.pages.chapters import PACKAGE, question_of
from winback.pages.figures import figure_html
from winback.pages.for_readers import for_readers
from winback.pages.links import UNWRITTEN, linked

if TYPE_CHECKING:
    from nbformat import NotebookNode

INDEX = "index.html"
MORE = ". Further pages that are named here are written by: winback report --all."
HEADING_LINK = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>')  # beside each heading, without words


@dataclass(frozen=True)
class Beside:
    """What is written beside a page: pages by their numbers, their questions, and the list of them if there is one."""

    pages: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    index: str = ""

    def around(self, number: str) -> list[dict[str, str]]:
        """Return the page before and the one after, as name, link and question; those there are."""
        numbers = sorted({*self.pages, number} if number else self.pages)
        place = numbers.index(number) if number in numbers else -1
        found = [("before", place - 1), ("after", place + 1)]
        there = [(kind, numbers[at]) for kind, at in found if number and 0 <= at < len(numbers)]
        return [{"kind": kind, "link": self.pages[each], "text": self.questions[each]} for kind, each in there]


def notebook_page(notebook: NotebookNode, number: str = "", beside: Beside | None = None) -> str:
    """Return an executed notebook as one page that needs no network: contents on top, code folded away at the end.

    ``beside`` says which other pages are written, so that links lead to them.
    """
    from nbconvert import HTMLExporter

    beside = beside or Beside()
    page = {**_headings(notebook), "date": said_today() + MORE, "index": beside.index, "around": beside.around(number)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the converter's own dependencies
        shape = {"template_name": "page_template", "extra_template_basedirs": [str(PACKAGE)]}
        exporter = HTMLExporter(**shape, anchor_link_text=" ", sanitize_html=False)
        shown = exporter.from_notebook_node(_as_read(notebook), resources={"page": page})[0]
    shown = linked(HEADING_LINK.sub("", shown), beside.pages)
    return shown.replace(MORE, "") if f'class="{UNWRITTEN}"' not in shown else shown


def said_today() -> str:
    """Return of which day a page is."""
    return f"Report of {datetime.date.today():%d %B %Y}"


def _as_read(notebook: NotebookNode) -> NotebookNode:
    """Return a copy whose outputs are HTML for a page: figures with their texts, tables for phones and readers."""
    notebook, heading, n_figures = copy.deepcopy(notebook), question_of(notebook), 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines else heading
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                data["text/html"] = for_readers(data["text/html"], heading)
            elif figure := "data" in output and figure_html(output, f"f{n_figures}", f"Figure: {heading}"):
                n_figures += 1
                data["text/html"] = figure
    return notebook


def _headings(notebook: NotebookNode) -> dict:
    """Return the page's title and its contents, with the anchors that the converter gives to headings."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    texts = [line[3:].strip() for line in lines if line.startswith("## ")]
    headings = [{"text": text, "anchor": text.replace(" ", "-")} for text in texts]
    return {"title": question_of(notebook), "headings": headings}
