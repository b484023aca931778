"""What do one's own customers answer to the study's four questions? `answer_questions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from winback.asked import ask
from winback.base.any_base import AnyBase
from winback.doors import door
from winback.offers.comparison import compare_offers
from winback.questions.after import further
from winback.questions.four import FourQuestions
from winback.questions.headline import headline
from winback.questions.how_long import how_long
from winback.questions.scenario import scenario_cards, scenario_headline, scenario_of, scenario_sections
from winback.questions.short_money import when_money_is_short
from winback.questions.strategy import which_strategy
from winback.questions.which_offer import tailoring, which_offer
from winback.questions.who import who_comes_back
from winback.results import counted
from winback.tables import AnyTable
from winback.trial.trial import Trial


@door
def answer_questions(
    trial: Trial | None = None,
    base: AnyBase | AnyTable | None = None,
    *,
    by: str = "reason",
    rule: Mapping | None = None,
    rule_by: str | None = None,
    life_months: float | None = None,
    pages: Mapping[int, str] | None = None,
) -> FourQuestions:
    """Answer the study's four questions from one's own data, as a page that can be passed on.

    From a trial they are answered. Without one, from a base or a table of lapsed customers alone, what the study found
    is shown as a scenario on one's own leavers, called so, beside what a base tells, with the trial that is missing.

    Parameters
    ----------
    trial : Trial, optional
        From `read_trial`.
    base : ContractBase, PurchaseBase, SnapshotBase, Lapsed, DataFrame or path, optional
        All customers over time, or the table of those who were lost; needed where there is no trial.
    by : str
        Column known beforehand, by which the first question is answered.
    rule, rule_by : mapping and str, optional
        One's own way of tailoring, label -> offer, and the column it reads; by default that of an offer that was
        tailored in the trial.
    life_months : float, optional
        Up to which month second lives are counted; by default while enough of them are watched.
    pages : mapping, optional
        Number of a notebook -> where it stands, as `winback.pages.links.links_to` has it; without, there are no links.

    Raises
    ------
    ValueError
        When there is neither a trial nor a base, or nobody was lost.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.questions import answer_questions
    >>> found = answer_questions(base=wb.load_shop_study().base)
    >>> found.head.do
    'Try an offer on a random part of your leavers first.'
    >>> found.cards[3].answer
    'Cannot be answered from this table.'
    """
    pages = dict(pages or {})
    if trial is None:
        if base is None:
            raise ValueError("Give a trial, or a base or a table of those who were lost: there is nothing to ask.")
        return _without_a_trial(base, by, life_months, pages)
    comparison = compare_offers(trial)
    ways = tailoring(trial, rule, rule_by)
    cards = (
        who_comes_back(trial, by, comparison),
        how_long(trial, life_months),
        which_offer(trial, comparison, ways),
        which_strategy(comparison),
    )
    found, sections = further(trial, comparison)
    found = {"comparison": comparison, "tailoring": ways, "what_if": ask(comparison.what_if), **found}
    lost = str(base.describe()).splitlines()[0] if isinstance(base, AnyBase) else ""
    notes = (lost, str(comparison.details()).splitlines()[-1], trial.caveat)
    short = ask(when_money_is_short, found["values"], comparison) if found.get("values") else ""
    head = headline(comparison, ways, short if isinstance(short, str) else "")
    said = {"about": str(trial.subtitle), "head": head, "cards": cards, "sections": sections}
    return FourQuestions(**said, notes=tuple(filter(None, notes)), found=found, pages=pages)


def _without_a_trial(base: Any, by: str, life_months: float | None, pages: Mapping[int, str]) -> FourQuestions:
    found = scenario_of(base)
    about = str(getattr(base, "subtitle", "")) or f"{counted(len(found.leavers), 'customers')} lost"
    said = {"head": scenario_headline(found), "cards": scenario_cards(found, by, life_months)}
    return FourQuestions(about, **said, sections=scenario_sections(found), found={"scenario": found}, pages=pages)
