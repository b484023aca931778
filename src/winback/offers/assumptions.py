"""What does a comparison of offers assume? Its terms, what the offers cost, and who would return without one."""

from __future__ import annotations

from collections.abc import Iterator

from winback.discounting import TIMING
from winback.money import format_money
from winback.offers.comparison_figures import ComparisonSettings
from winback.terms.catalog import OfferCatalog
from winback.terms.cost_words import cost_in_words


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
    yield from (f"{cost_in_words(offer, offers.as_paid)}." for offer in (() if offers is None else offers.as_paid))
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
