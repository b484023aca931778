"""Which colour does an offer have? The same in every figure and on every page: that of its place in the campaign."""

from __future__ import annotations

from collections.abc import Iterable

from winback.tables import NO_OFFER

# Told apart by the colour-blind (Okabe and Ito's, and two more); as many as there are no markers, so pairs come late.
OFFERS = ("#0072b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#56b4e9", "#8c6510", "#6a51a3")
UNTREATED = "#87929e"  # of those who were sent nothing


def offer_colours(names: Iterable[str], catalogue: Iterable[str]) -> dict[str, str]:
    """Return the colours of offers, each by its place in the campaign's catalogue.

    Examples
    --------
    >>> offer_colours(["upgrade", "none"], ["discount", "upgrade"])
    {'upgrade': '#de8f05', 'none': '#87929e'}
    """
    places = offer_places(names, catalogue)
    return {name: UNTREATED if name == NO_OFFER else OFFERS[place % len(OFFERS)] for name, place in places.items()}


def offer_places(names: Iterable[str], catalogue: Iterable[str]) -> dict[str, int]:
    """Return the place in the campaign's catalogue of each name; what it lacks comes after what it has."""
    places = {name: place for place, name in enumerate(name for name in catalogue if name != NO_OFFER)}
    return {name: places.setdefault(name, len(places)) for name in dict.fromkeys(names)}
