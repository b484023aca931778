"""What do one's own customers answer to the study's four questions? `answer_questions`."""

from __future__ import annotations

from collections.abc import Mapping

from winback.doors import door
from winback.offers.comparison import compare_offers
from winback.questions.four import FourQuestions
from winback.questions.headline import headline
from winback.questions.how_long import how_long
from winback.questions.links import links
from winback.questions.strategy import which_strategy
from winback.questions.which_offer import tailoring, which_offer
from winback.questions.who import who_comes_back
from winback.trial.trial import Trial


@door
def answer_questions(
    trial: Trial,
    *,
    by: str = "reason",
    rule: Mapping | None = None,
    rule_by: str | None = None,
    life_months: float | None = None,
    pages: Mapping[int, str] | None = None,
) -> FourQuestions:
    """Answer the study's four questions from one's own trial, as a page that can be passed on.

    Parameters
    ----------
    trial : Trial
        From `read_trial`.
    by : str
        Column known beforehand, by which the first question is answered.
    rule, rule_by : mapping and str, optional
        One's own way of tailoring, label -> offer, and the column it reads; by default that of an offer that was
        tailored in the trial.
    life_months : float, optional
        Up to which month second lives are counted; by default while enough of them are watched.
    pages : mapping, optional
        Number of a notebook -> where its page stands; by default the notebooks. ``{}``: no links.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.questions import answer_questions
    >>> found = answer_questions(wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial)
    >>> found.frame["question"].tolist()[:2]
    ['Who comes back?', 'How long, and worth what?']
    """
    comparison = compare_offers(trial)
    ways = tailoring(trial, rule, rule_by)
    cards = (
        who_comes_back(trial, by),
        how_long(trial, life_months),
        which_offer(trial, comparison, ways),
        which_strategy(comparison),
    )
    notes = (str(comparison.details()).splitlines()[-1], trial.caveat)
    return FourQuestions(
        about=str(trial.subtitle),
        head=headline(comparison, ways),
        cards=cards,
        notes=tuple(filter(None, notes)),
        found={"comparison": comparison, "tailoring": ways},
        pages=links() if pages is None else pages,
    )
