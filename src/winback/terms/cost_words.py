"""What does an offer cost, and when is it due, in words?"""

from __future__ import annotations

from winback.labels import label_of, value_words
from winback.money import format_money
from winback.results import format_percent, join_words
from winback.terms.catalog import Offer, OfferCatalog

TRIGGERS = {
    "on_acceptance": "due in full when a customer accepts",
    "per_contact": "due for everyone it is sent to",
    "while_active": "due month by month while the customer stays",
}


def cost_in_words(offer: Offer, catalog: OfferCatalog) -> str:
    """Say what an offer of a catalog costs and when.

    Examples
    --------
    >>> offer = Offer(name="discount", amount_per_month=20, months=6, paid="on_acceptance")
    >>> cost_in_words(offer, OfferCatalog((offer,)))
    'discount costs $20 a month for 6 months ($120 in all), due in full when a customer accepts'
    """
    contact = f", plus {_exact(offer.contact_cost, catalog)} per contact" if offer.contact_cost else ""
    if offer.tailored_by:
        each = join_words(f"{name} if {value_words(offer.tailored_by, key)}" for key, name in offer.tailored.items())
        return f"{offer.name} is tailored by {label_of(offer.tailored_by)}: {each}, each at its own cost{contact}"
    due = TRIGGERS[offer.paid] if offer.percent_of_value is None else "taken off as it comes in"
    cap = f", at most {_exact(offer.max_cost, catalog)}" if offer.max_cost is not None else ""
    return f"{offer.name} costs {_amount(offer, catalog)}{cap}, {due}{contact}"


def _amount(offer: Offer, catalog: OfferCatalog) -> str:
    if offer.percent_of_value is not None:
        return f"{format_percent(offer.percent_of_value)} of {_price(catalog)}"
    if offer.amount_per_month is None:
        return _exact(offer.full_cost, catalog)
    monthly = f"{_exact(offer.amount_per_month, catalog)} a month"
    if offer.paid == "while_active":
        return monthly if offer.months is None else f"{monthly} for {offer.months:g} months at most"
    return f"{monthly} for {offer.months:g} months ({_exact(offer.full_cost, catalog)} in all)"


def _exact(amount: float, catalog: OfferCatalog) -> str:
    return format_money(amount, catalog.currency, digits=0 if float(amount).is_integer() else 2)


def _price(catalog: OfferCatalog) -> str:
    """Say what a percentage is taken off: all that is counted of a customer, as margin or as the revenue behind it."""
    within = "" if catalog.horizon_months is None else " within the horizon"
    if catalog.margin_share is None:
        return f"the margin that a customer brings{within} (of the price it would be more)"
    return f"what a customer pays{within} ({format_percent(catalog.margin_share)} of that is margin)"
