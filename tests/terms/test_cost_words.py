"""Is an offer's cost said as it is counted, whatever its contract?"""

import pytest

import winback as wb
from winback.terms.cost_words import cost_in_words

DISCOUNT = wb.Offer(name="discount", amount_per_month=20, months=6, paid="on_acceptance")


@pytest.mark.parametrize(
    ("offer", "says"),
    [
        (DISCOUNT, "discount costs $20 a month for 6 months ($120 in all), due in full when a customer accepts"),
        (wb.Offer(name="a", amount=2.5, paid="per_contact"), "a costs $2.50, due for everyone it is sent to"),
        (
            wb.Offer(name="a", amount=225, paid="on_acceptance", contact_cost=1.0),
            "a costs $225, due in full when a customer accepts, plus $1 per contact",
        ),
        (
            wb.Offer(name="a", amount_per_month=5, months=3, paid="while_active"),
            "a costs $5 a month for 3 months at most, due month by month while the customer stays",
        ),
        (
            wb.Offer(name="a", amount_per_month=5, paid="while_active", max_cost=40),
            "a costs $5 a month, at most $40, due month by month while the customer stays",
        ),
        (
            wb.Offer(name="a", percent_of_value=0.1, max_cost=30, paid="on_acceptance"),
            "a costs 10.0% of the margin that a customer brings (of the price it would be more), at most $30",
        ),
        (
            wb.Offer(name="a", tailored_by="reason", tailored={"price": "discount"}),
            "a is tailored by reason for leaving: discount if left for price, each at its own cost",
        ),
    ],
)
def test_each_contract_is_said(offer, says):
    catalog = wb.OfferCatalog(tuple({each.name: each for each in (DISCOUNT, offer)}.values()))
    assert cost_in_words(offer, catalog).startswith(says)
