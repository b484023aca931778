"""What does a reader take away in the first minute? The answer before a figure; after it, what to do and how sure.

Every notebook opens in this order: its question, ``opening``, one figure, ``next_steps``. At most sixty words stand
before the figure, the question included; a test of the notebooks holds them to it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from winback.asked import Unanswered
from winback.in_html import NO_TEX, with_badge
from winback.results import Result

MOST_WORDS = 60  # before the figure
BRACKETS = "In brackets: 95% intervals."  # said once on a page, where the first of them stands
HEADING = re.compile(r"\[([^][]+)\]")  # of a section of the page, in who should read on
INTERVAL = re.compile(r"\[[^][]*\d[^][]*, [^][]*\]")
LARGE = (
    "font-size: 1.35em; font-weight: 650; line-height: 1.3; margin: 0 0 8px"  # a notebook has no style sheet of ours
)
SMALL = "color: #5b6875; font-size: .9em; margin: 0 0 6px"


@dataclass(frozen=True)
class Opening:
    """Whom a notebook speaks of, and its answer in one sentence."""

    about: str
    answer: str

    def _repr_html_(self) -> str:
        about = f'<p class="about" style="{SMALL}">{with_badge(self.about)}</p>' if self.about else ""
        answer = f'<p class="answer" style="{LARGE}">{html.escape(self.answer)}</p>'
        return f'<div class="minute {NO_TEX}">{about}{answer}</div>'

    def __str__(self) -> str:
        """Show the same as text."""
        return "\n".join(filter(None, [self.about, self.answer]))


@dataclass(frozen=True)
class NextSteps:
    """What to do, how sure the answer is, which doubt matters most, and who should read on."""

    do: str
    sure: str
    doubt: str
    read_on: str
    beside: Mapping[str, str] = field(default_factory=dict)  # rows that say more than how sure it is, by their names

    def _rows(self) -> list[tuple[str, str]]:
        """Return what there is to say, each under its name."""
        sure = (("How sure", self.sure), *self.beside.items())
        said = (("What to do", self.do), *sure, ("The doubt", self.doubt), ("Read on", self.read_on))
        return [(name, text) for name, text in said if text]

    def _repr_html_(self) -> str:
        said = {name: html.escape(text) for name, text in self._rows()}
        if "Read on" in said:
            said["Read on"] = HEADING.sub(_link, said["Read on"])
        rows = "".join(f"<dt><b>{name}</b></dt><dd>{text}</dd>" for name, text in said.items())
        return f'<dl class="next-steps {NO_TEX}">{rows}</dl>'

    def __str__(self) -> str:
        """Show the same as text."""
        said = dict(self._rows())
        if "Read on" in said:
            said["Read on"] = HEADING.sub(r"\1", said["Read on"])
        return "\n".join(f"{name}: {text}" for name, text in said.items())


def _link(heading: re.Match) -> str:
    """Let a heading lead to its section, by the anchor that notebooks and pages give it."""
    return f'<a href="#{heading[1].replace(" ", "-")}">{heading[1]}</a>'


def opening(result: Result | Unanswered, about: str = "") -> Opening:
    """Return the answer of a result in one sentence, and whom it speaks of; brackets are explained where there are any.

    Examples
    --------
    >>> import winback as wb
    >>> print(opening(wb.compare_offers(wb.load_telecom_study().trial), "4 offers").about)
    4 offers. In brackets: 95% intervals.
    """
    if isinstance(result, Unanswered):
        raise ValueError(result.why)  # without an answer there is no page
    answer = str(result.describe()).splitlines()[0]
    if INTERVAL.search(answer):
        about = f"{about}. {BRACKETS}" if about else BRACKETS
    return Opening(str(about), answer)


def next_steps(
    result: Result,
    read_on: str = "",
    sure: Result | None = None,
    also: Iterable[Result | Unanswered] = (),
    beside: Mapping[str, str] | None = None,
) -> NextSteps:
    """Return what to do after a result, how sure it is and its doubt; ``read_on`` says who should go on reading.

    A heading of the page in square brackets, ``[Who is left out?]``, leads there.
    ``sure`` is a result whose answer says how sure, such as the check of a forecast; otherwise the result says it.
    ``beside`` are rows by their names in place of how sure it is, such as what a plan costs and what it earns.
    ``also`` are results of which the first sentence of what to do belongs here, too, where they have an answer.

    Examples
    --------
    >>> import winback as wb
    >>> print(next_steps(wb.compare_offers(wb.load_telecom_study().trial)).do[:54])
    Send discount to all who look promising, and keep a ra
    """
    said = [*str(result.describe()).splitlines(), "", ""]
    how_sure = said[1] if sure is None else str(sure.describe()).splitlines()[0]
    more = (str(each.what_to_do()).splitlines() for each in also if each)
    do = "\n".join([str(result.what_to_do()), *(each[0] for each in more if each)]).strip()
    steps = NextSteps(do, "" if beside else how_sure, said[2], read_on, beside or {})
    if INTERVAL.search(str(steps)) and not INTERVAL.search(said[0]):  # the opening had none to explain
        steps = _explained(steps)
    return steps


def _explained(steps: NextSteps) -> NextSteps:
    """Say what brackets are where the first of the rows beside has some; else with how sure it is."""
    for name, text in steps.beside.items():
        if INTERVAL.search(text):
            return replace(steps, beside={**steps.beside, name: f"{text} {BRACKETS}"})
    return replace(steps, sure=f"{steps.sure} {BRACKETS}".strip())
