"""What does a comparison of offers assume? Its terms, what the offers cost, and who would return without one."""

from __future__ import annotations

from collections.abc import Iterator

from winback.discounting import TIMING
from winback.labels import label_of, value_words
from winback.money import format_money
from winback.offers.comparison_figures import ComparisonSettings
from winback.results import format_percent, join_words
from winback.terms.catalog import Offer, OfferCatalog

TRIGGERS = {
    "on_acceptance": "due in full when a customer accepts",
    "per_contact": "due for everyone it is sent to",
    "while_active": "due month by month while the customer stays",
}


def assumption_lines(
    settings: ComparisonSettings, offers: OfferCatalog | None, has_control: bool, kind: str, n_compared: int
) -> Iterator[str]:
    """Yield what a comparison of ``n_compared`` offers, judged by figures of this kind, assumes."""
    if settings.horizon_months is None:
        yield "Value was measured directly; its horizon is that of the data."
    else:
        rate = settings.annual_discount
        interest = f"less interest of {100 * rate:g}% a year ({TIMING})" if rate else "no interest taken off"
        months = f"{settings.horizon_months:.2f} months from the return"
        yield f"A second lifetime counts for {months}, {interest}. What comes later is not counted."
    currency = "$" if offers is None else offers.currency
    yield from (_contract(offer, offers, currency) for offer in (() if offers is None else offers.as_paid))
    if offers is not None and offers.contact_costs is not None:
        yield "What a contact costs is counted customer by customer, by the steps planned, beside these costs."
    yield f"Intervals are {100 * settings.level:g}% intervals of expected values, not of single customers."
    if has_control:
        yield "How many return without an offer was measured in a random group that was sent nothing."
    elif settings.organic is None:
        yield "How many would have returned without an offer is not known, so every figure is gross."
    else:
        yield f"Incremental figures rest on {settings.organic.says}; no control group shows it."
    worth = "as much as one who returns with it"
    if settings.organic_value is not None:
        measured = " (as measured among the untreated)" if settings.organic_value_error else ""
        worth = f"{format_money(settings.organic_value, currency)}{measured}"
    yield f"Break-even organic return takes one who returns without an offer to be worth {worth}."
    if settings.equivalent_within is not None and n_compared > 1:
        yield (
            f"Offers are called equivalent where the whole interval of their difference in profit per customer lies "
            f"within {format_money(settings.equivalent_within, currency)} of zero, as named by the analyst."
        )
    if n_compared > 1:
        yield (
            f"The best of several offers was picked by looking, so it looks a little better than it is. Its {kind} "
            "profit per customer is also given corrected for the pick (Andrews, Kitagawa & McCloskey 2024); its total, "
            "ROI and acceptance are not corrected."
        )


def _contract(offer: Offer, offers: OfferCatalog, currency: str) -> str:
    contact = f", plus {format_money(offer.contact_cost, currency)} per contact" if offer.contact_cost else ""
    if offer.tailored_by:
        each = join_words(f"{name} if {value_words(offer.tailored_by, key)}" for key, name in offer.tailored.items())
        return f"{offer.name} is tailored by {label_of(offer.tailored_by)}: {each}, each at its own cost{contact}."
    if offer.percent_of_value is not None:
        cost = f"{format_percent(offer.percent_of_value)} of {_price(offers)}"
    elif offer.paid == "while_active":
        length = "" if offer.months is None else f" for {offer.months:g} months at most"
        cost = f"{format_money(offer.amount_per_month, currency)} a month{length}"
    else:
        cost = format_money(offer.full_cost, currency)
    if offer.paid != "while_active" and offer.amount_per_month is not None:
        cost += f" ({format_money(offer.amount_per_month, currency)} a month for {offer.months:g} months)"
    cap = f", at most {format_money(offer.max_cost, currency)}" if offer.max_cost is not None else ""
    due = TRIGGERS[offer.paid] if offer.percent_of_value is None else "taken off as it comes in"
    return f"{offer.name} costs {cost}{cap}, {due}{contact}."


def _price(offers: OfferCatalog) -> str:
    """Say what a percentage is taken off: all that is counted of a customer, as margin or as the revenue behind it."""
    within = "" if offers.horizon_months is None else " within the horizon"
    if offers.margin_share is None:
        return f"the margin that a customer brings{within} (of the price it would be more)"
    return f"what a customer pays{within} ({format_percent(offers.margin_share)} of that is margin)"
