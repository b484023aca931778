"""Which notebooks are there, in the order of the story? Found by their file names: a number, then the question."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winback.results import join_words

if TYPE_CHECKING:
    from nbformat import NotebookNode

PACKAGE = Path(__file__).parents[1]
NUMBERED = re.compile(r"(\d\d)-[\w-]+\.ipynb")
SHORT = {
    "01": "lost.html",
    "06": "offer-roi.html",
    "10": "plan.html",
    "12": "plan-check.html",
}  # pages that a command of their own writes


@dataclass(frozen=True)
class Chapter:
    """A notebook of the package by its number, such as ``06``, and the file it lies in."""

    number: str
    file: Path

    @property
    def page(self) -> str:
        """The name of its page."""
        return SHORT.get(self.number, f"{self.file.stem}.html")

    @property
    def question(self) -> str:
        """What it asks: its title."""
        return question_of(self.read())

    def read(self) -> NotebookNode:
        """Return the notebook as it is stored."""
        import nbformat

        return nbformat.read(self.file, as_version=4)


def notebook_folders() -> list[Path]:
    """Return where notebooks lie: in the installed package, or in the folder ``notebooks`` of a checkout."""
    places = (PACKAGE / "notebooks", PACKAGE.parents[1] / "notebooks")
    return [place for place in places if place.is_dir()]


def chapters() -> dict[str, Chapter]:
    """Return all notebooks by number, in order.

    Examples
    --------
    >>> chapters()["06"].page
    'offer-roi.html'
    """
    folders = notebook_folders()
    if not folders:
        raise FileNotFoundError("The notebooks are missing; install winback again.")
    files = sorted(path for path in folders[0].iterdir() if NUMBERED.fullmatch(path.name))
    return {path.name[:2]: Chapter(path.name[:2], path) for path in files}


def chapters_of(numbers: Iterable[str]) -> list[Chapter]:
    """Return the notebooks of some numbers, in the order of the story; refuse a number that none has.

    Examples
    --------
    >>> [chapter.number for chapter in chapters_of(["9", "04"])]
    ['04', '09']
    """
    known, asked = chapters(), [str(number).strip().zfill(2) for number in numbers]
    if unknown := [number for number in asked if number not in known]:
        there = join_words([f"{each.number} ({each.question})" for each in known.values()])
        raise ValueError(f"There is no notebook {join_words(unknown)}. There are {there}.")
    return [known[number] for number in sorted(set(asked))]


def question_of(notebook: NotebookNode) -> str:
    """Return the title of a notebook, which is its question."""
    lines = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "Report")
