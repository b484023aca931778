"""What if the offers of a campaign cost more or less? The same offers at other prices."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real

from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.contact_costs import AtOtherCosts

PRICES = ("amount", "amount_per_month", "percent_of_value", "max_cost")


def at_other_costs(catalog: OfferCatalog, times: float = 1.0, more_per_contact: float = 0.0) -> OfferCatalog:
    """Return a campaign whose offers cost so many times as much, and each contact an amount more.

    Every customer's cost is then ``times`` what it was, plus ``more_per_contact``, whatever triggers it: caps move with
    the price, steps of contacts cost ``times`` as much, and a tailored offer takes both from the offers it assigns.

    Raises
    ------
    ValueError
        When an argument is not a number of at least 0, or a percentage of value would leave 0 to 1.

    Examples
    --------
    >>> offers = OfferCatalog((Offer(name="call", paid="per_contact", amount=5.0, contact_cost=1.0),))
    >>> dearer = at_other_costs(offers, 1.5, more_per_contact=2.0)["call"]
    >>> dearer.full_cost, dearer.contact_cost
    (7.5, 3.5)
    """
    for name, number in (("cost", times), ("contact_cost", more_per_contact)):
        if not isinstance(number, Real) or isinstance(number, bool) or not 0 <= number < float("inf"):
            raise ValueError(f"{name} must be a number of at least 0; got {number!r}.")
    steps = catalog.contact_costs
    steps = None if steps is None else AtOtherCosts(steps, float(times), float(more_per_contact))
    return replace(catalog, offers=tuple(_at(offer, times, more_per_contact) for offer in catalog), contact_costs=steps)


def dearest(catalog: OfferCatalog) -> float:
    """Return how many times as much offers may cost at most: no offer takes off more than all of a customer's value."""
    shares = [offer.percent_of_value for offer in catalog if offer.percent_of_value]
    return 1 / max(shares) if shares else float("inf")


def _at(offer: Offer, times: float, more_per_contact: float) -> Offer:
    prices = {name: getattr(offer, name) for name in PRICES}
    dearer = {name: price * times for name, price in prices.items() if price is not None}
    more = 0.0 if offer.tailored_by else more_per_contact  # which those that it assigns have already
    return replace(offer, **dearer, contact_cost=offer.contact_cost * times + more)
