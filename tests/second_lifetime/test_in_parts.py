"""Is a model bound once, fitted to rows and asked about others, the model fitted to those rows alone?"""

import numpy as np
import pytest

import winback as wb
from winback.second_lifetime.in_parts import ModelInParts

FORMULAS = {
    "reacquisition": "offer * complaints + reason + contact_attempts",
    "tenure": "offer + reason",
    "margin": "offer + reason",
}


@pytest.fixture(scope="module")
def trial():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=4).trial


@pytest.mark.parametrize(("joint", "settings"), [
    (False, {}), (False, {"link": "logit", "distribution": "weibull"}), (True, {}),
])  # fmt: skip
def test_a_part_is_fitted_and_asked_as_if_it_were_the_whole(trial, joint, settings):
    learn, judge = np.arange(0, 3_000), np.arange(3_000, 3_700)
    model = ModelInParts(trial, FORMULAS, joint=joint, **settings)
    found = model.fit(learn)
    alone = (wb.fit_joint if joint else wb.fit_two_part)(trial.customers.iloc[learn], **FORMULAS, **settings)
    np.testing.assert_allclose(found.theta, alone.theta, rtol=1e-6, atol=1e-8)
    assert (found.n, found.n_returned, found.converged) == (alone.n, alone.n_returned, alone.converged)
    values = wb.second_lifetime_value(alone, trial, trial.customers.iloc[judge]).net_values
    np.testing.assert_allclose(model.net_values(found, judge), values, rtol=1e-6, atol=1e-6)
    assert model.net_values(found, judge).index.equals(values.index)


def test_everybody_is_valued_as_by_a_fit_to_everybody(trial):
    model, everyone = ModelInParts(trial, FORMULAS), np.arange(len(trial.customers))
    fit = wb.fit_two_part(trial.customers, **FORMULAS)
    values = wb.second_lifetime_value(fit, trial, trial.customers).net_values
    np.testing.assert_allclose(model.net_values(model.fit(everyone), everyone), values, rtol=1e-9)


def test_a_part_from_which_nothing_can_be_estimated_is_refused(trial):
    model, offer = ModelInParts(trial, FORMULAS), trial.customers["offer"].astype(str).to_numpy()
    with pytest.raises(wb.TableError, match="`offer` never occurs as 'bundle'"):
        model.fit(np.flatnonzero(offer != "bundle"))
    with pytest.raises(wb.TableError, match="is false for everyone"):
        model.fit(np.flatnonzero(~trial.returned))
    of_return = ModelInParts(trial, FORMULAS | {"tenure": "1", "margin": "1"})
    with pytest.raises(wb.TableError, match=r"separates: of the .* customers with offer = bundle, none returned"):
        of_return.fit(np.flatnonzero((offer != "bundle") | ~trial.returned))
