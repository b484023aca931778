"""What are the answers to the four questions, as one result? Headline, cards, what comes after; the page they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from winback.datasets.telecom.published import WHOSE, published_answers
from winback.questions import page
from winback.questions.card import Card
from winback.questions.headline import Headline
from winback.questions.scenario import assumed_of
from winback.results import Result, Sentences


@dataclass(frozen=True, repr=False, eq=False)
class FourQuestions(Result):
    """The study's four questions on one's own data, see `answer_questions`.

    Attributes
    ----------
    about : str
        Of which data the page speaks.
    head : Headline
    cards : tuple of Card
        One per question.
    sections : tuple
        What comes below the cards, in order.
    frame : pandas.DataFrame
        One row per question: ``question``, ``answer``, ``study``, ``here``, ``missing``.
    found : mapping
        The results behind: comparison, tailoring, and what else could be asked.
    pages : mapping
        Number of a notebook -> where its page stands.
    """

    about: str
    head: Headline
    cards: tuple[Card, ...]
    sections: tuple[page.Section, ...] = ()
    notes: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict, repr=False)
    pages: Mapping[int, str] = field(default_factory=dict, repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "question": ("Question", "text"),
        "answer": ("Answer", "text"),
        "study": ("Study", "text"),
    }

    @property
    def frame(self) -> pd.DataFrame:  # type: ignore[override]
        """The questions as a table."""
        study = published_answers()
        rows = [
            {"question": card.question, "answer": card.answer, "study": study[card.number]}
            | {"here": card.here, "missing": card.missing}
            for card in self.cards
        ]
        return pd.DataFrame(rows)

    def describe(self) -> Sentences:
        """Say what to do, what it gains, and the doubt that matters most."""
        return Sentences.of(filter(None, (self.head.do, self.head.gain, self.head.doubt or self.head.lead)))

    def details(self) -> Sentences:
        """Say the answers to the four questions."""
        return Sentences.of(f"{card.question} {card.answer}" for card in self.cards)

    def what_to_do(self) -> Sentences:
        """Say what to do next."""
        return Sentences.of([self.head.do])

    def assumptions(self) -> Sentences:
        """Say what the figures rest on: terms, costs, and who would come back without an offer."""
        comparison = self.found.get("comparison")
        return comparison.assumptions() if comparison else Sentences.of(assumed_of(self.found["scenario"]))

    def _repr_html_(self) -> str:
        parts = [page.head(self.about, self.head, self.pages), page.cards(self.cards, published_answers(), self.pages)]
        moved = self.found.get("what_if")
        parts += [moved._repr_html_() if moved else ""]
        parts += [page.section(part, self.pages, f"wb-s{place}") for place, part in enumerate(self.sections)]
        parts += [page.foot([*self.notes, f"The study: {WHOSE}."])]
        return page.page(filter(None, parts))
