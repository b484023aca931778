"""What is wrong with a playbook? Every problem in words: where it stands, what it is, and what to write instead."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date

from winback.annotations import fits, in_words, looked_up, shown
from winback.outreach.chains import circle_of, in_order
from winback.outreach.entries import SOURCES, Aftercare, Cause, Channel, Entry, News, Occasion, Remedy, Rule, Step
from winback.outreach.schedule import LONGEST_MONTH
from winback.periods import DAYS_IN_MONTH
from winback.results import counted, join_words

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LISTS = {"channels": Channel, "rules": Rule, "remedies": Remedy, "causes": Cause}
LEAST = dict.fromkeys(("cost", "after_days", "after_leaving_days", "within_days", "margin_from"), 0)
LEAST |= {"per_day": 1, "contacts_a_month": 1}
EVERY_YEAR = ("day", "quiet_days")  # may also be days of every year
DAYS = ("day", "since", "remedied_on")
NO_LIMIT = " Leave it out for no limit, or take the channel out."
NAMES = {"agents": 'Ann", "Ben', "reasons": 'price", "quality', "offers": "voucher"}  # lists of texts -> an example
WRITE = {  # what must be filled in -> an example of it
    "name": 'name = "call soon"',
    "channel": 'channel = "call"',
    "text": 'text = "a free workshop"',
    "reason": 'reason = "price"',
}


def problems_of(book) -> Iterator[str]:
    """Yield what is wrong with a playbook, or with the parts that one is to be made of."""
    wrong = [name for name, kind in LISTS.items() if not _all_are(getattr(book, name), kind)]
    if wrong or not isinstance(book.aftercare, Aftercare):
        yield from (f"{name} must be a list of {LISTS[name].__name__}." for name in wrong)
        yield from () if isinstance(book.aftercare, Aftercare) else ["aftercare must be an Aftercare."]
        return
    yield from _of_limits(book)
    if not book.channels or not book.rules:
        yield 'There must be a channel and a rule. Write [[channel]] name = "call", and [[rule]] with a [[rule.step]].'
    for name in ("channels", "remedies", "causes"):
        yield from _of_entries(LISTS[name].__name__, getattr(book, name))
    names = [channel.name for channel in book.channels]
    yield from _twice("Channel", names)
    yield from _twice("Rule", [rule.name for rule in book.rules])
    yield from _twice("Cause", [cause.reason for cause in book.causes])
    for number, rule in enumerate(book.rules, start=1):
        place = _called("Rule", rule, number)
        found = [*_of_entry(place, rule), *_of_steps(place, rule.steps, names)]
        yield from found or _of_rule(place, rule, book)
    yield from _never_reached(book.rules)
    yield from _of_aftercare(book.aftercare, names)


def _all_are(value, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, kind) for each in value)


def _called(what: str, entry, number: int) -> str:
    name = getattr(entry, "name", None) or getattr(entry, "reason", None)
    return f"{what} {name!r}" if isinstance(name, str) else f"{what} number {number}"


def _of_entries(what: str, entries: Iterable[Entry]) -> Iterator[str]:
    for number, entry in enumerate(entries, start=1):
        yield from _of_entry(_called(what, entry, number), entry)


def _of_entry(place: str, entry: Entry) -> Iterator[str]:
    """Yield what is wrong with one entry by itself: the kind of each value, then its bounds."""
    names = vars(sys.modules[type(entry).__module__])
    for each in fields(entry):
        value, hint = getattr(entry, each.name), looked_up(each.type, names)
        if each.name in WRITE and (value == "" or (isinstance(value, str) and value != value.strip())):
            yield f"{place}: {each.name} must be text without blanks around it. Write {WRITE[each.name]}."
        elif each.name in DAYS and value is not None:
            yield from (f"{place}: {problem}" for problem in _of_day(each.name, value))
        elif not fits(value, hint):
            got = shown(list(value) if isinstance(value, tuple) else value)
            yield f"{place}: {each.name} must be {in_words(hint)}; got {got}.{_to_write(each.name, value)}"
        elif problem := _of_value(each.name, value):
            yield f"{place}: {problem}"
    if isinstance(entry, Cause) and entry.remedied_on and entry.stands:
        yield f"{place}: is both mended and still there. Leave out remedied_on, or stands = true."
    if isinstance(entry, Occasion) and (entry.day is None) == (entry.column is None):
        yield f'{place}: must have either a day, such as day = "12-24", or a column, such as column = "birthday".'


def _to_write(name: str, value) -> str:
    """Return what to write in place of a value of another kind, where that can be told."""
    if name in NAMES:
        return f' Write {name} = ["{NAMES[name]}"].'
    number = isinstance(value, str) and re.fullmatch(r"\s*(\d+)(?:[.,](\d+))?\s*", value)
    whole, part = number.groups() if number else ("", "")
    return f" Write {name} = {whole}{f'.{part}' if part else ''}, without quotation marks." if number else ""


def _of_value(name: str, value) -> str:
    """Return what is wrong with a value of the right kind, if anything is."""
    if name in LEAST and value is not None and not LEAST[name] <= value < math.inf:
        return f"{name} must be at least {LEAST[name]}; got {shown(value)}.{NO_LIMIT if name == 'per_day' else ''}"
    if name == "months_away" and value is not None and not 0 <= value[0] < value[1]:
        return f"months_away must be from some months to more, such as [0, 1]; got {list(value)}."
    if name in NAMES and any(not each.strip() for each in value or ()):
        return f"{name} has a name that is empty. Fill it in, or take it out."
    if name in ("reasons", "offers") and value == ():
        return f"{name} names none, so it is for nobody. Leave it out for all."
    if name == "agents":
        return _of_agents(value)
    if name == "source" and value not in SOURCES:
        return f"source must be one of {', '.join(SOURCES)}; got {value!r}."
    return ""


def _of_agents(agents: tuple[str, ...]) -> str:
    """Return what is wrong with those who share contacts out, if anything is: one twice, or several in one text."""
    twice = [agent for agent in dict.fromkeys(agents) if agents.count(agent) > 1]
    if twice:
        return f"agents names {twice[0]!r} {agents.count(twice[0])} times. Name each once: they share contacts evenly."
    if len(agents) == 1 and "," in agents[0]:
        parts = ", ".join(f'"{part.strip()}"' for part in agents[0].split(","))
        return f"agents has one name with a comma, {agents[0]!r}. Write agents = [{parts}], or one name without it."
    return ""


def _of_day(name: str, day) -> Iterator[str]:
    """Yield what is wrong with a date, or with a day of every year such as 12-24 where one may stand."""
    may_come_round = name in EVERY_YEAR
    if type(day) is not date and not (may_come_round and isinstance(day, str) and is_day_of_year(day)):
        every_year = ', or "12-24" for every year' if may_come_round else ""
        yield f"{name} must be a date such as 2026-12-24, without quotation marks{every_year}; got {shown(day)}."


def is_day_of_year(text: str) -> bool:
    """Say whether a text is a day of the year, month first.

    Examples
    --------
    >>> is_day_of_year("02-29"), is_day_of_year("02-30"), is_day_of_year("2026-12-24")
    (True, False, False)
    """
    try:
        return len(text) == len("12-24") and bool(date.fromisoformat(f"2000-{text}"))  # a leap year has every day
    except ValueError:
        return False


def _twice(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in dict.fromkeys(each for each in names if isinstance(each, str) and each):
        if names.count(name) > 1:
            yield f"{what} {name!r} is there {names.count(name)} times. Give each a name of its own."


def _of_steps(place: str, steps: Sequence[Step], channels: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the steps of a chain: each by itself, then what they say of each other."""
    if not _all_are(steps, Step):
        return
    whole = True
    names = [step.name for step in steps if step.name]
    for number, step in enumerate(steps, start=1):
        at = f"{place}, step {number}"
        found = list(_of_entry(at, step))
        if isinstance(step.channel, str) and step.channel.strip() and step.channel not in channels:
            found.append(f"{at}: there is no channel {step.channel!r}; there are {join_words(map(str, channels))}.")
        if step.after is not None and step.after not in names:
            found.append(f"{at}: there is no step {step.after!r} to come after. Give that step this name.")
        if number > 1 and step.after_leaving_days is not None:
            found.append(f"{at}: after_leaving_days goes with the first step only. Write after_days.")
        yield from found
        whole &= not found
    yield from _twice(f"{place}: step", names)
    if whole and (circle := circle_of(steps)):
        around = " after ".join(repr(step.name or step.channel) for step in reversed(circle))
        yield f"{place}: its steps wait for each other in a circle: {around}. Take one `after` out."


def _of_rule(place: str, rule: Rule, book) -> Iterator[str]:
    """Yield what keeps the chain of a sound rule from being done as it is meant."""
    if not rule.steps:
        yield f'{place}: has no steps. Write [[rule.step]] with channel = "call".'
        return
    brings = any(step.brings_offer for step in rule.steps)
    if any(step.apology for step in rule.steps) and not (brings or _answered(rule, book.remedies)):
        yield f"{place}: apologises and offers nothing. Write brings_offer = true, or a remedy for its reasons."
    yield from _of_months_away(place, rule)
    open_ever = {each.name for each in book.channels if each.on_quiet_days and isinstance(each.name, str)}
    offered = [step.channel for step in rule.steps if step.brings_offer] or [step.channel for step in rule.steps]
    if open_ever and _is_always_quiet(book) and open_ever.isdisjoint(offered):
        by = join_words(dict.fromkeys(offered))
        yield f"{place}: makes its offer by {by} only, and quiet_weekdays names every day. Leave one out."
    n, cap = len(rule.steps), book.contacts_a_month
    if not fits(cap, int) or cap < 1:
        return
    days = max(in_order(rule.steps).days[-1], n - 1, LONGEST_MONTH * ((n - 1) // cap))  # one contact a day at most
    if days > rule.within_days:
        said = f"takes {days} days with {counted(cap, 'contacts')} a month, and is to be done within {rule.within_days}"
        yield f"{place}: {said}. Raise within_days, or take a step out."


def _of_months_away(place: str, rule: Rule) -> Iterator[str]:
    """Yield that a rule would make its offer when it is for the customer no more, however soon after leaving."""
    chain = in_order(rule.steps)
    offered = [day for step, day in zip(chain.steps, chain.days, strict=True) if step.brings_offer] or chain.days
    day = offered[0] + (chain.steps[0].after_leaving_days or chain.steps[0].after_days)
    end = math.inf if rule.months_away is None else rule.months_away[1]
    if day >= end * DAYS_IN_MONTH:
        said = (
            f"makes the offer {counted(day, 'days')} after leaving at the soonest, and its months_away end at {end:g}"
        )
        yield f"{place}: {said}. Raise their end, or make the offer sooner."


def _answered(rule: Rule, remedies: Sequence[Remedy]) -> bool:
    """Say whether there is a remedy for each of a rule's reasons."""
    if any(remedy.reasons is None for remedy in remedies):
        return True
    answered = [remedy.reasons for remedy in remedies if isinstance(remedy.reasons, tuple)]
    return bool(rule.reasons) and set().union(*answered).issuperset(rule.reasons)


def _never_reached(rules: Sequence[Rule]) -> Iterator[str]:
    first = next((place for place, rule in enumerate(rules) if rule.is_for_all), len(rules))
    for rule in rules[first + 1 :]:
        if _needed(rules[first]) <= _needed(rule):
            yield f"Rule {rule.name!r} never applies: {rules[first].name!r}, before it, is for all. Put that one last."


def _needed(rule: Rule) -> set[str]:
    """Return the channels by which a rule needs consent: whoever refuses one is under a later rule."""
    steps = rule.steps if isinstance(rule.steps, tuple) else ()
    brings = [place for place, step in enumerate(steps) if getattr(step, "brings_offer", False)]
    return {str(getattr(step, "channel", "")) for step in steps[: brings[0] + 1]} if brings else set()


def _of_aftercare(aftercare: Aftercare, channels: Sequence[str]) -> Iterator[str]:
    place = "Aftercare"
    yield from _of_entry(place, aftercare)
    yield from _of_steps(place, aftercare.steps, channels)
    if isinstance(aftercare.monthly, Step):
        yield from _of_steps(f"{place}, monthly", (aftercare.monthly,), channels)
    for what, kind in (("occasions", Occasion), ("news", News)):
        entries = getattr(aftercare, what)
        if _all_are(entries, kind):
            yield from _of_entries(f"{place}, {kind.__name__.lower()}", entries)
        if entries and aftercare.monthly is None:
            yield f"{place}: has {what} and no monthly contact to bring them. Write [aftercare.monthly]."


def _of_limits(book) -> Iterator[str]:
    """Yield what is wrong with the limits that hold for all contacts, and with the currency."""
    if not isinstance(book.currency, str):
        yield f'currency must be text, such as "$"; got {shown(book.currency)}.'
    if not fits(book.contacts_a_month, int) or book.contacts_a_month < 1:
        yield f"contacts_a_month must be a whole number of at least 1; got {shown(book.contacts_a_month)}."
    for each in _listed(book.quiet_weekdays):
        if each not in WEEKDAYS:
            yield f"quiet_weekdays must be of {', '.join(WEEKDAYS)}; got {shown(each)}."
    for each in _listed(book.quiet_days):
        yield from _of_day("quiet_days", each)
    if _is_always_quiet(book) and not any(each.on_quiet_days for each in book.channels):
        yield "quiet_weekdays names every day, so nobody can be contacted. Leave one out."


def _is_always_quiet(book) -> bool:
    return set(WEEKDAYS) <= {each for each in _listed(book.quiet_weekdays) if isinstance(each, str)}


def _listed(value) -> tuple:
    return value if isinstance(value, tuple) else (value,)
