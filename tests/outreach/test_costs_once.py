"""Does what a playbook's steps cost enter a trial once, to the cent, and nothing of who is sent nothing?"""

import numpy as np
import pytest

from winback.outreach.playbook_files import load_playbook
from winback.tables import NO_OFFER


def test_the_steps_of_all_are_the_trials_contact_cost_to_the_cent(study):
    playbook, trial = load_playbook(), study.trial
    costed = trial.over(contact_costs=playbook)
    customers = costed.customers
    sent = (customers["offer"].astype(object) != NO_OFFER).to_numpy()
    steps = playbook.chains_of(customers).costs
    assert costed.contact_cost.sum() == pytest.approx(steps.sum(), abs=0.005)
    assert costed.cost.sum() - trial.cost.sum() == pytest.approx(steps.sum(), abs=0.005)
    assert not costed.contact_cost[~sent].any()
    assert (costed.contact_cost[sent] > 0).all()
    np.testing.assert_allclose(costed.profit, trial.profit - steps.sum(axis=1), atol=1e-9)
    assert costed.over(contact_costs=load_playbook()).offers == costed.offers  # read again, it is the same
