"""Is what contacts cost counted once, and is it said where another offer comes first for it?"""

import numpy as np
import pandas as pd
import pytest
from steps_planned import Steps
from trials import random_values

import winback as wb
from winback.outreach.counted_in import ContactsCounted, _best_per_cost, contacts_counted

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
    assert "after $3.00 of contact costs (" in turned.describe()


def test_one_offer_has_no_other_to_come_before(trial):
    alone = wb.read_trial(random_values(np.random.default_rng(4), 300, gift=0.6, none=0.1), OFFERS[:1])
    said = contacts_counted(alone.over(contact_costs=Steps(each=3.0))).describe()
    assert said.startswith("With its contacts paid for, gift earns $")


def test_an_offer_for_a_short_budget_is_named_where_its_roi_is_shown_to_be_higher():
    now = pd.DataFrame({"offer": ["gift", "mail"], "gross_roi": [2.0, 4.0], "gross_profit_low": [5.0, 4.0]})
    now = now.assign(gross_roi_low=[1.8, 3.5], gross_roi_high=[2.2, 4.5])
    assert _best_per_cost(now, "gross") == "mail"
    assert _best_per_cost(now.assign(gross_roi_low=[1.0, 2.0]), "gross") == ""
    assert _best_per_cost(now.assign(gross_profit_low=-1.0), "gross") == ""
    assert _best_per_cost(now.assign(gross_roi=[4.0, 2.0]), "gross") == "gift"
    frame = pd.DataFrame({"offer": ["gift"], "profit": 9.0, "profit_before": 9.5, "contact_cost": 0.5})
    said = {
        name: str(ContactsCounted(frame=frame, kind="gross", best_before="gift", best_per_cost=name).describe())
        for name in ("mail", "gift")
    }
    assert "Enough" not in said["gift"]
    assert said["mail"] == said["gift"]  # one offer alone: nothing to choose
