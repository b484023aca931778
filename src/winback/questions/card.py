"""What does a card of the front page hold? A question, its answer, a picture, the study beside one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

SMALL_SHARE = 0.1  # below it a decimal tells shares apart
QUESTIONS = {
    1: "Who comes back?",
    2: "How long, and worth what?",
    3: "Which offer for whom?",
    4: "Which strategy earns the most?",
}


@dataclass(frozen=True)
class Picture:
    """A figure to be drawn, what it says to those who do not see it, and a line below it."""

    draw: Callable[[], Any] = field(repr=False)
    label: str
    caption: str = ""
    narrow: Callable[[], Any] | None = field(default=None, repr=False)  # where one figure does not fit a phone as well


@dataclass(frozen=True)
class Card:
    """One of the four questions on one's own data, see `winback.questions`.

    Attributes
    ----------
    number : int
        Of the question.
    answer : str
        In one sentence; why there is none, where it cannot be answered.
    here : str
        Beside what the study found: the figures behind the answer, and how sure they are.
    missing : str
        What cannot be answered because columns are missing, and the remedy; the whole question where there is no
        picture.
    found : object
        The results that the sentences speak of.
    """

    number: int
    answer: str
    here: str = ""
    picture: Picture | None = None
    missing: str = ""
    found: Any = field(default=None, repr=False)

    @property
    def question(self) -> str:
        """The question itself."""
        return QUESTIONS[self.number]

    @property
    def is_answered(self) -> bool:
        """Whether the table can answer it."""
        return self.picture is not None


def cannot(number: int, missing: str) -> Card:
    """Return the card of a question that a table cannot answer."""
    return Card(number, "Cannot be answered from this table.", missing=missing)


def lacking(columns: dict[str, str], remedy: str) -> str:
    """Say which columns are missing, each with its meaning, and what to do.

    Examples
    --------
    >>> lacking({"reason": "why each customer left"}, "Add it.")
    'This column is missing: reason (why each customer left). Add it.'
    """
    each = "; ".join(f"{name} ({meaning})" for name, meaning in columns.items())
    start = "This column is missing" if len(columns) == 1 else "These columns are missing"
    return f"{start}: {each}. {remedy}"


def share_digits(shares: Iterable[float]) -> int:
    """Return with how many decimals shares are said: with one where all are small, or 0.6% and 1.1% were the same.

    Examples
    --------
    >>> share_digits([0.011, 0.006]), share_digits([0.45, 0.06])
    (1, 0)
    """
    return int(max(shares) < SMALL_SHARE)
