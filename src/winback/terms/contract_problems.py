"""What is wrong with an offer's contract, or with offers taken together? Every problem in words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from numbers import Real

from winback.tables import NO_OFFER

PAID = ("on_acceptance", "per_contact", "while_active")
OPTIONAL_AMOUNTS = ("amount", "amount_per_month", "months", "max_cost")
WHO_MAY_GET_IT = ("months_away", "least_tenure", "wait_months")  # which costs nothing


def problems_of(offer) -> Iterator[str]:
    """Yield what is wrong with one offer's contract."""
    if not _is_word(offer.name) or offer.name == NO_OFFER:
        yield f"The name must be a word without blanks around it, other than {NO_OFFER!r}, which means untreated."
    for name in (*OPTIONAL_AMOUNTS, "contact_cost", "least_tenure", "wait_months"):
        value = getattr(offer, name)
        may_be_missing = value is None and name != "contact_cost"
        if not may_be_missing and not (_is_amount(value) and value < math.inf):
            yield f"{name} must be a number of at least 0, got {value!r}.{_as_number(value)}"
    window = offer.months_away
    if window is not None and not _is_window(window):
        yield f"months_away must be two numbers, the fewest months and the most, such as [1, 12]; got {window!r}."
    if offer.paid is not None and not isinstance(offer.paid, str):
        yield f"paid must be text, one of {', '.join(PAID)}; got {type(offer.paid).__name__}."
    elif offer.tailored_by is None:
        yield from _problems_of_payment(offer)
    else:
        yield from _problems_of_tailoring(offer)


def _is_amount(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and value >= 0


def _is_window(window: object) -> bool:
    """Say whether these are two numbers in ascending order, of which the second may be without end."""
    return (
        isinstance(window, list | tuple)
        and len(window) == 2
        and all(map(_is_amount, window))
        and window[0] <= window[1]
        and window[0] < math.inf
    )


def _as_number(value: object) -> str:
    """Say how a number is written that was given as text."""
    number = str(value).strip().replace(",", ".")
    plain = isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", number)
    return f" Write {number}, without quotation marks." if plain else ""


def _is_word(name) -> bool:
    return isinstance(name, str) and name != "" and name == name.strip()


def _problems_of_payment(offer) -> Iterator[str]:
    if not isinstance(offer.paid, str) or offer.paid not in PAID:
        given = "paid is required" if offer.paid is None else f"paid cannot be {offer.paid!r}"
        yield f"{given}: say one of {', '.join(PAID)}."
    if offer.tailored:
        yield "tailored is given without tailored_by, the column it reads."
    given = [name for name in ("amount", "amount_per_month", "percent_of_value") if getattr(offer, name) is not None]
    if len(given) != 1:
        yield "Give either amount, amount_per_month or percent_of_value."
    elif offer.percent_of_value is not None:
        yield from _problems_of_percent(offer)
    elif offer.paid == "while_active" and offer.amount_per_month is None:
        yield "Paid while active needs amount_per_month."
    elif offer.amount_per_month is not None and offer.months is None and offer.paid != "while_active":
        yield "amount_per_month needs months."


def _problems_of_percent(offer) -> Iterator[str]:
    share = offer.percent_of_value
    is_number = isinstance(share, Real) and not isinstance(share, bool)
    if not (is_number and 0 < share <= 1):
        hint = f" Write {share / 100:g} for {share:g}%." if is_number and 1 < share <= 100 else ""
        yield f"percent_of_value must be a share above 0 and up to 1, got {share!r}.{hint}"
    if offer.paid not in (None, "on_acceptance"):
        yield "percent_of_value is paid on_acceptance: it is taken off what a customer who returns pays."
    if offer.months is not None:
        yield "months does not go with percent_of_value: it is a share of all that was earned within the horizon."


def _problems_of_tailoring(offer) -> Iterator[str]:
    if not isinstance(offer.tailored, Mapping) or not offer.tailored or not all(map(_is_word, offer.tailored.values())):
        yield f"tailored must map the values of {offer.tailored_by!r} to the names of other offers."
    given = [name for name in (*OPTIONAL_AMOUNTS, "percent_of_value", "paid") if getattr(offer, name) is not None]
    if given:
        yield f"{', '.join(given)} cannot be given: a tailored offer costs what the assigned offers cost."


def problems_between(offers: Iterable) -> Iterator[str]:
    """Yield what is wrong with offers taken together."""
    offers = list(offers)
    if not offers:
        yield "There is no offer."
    yield from names_twice(offer.name for offer in offers)
    plain = {offer.name for offer in offers if offer.tailored_by is None}
    for offer in offers:
        unknown = sorted(set(offer.tailored.values()) - plain)
        if unknown:
            yield f"Offer {offer.name!r} assigns {', '.join(unknown)}, which are not plain offers of this catalog."


def names_twice(names: Iterable[object]) -> Iterator[str]:
    """Yield each name that more than one offer has."""
    counts = Counter(name for name in names if isinstance(name, str))
    yield from (f"The name {name!r} is used twice." for name in sorted(counts) if counts[name] > 1)


def problems_of_names(content: Mapping) -> Iterator[str]:
    """Yield what is wrong with the names that stand at the top of an offers file: columns, labels, currency."""
    columns, control = content.get("columns", {}), content.get("control", "")
    if not isinstance(columns, Mapping) or not all(isinstance(theirs, str) for theirs in columns.values()):
        yield '[columns] must have lines such as customer_id = "Kundennummer".'
    if not isinstance(control, str | list) or not all(isinstance(label, str) for label in control):
        yield 'control must be a list of labels, such as ["Gruppe B"], or one label.'
    if not isinstance(content.get("currency", ""), str):
        yield f'currency must be text, such as "$" or "EUR"; got {content["currency"]!r}.'
