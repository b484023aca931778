"""Who is this customer, why did they leave, what is new since, and what is done next? One customer's card."""

from __future__ import annotations

import copy
import datetime
import html
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from winback.in_html import NO_TEX
from winback.labels import short_words, value_words
from winback.money import format_money
from winback.outreach.consent import in_plural
from winback.outreach.dates import day_words
from winback.results import Result, Sentences, counted, format_chance, join_words
from winback.tables import NO_OFFER

GONE = "lost"
KINDS = {
    "incremental": "more than if they were sent nothing",
    "gross": "with what would come in anyway",
}
LEFT = 'style="text-align: left"'  # in a notebook there is no style sheet of ours
A_WEEK = 7  # days after the end of the data, beyond which the month after it is not the next one
POOR = ("service", "quality", "delivery")  # nobody leaves for these, but because they are poor
NOT_PLANNED = "Nothing is planned with them."


@dataclass(frozen=True, repr=False)
class CustomerCard(Result):
    """What an agent on the line must know of one customer; see `winback.outreach.customer_cards`.

    Attributes
    ----------
    known : mapping
        ``customer_id``, ``on`` (the day it is for), ``state``; ``used`` and missed (``since``, ``months``, ``margin`` a
        month or ``paid`` in all, ``complaints``, ``last_purchase``, ...), ``why`` they left or might, ``new`` since,
        ``tried``, ``offer``, ``next_step``, why it is ``not_planned`` or they ``must_not`` be contacted; whether they
        ``agreed`` to each channel, and what the list carries of the analyst's ``own``, such as names. What is not known
        is left out.
    """

    known: Mapping[str, Any] = field(repr=False)
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {"what": ("About them", "text"), "is_so": ("Known", "text")}

    def to_dict(self) -> dict[str, Any]:
        """Return what is known as plain values, days as text, fit to be written as JSON."""
        return _plain(self.known)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per thing that is known, in words: ``what`` and ``is_so``."""
        return pd.DataFrame(list(_rows(self)), columns=["what", "is_so"])

    def describe(self) -> Sentences:
        """Say who they are and why they left or might, what has been done or is new, and what is done next."""
        return Sentences.of(filter(None, [_who(self), _since_then(self), _next(self)]))

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th {LEFT}>{each}</th><td {LEFT}>{said}</td></tr>" for each, said in _escaped(_rows(self)))
        head = f"<h3>Customer {html.escape(str(self.known['customer_id']))}</h3>{self.describe()._repr_html_()}"
        return f'<div class="card">{head}<table class="winback {NO_TEX}"><tbody>{rows}</tbody></table></div>'


def _escaped(rows: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((html.escape(what), html.escape(said)) for what, said in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date) else copy.copy(value)


def _months(months: float) -> str:
    return "less than a month" if months < 1 else counted(math.floor(months), "months")


def _who(card: CustomerCard) -> str:
    used, why, state = card.known["used"], card.known["why"], card.known["state"]
    earned = f", and brought us {format_money(used['margin'], card.currency)} a month" if "margin" in used else ""
    if "paid" in used:
        earned = f", and paid {format_money(used['paid'], card.currency)} in {counted(used['purchases'], 'purchases')}"
    if state == GONE:
        left = f"{_left_for(why['reason'])} on" if "reason" in why else "left on"
        left = left if "purchases" not in used else "count as lost since"
        return f"They were with us for {_months(used['months'])}{earned}; they {left} {day_words(why['left_on'])}."
    back = f"; they left on {day_words(why['left_before'])} and came back" if "left_before" in why else ""
    chance = f"; {_chance(why)} of customers like them leave {_when(card)}" if "risk" in why else ""
    ended = "; their contract has just ended" if state == "pending" else ""
    return f"They have been with us for {_months(used['months'])} in all{earned}{back}{ended}{chance}."


def _left_for(reason: object) -> str:
    if reason in POOR:
        return f"left because of poor {short_words('reason', reason)}"
    said = value_words("reason", reason)
    return said if said.startswith("left") else f"left ({short_words('reason', reason)})"


def _chance(why: Mapping[str, Any]) -> str:
    low, high = (format_chance(why[name]) for name in ("risk_low", "risk_high"))
    return f"{format_chance(why['risk'])} [{low}, {high}]"


def _when(card: CustomerCard) -> str:
    after = card.known["why"]["known_until"]
    return "next month" if (card.known["on"] - after).days <= A_WEEK else f"in the month after {day_words(after)}"


def _since_then(card: CustomerCard) -> str:
    parts = [f"new since: {join_words(_news(card))}"] if card.known["new"] else []
    if card.known["why"].get("stands"):
        parts.append("what they left for still stands")
    if card.known["tried"]:
        parts.append(f"tried: {_tried(card.known['tried'][-1])}")
    return f"{'; '.join(parts)}." if parts else ""


def _news(card: CustomerCard) -> list[str]:
    return [f"{each['what']} ({day_words(each['on'])})" if "on" in each else each["what"] for each in card.known["new"]]


def _tried(tried: Mapping[str, Any]) -> str:
    when = f" on {day_words(tried['on'])}" if "on" in tried else ""
    if "months_after_leaving" in tried:
        when = f" {_months(round(tried['months_after_leaving']))} after they had left"
    outcome = f", {tried['outcome']}" if "outcome" in tried else ""
    return f"{tried['what']}{when}{outcome}"


def _next(card: CustomerCard) -> str:
    if card.known["must_not"]:
        return f"Do not contact them: {card.known['must_not']}."
    step, offer = card.known["next_step"], card.known["offer"]
    with_it = f", about the offer {offer['name']}" if offer and offer["name"] != NO_OFFER else ""
    if step is None:
        reason = card.known["not_planned"]
        return f"{NOT_PLANNED[:-1]}: {reason}." if reason else NOT_PLANNED
    said = f" {step['message']}" if step.get("message") else ""  # an instruction, not words to be read out
    return f"Next: {step['channel']} on {day_words(step['on'], weekday=True)}{_by(step)}{with_it}.{said}"


def _by(step: Mapping[str, Any]) -> str:
    return (
        f" by {' '.join(filter(None, [step.get('by'), step.get('agent')]))}"
        if step.get("by") or step.get("agent")
        else ""
    )


def _rows(card: CustomerCard) -> Iterator[tuple[str, str]]:
    """Yield what is known, in the order in which it is asked for on the line."""
    used, why = card.known["used"], card.known["why"]
    yield from ((name.replace("_", " "), str(value)) for name, value in card.known["own"].items())
    if card.known["must_not"]:
        yield "Do not contact", card.known["must_not"]
    yield from _steps(card)
    yield from _agreed(card)
    yield "Customer since", f"{day_words(used['since'])}, {_months(used['months'])} in all"
    yield from _used(card, used)
    if "left_on" in why:
        reason = f", {short_words('reason', why['reason'])}" if "reason" in why else ""
        yield "Counts as lost since" if "purchases" in used else "Left", f"{day_words(why['left_on'])}{reason}"
    if "left_before" in why:
        reason = f", {short_words('reason', why['reason_before'])}" if "reason_before" in why else ""
        yield "Left before", f"{day_words(why['left_before'])}{reason}"
    if "said" in why:
        yield "Said", f"“{why['said']}”"
    if "risk" in why:
        yield "May leave", f"{_chance(why)} of customers like them do {_when(card)}"
    if why.get("stands"):
        yield "Mended", "no: what they left for still stands"
    yield from (("New since", news) for news in _news(card))
    yield from (("Tried", _tried(tried)) for tried in card.known["tried"])
    yield from _offered(card)


def _steps(card: CustomerCard) -> Iterator[tuple[str, str]]:
    """Yield what is done next, and what follows it."""
    step = card.known["next_step"]
    if not step:
        return
    last = f", not after {day_words(step['deadline'])}" if "deadline" in step else ""
    yield "Next step", f"{step['channel']} on {day_words(step['on'], weekday=True)}{_by(step)}{last}"
    for each in step.get("then", ()):
        said = f": {each['message']}" if each.get("message") else ""
        yield "Then", f"{each['channel']} on {day_words(each['on'], weekday=True)}{_by(each)}{said}"


def _agreed(card: CustomerCard) -> Iterator[tuple[str, str]]:
    """Yield by which channels they agreed to be reached, where the table says it."""
    for agreed, words in ((True, "Agreed to"), (False, "Not by")):
        if names := [in_plural(name) for name, known in card.known["agreed"].items() if known is agreed]:
            yield words, join_words(names)


def _used(card: CustomerCard, used: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "margin" in used:
        yield "Brought us", f"{format_money(used['margin'], card.currency)} a month"
    if "paid" in used:
        yield "Paid", f"{format_money(used['paid'], card.currency)} in {counted(used['purchases'], 'purchases')}"
        yield "Last purchase", day_words(used["last_purchase"])
    if "complaints" in used:
        n, n_settled = used["complaints"], used.get("complaints_settled")
        settled = f", {n_settled or 'none'} settled" if n and n_settled is not None else ""
        yield "Complaints", f"{n or 'none'}{settled}"


def _offered(card: CustomerCard) -> Iterator[tuple[str, str]]:
    offer = card.known["offer"]
    if not offer:
        return
    if offer["name"] == NO_OFFER:
        yield "Offer", offer["why"]
        return
    why = f", because {offer['why']}" if offer.get("why") else ""
    yield "Offer", f"{offer['name']}{why}"
    worth = format_money(offer["expected_profit"], card.currency)
    yield "Worth", f"{worth} {KINDS[offer['kind']]}, as expected of customers like them"
