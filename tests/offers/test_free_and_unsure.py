"""Is nothing claimed of the return on nothing, and of a break-even share that nobody knows?"""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from trials import measured

import winback as wb
from winback.offers.sensitivity import break_even_lines
from winback.terms.catalog import Offer


def arm(n_returned, n=400, value=100.0):
    return [value] * n_returned + [None] * (n - n_returned)


@pytest.fixture(scope="module")
def found():
    table = measured(gift=arm(80), upgrade=arm(40), none=arm(20))
    offers = [
        Offer(name="gift", amount=0, paid="on_acceptance"),
        Offer(name="upgrade", amount=5, paid="per_contact"),
    ]
    return wb.compare_offers(wb.read_trial(table, offers))


def test_where_one_offer_costs_nothing_no_other_is_first_on_roi(found):
    said = found.describe() + "\n" + found.details()
    assert "first on ROI" not in said
    assert "Gift costs nothing, so it has no ROI, and no other offer is first on it." in said
    assert "against –" not in said
    assert np.isnan(found.frame["gross_roi"].iloc[0])


def test_a_free_offer_has_no_incremental_roi_in_words(found):
    (line,) = [line for line in found.details().splitlines() if line.startswith("Net of that")]
    assert "ROI" not in line
    assert "no lower limit" not in found.details()
    assert "not distinguishable from zero" not in found.details()


def test_a_cost_that_two_acceptances_tell_of_bounds_no_roi():
    table = measured(gift=arm(80), upgrade=arm(2), none=arm(20))
    offers = [Offer(name=name, amount=5, paid="on_acceptance") for name in ("gift", "upgrade")]
    found = wb.compare_offers(wb.read_trial(table, offers))
    upgrade = found.frame.set_index("offer").loc["upgrade"]
    assert (upgrade["gross_roi_low"], upgrade["gross_roi_high"]) == (-np.inf, np.inf)
    assert "The data do not bound the ROI of upgrade: its cost is not distinguishable from zero." in found.details()
    only_net = found.frame.assign(incremental_roi_bounded=[False, True], gross_roi_bounded=True)
    assert "bound the ROI of gift: its" in dataclasses.replace(found, frame=only_net).details()


def test_a_break_even_share_is_said_only_where_its_interval_is_one():
    frame = pd.DataFrame({"offer": ["sure", "unsure"], "break_even_organic": [0.3, 0.2]})
    frame = frame.assign(break_even_organic_low=[0.2, -0.1], break_even_organic_high=[0.4, 0.5])
    first, second = break_even_lines(frame)
    assert "sure 30.0% (break-even organic return)" in first
    assert second == "unsure: so uncertain that no break-even organic return can be told."
