"""Are offers at other prices what a customer would have cost at these, whatever triggers the cost?"""

import numpy as np
import pandas as pd
import pytest

from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.costs import offer_costs
from winback.terms.other_costs import at_other_costs, dearest

OFFERS = OfferCatalog(
    (
        Offer(name="gift", paid="on_acceptance", amount=9.0, contact_cost=0.5),
        Offer(name="call", paid="per_contact", amount=2.0),
        Offer(name="months", paid="while_active", amount_per_month=20.0, months=6, max_cost=70.0),
        Offer(name="percent", percent_of_value=0.25, paid="on_acceptance", max_cost=30.0),
        Offer(name="tailored", tailored_by="reason", tailored={"a": "gift", "b": "months"}, contact_cost=0.25),
    )
)


@pytest.mark.parametrize("name", OFFERS.names)
def test_every_customer_costs_so_many_times_as_much_and_an_amount_more(name, rng):
    n = 40
    back = rng.random(n) < 0.6
    tenure = np.where(back, rng.gamma(2, 4, n), np.nan)
    arm = pd.DataFrame({"customer_id": range(n), "returned": back, "second_tenure": tenure, "reason": ["a", "b"] * 20})
    arm["second_ended"] = pd.Series(back, dtype="boolean").where(arm["returned"])
    arm["second_margin"] = np.where(back, 15.0, np.nan)
    value = np.nan_to_num(tenure * 15.0)
    before, after = (
        offer_costs(arm, catalog[name], catalog, 12.0, 0.1, value=value)
        for catalog in (OFFERS, at_other_costs(OFFERS, 1.6, more_per_contact=3.0))
    )
    np.testing.assert_allclose(after, 1.6 * before + 3.0, rtol=1e-12)


def test_no_offer_takes_off_more_than_all():
    assert dearest(OFFERS) == 4
    assert dearest(OfferCatalog(OFFERS.offers[:2])) == np.inf
    with pytest.raises(ValueError, match="percent_of_value must be a share"):
        at_other_costs(OFFERS, 4.5)


@pytest.mark.parametrize("number", [-1, float("nan"), float("inf"), True, "much"])
def test_what_is_no_cost_is_refused(number):
    with pytest.raises(ValueError, match="cost must be a number of at least 0"):
        at_other_costs(OFFERS, number)
