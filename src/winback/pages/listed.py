"""What does a list of pages say of an executed notebook? Its question, answer, picture, and the minutes it takes."""

from __future__ import annotations

import base64
import html
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winback.pages.chapters import question_of
from winback.pages.figures import PNG, figure_html

if TYPE_CHECKING:
    from nbformat import NotebookNode

WORDS_A_MINUTE = 220  # read by an adult who looks for what matters
SECONDS_A_LOOK = 15  # at a figure or a table, to see what it says
ANSWER = "answer"  # tag of a cell, or class of a line, that answers a notebook's question
FIRST_SAID = re.compile(rf'<(p|h2)\b[^>]*class="(?:[^"]* )?{ANSWER}(?: [^"]*)?"[^>]*>(.*?)</\1>', re.DOTALL)
UNREAD = re.compile(r"<(details|style|script|svg|table)\b.*?</\1>", re.DOTALL)  # folded away, or no sentences
SVG_ALONE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
NARROW = 'class="wb-narrow"'  # what a page shows on a phone in place of a wide picture
LOOKED_AT = re.compile(r"<(?:svg|table)\b")


@dataclass(frozen=True)
class Listed:
    """One line of a list of notebooks; where none was run, why not."""

    number: str
    question: str
    answer: str = ""
    minutes: int = 0
    picture: bytes | None = field(default=None, repr=False)  # PNG
    says: str = field(default="", repr=False)  # the picture in words
    drawing: str = field(default="", repr=False)  # SVG with its own words
    why_not: str = ""


def listed(number: str, notebook: NotebookNode) -> Listed:
    """Return what is said of an executed notebook."""
    question = question_of(notebook)
    figure = _first_figure(number, notebook, question)
    return Listed(number, question, answer_of(notebook), minutes_of(notebook), **figure)


def answer_of(notebook: NotebookNode) -> str:
    """Return the answer that a notebook opens with: one sentence, as its cells generated it."""
    for shown in _shown(notebook):
        if found := FIRST_SAID.search(shown.get("text/html", "")):
            return _text(found[2])
    tagged = [cell for cell in notebook.cells if ANSWER in cell.metadata.get("tags", []) and cell.get("outputs")]
    if tagged:
        return tagged[0].outputs[0].data["text/plain"].splitlines()[0]
    return next((lines[0] for shown in _shown(notebook) if (lines := shown.get("text/plain", "").splitlines())), "")


def minutes_of(notebook: NotebookNode) -> int:
    """Return how many minutes it takes to read what a notebook shows, without what is folded away."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    looks = 0
    for shown in _shown(notebook):
        said = shown.get("text/html", "")
        texts.append(_text(said))
        looks += len(LOOKED_AT.findall(said)) or PNG in shown or "image/svg+xml" in shown
    seconds = 60 * sum(len(text.split()) for text in texts) / WORDS_A_MINUTE + SECONDS_A_LOOK * looks
    return max(1, math.ceil(seconds / 60))


def _first_figure(number: str, notebook: NotebookNode, question: str) -> dict:
    """Return a notebook's first figure: as a PNG and what it says, and as the SVG that stands in a page."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output):
        if PNG in output.data:
            says = output.metadata.get(PNG, {}).get("alt", f"Figure: {question}")
            drawn = SVG_ALONE.search(figure_html(output, f"p{number}", says))
            found = {"picture": base64.b64decode(output.data[PNG]), "says": says}
            return found | ({"drawing": drawn[0]} if drawn else {})
        inside = output.data.get("text/html", "")
        inside = inside.partition(NARROW)[2] or inside  # a list shows it small
        if found := SVG_ALONE.search(inside):
            return {"drawing": found[0]}
    return {}


def _shown(notebook: NotebookNode) -> Iterator[dict]:
    for cell in notebook.cells:
        yield from (output.data for output in cell.get("outputs", []) if "data" in output)


def _text(shown: str) -> str:
    """Return the sentences of HTML that are seen at once."""
    words = re.sub(r"<[^>]+>", " ", UNREAD.sub(" ", shown))
    return " ".join(html.unescape(words).split())
