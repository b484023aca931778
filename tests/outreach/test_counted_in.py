"""Is what contacts cost counted once, and is it said where another offer comes first for it?"""

import numpy as np
import pytest
from steps_planned import Steps
from trials import random_values

import winback as wb
from winback.outreach.counted_in import contacts_counted

OFFERS = [wb.Offer(name=name, amount=1.0, paid="on_acceptance") for name in ("gift", "mail")]


@pytest.fixture(scope="module")
def trial():
    return wb.read_trial(random_values(np.random.default_rng(4), 500, gift=0.6, mail=0.5, none=0.1), OFFERS)


def test_profit_falls_by_what_contacts_cost(trial):
    found = contacts_counted(trial.over(contact_costs=Steps(each=3.0))).frame
    np.testing.assert_allclose(found["contact_cost"], 3.0)
    np.testing.assert_allclose(found["profit_before"] - found["profit"], 3.0)
    np.testing.assert_allclose(found["profit_before"], wb.compare_offers(trial).to_frame()["incremental_profit"])


def test_whether_the_best_offer_stays_so_is_said(trial):
    stays = contacts_counted(trial.over(contact_costs=Steps(each=3.0)))
    assert stays.describe().startswith("With its contacts paid for, gift still earns most: ")
    turned = contacts_counted(trial.over(contact_costs=Steps(each=3.0, offers=(("gift", 90.0),))))
    assert turned.frame["offer"].iloc[0] == "mail"
    assert turned.describe().startswith("With contacts paid for, mail earns most, no longer gift: ")
    assert "contacts for $3.00 paid" in turned.describe()


def test_one_offer_has_no_other_to_come_before(trial):
    alone = wb.read_trial(random_values(np.random.default_rng(4), 300, gift=0.6, none=0.1), OFFERS[:1])
    said = contacts_counted(alone.over(contact_costs=Steps(each=3.0))).describe()
    assert said.startswith("With its contacts paid for, gift earns $")
