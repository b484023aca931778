"""Are scores right where offers were not drawn evenly? Known chances, estimated ones, and any model of outcomes."""

import copy

import numpy as np
import pytest
import statsmodels.api as sm
from tailored_trials import by_chance, by_segment, free

import winback as wb
from winback.tables import TableError

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}


class Nearest:
    """A regressor that predicts the mean of its customers below and above the middle of the first column."""

    def __init__(self):
        self.settings = {"middle": 0.0}

    def fit(self, matrix, outcome):
        self.means = [outcome[matrix[:, 0] <= 0].mean(), outcome[matrix[:, 0] > 0].mean()]
        return self

    def predict(self, matrix):
        return np.where(matrix[:, 0] > self.settings["middle"], self.means[1], self.means[0])


@pytest.fixture(scope="module")
def uneven():
    return by_chance(np.random.default_rng(7), 20_000)


def far(found, truth):
    """Return how far means are from the truth, in standard errors."""
    frame = found.frame.set_index("offer")
    return ((frame["mean"] - truth.mean()) / frame["mean_std_error"]).abs()


def test_plain_means_are_far_off(uneven):
    table, truth = uneven
    groups = table.assign(value=table["value"].fillna(0)).groupby("offer")["value"]
    assert ((groups.mean() - truth.mean()) / groups.sem()).abs()[["a", "b"]].min() > 10


@pytest.mark.parametrize("covariates", [None, []])
def test_known_chances_recover_the_truth_whatever_predicts(uneven, covariates):
    table, truth = uneven
    found = wb.offer_scores(wb.read_trial(table, OFFERS, covariates=covariates))
    assert found.trial.arms == ("a", "b", "none")  # the untreated differ by the draw itself, and stay
    assert (far(found, truth) < 3).all()


def test_estimated_chances_recover_the_truth(uneven):
    table, truth = uneven
    found = wb.offer_scores(wb.read_trial(table.drop(columns="offer_probability"), OFFERS, assignment="estimated"))
    assert found.trial.arms == ("a", "b", "none")
    assert (far(found, truth) < 3).all()


def test_estimated_chances_do_not_look_at_recorded_ones(uneven):
    table = uneven[0].head(2_000)
    without = wb.offer_scores(wb.read_trial(table.drop(columns="offer_probability"), OFFERS, assignment="estimated"))
    found = wb.offer_scores(wb.read_trial(table, OFFERS, assignment="estimated"))
    np.testing.assert_array_equal(found.scores, without.scores)


def test_estimated_chances_are_those_of_a_multinomial_logit_on_other_folds(uneven):
    """Chances are read back from the scores: correction = residual / chance."""
    table, _ = uneven
    table = table.head(3_000).reset_index(drop=True)
    folds = np.arange(3_000) % 3
    found = wb.offer_scores(wb.read_trial(table, OFFERS, covariates=["spent"], assignment="estimated"), folds=folds)
    arm = found.trial.arm
    for fold in range(3):
        learn, use = folds != fold, folds == fold
        fit = sm.MNLogit(arm[learn], sm.add_constant(table.loc[learn, "spent"])).fit(disp=0)
        chance = np.asarray(fit.predict(sm.add_constant(table.loc[use, "spent"])))[np.arange(use.sum()), arm[use]]
        rows = np.arange(use.sum()), arm[use]
        residual = table.loc[use, "value"].fillna(0).to_numpy() - found.expected[use].to_numpy()[rows]
        correction = (found.scores - found.expected)[use].to_numpy()[rows]
        np.testing.assert_allclose(residual / correction, chance, rtol=1e-5)


def test_estimated_chances_close_to_none_are_refused(uneven):
    table = uneven[0].head(4_000)
    table = table.assign(spent=table["spent"] + 3 * (table["offer"] == "a"))
    parts = r"`offer` was sent to customers whose estimated chance of it is below 0.01; \d+ of 4,000 .*Leave such"
    with pytest.raises(TableError, match=parts):
        wb.offer_scores(wb.read_trial(table, OFFERS, covariates=["spent"], assignment="estimated"))


def test_offers_that_a_column_tells_apart_are_refused(uneven):
    table = uneven[0].head(2_000)
    table = table.assign(spent=table["spent"] + 20 * (table["offer"] == "a"))
    with pytest.raises(ValueError, match="The chances of the offers cannot be estimated from these covariates"):
        wb.offer_scores(wb.read_trial(table, OFFERS, covariates=["spent"], assignment="estimated"))


def test_a_gaussian_family_is_least_squares(uneven):
    """Labels have one column each, which add up to the intercept: a family must not go astray on them."""
    table = uneven[0].head(3_000)
    table = table.assign(kind=np.array(["x", "y", "z"])[table["customer_id"] * 7919 % 3])
    linear = wb.offer_scores(wb.read_trial(table, OFFERS))
    gaussian = wb.offer_scores(wb.read_trial(table, OFFERS, model=sm.families.Gaussian()))
    np.testing.assert_allclose(gaussian.scores, linear.scores, rtol=1e-8)


def test_a_poisson_family_predicts_as_glm_does_and_recovers_the_truth(uneven):
    table, truth = uneven
    folds = np.arange(20_000) % 2
    found = wb.offer_scores(
        wb.read_trial(table, OFFERS, covariates=["spent"], model=sm.families.Poisson()), folds=folds
    )
    assert (far(found, truth) < 3).all()
    learn = ((folds == 1) & (table["offer"] == "b")).to_numpy()
    fit = sm.GLM(
        table.loc[learn, "value"].fillna(0), sm.add_constant(table.loc[learn, "spent"]), family=sm.families.Poisson()
    ).fit()
    wanted = fit.predict(sm.add_constant(table["spent"]))[folds == 0]
    np.testing.assert_allclose(found.expected.loc[folds == 0, "b"], wanted, rtol=1e-7)


def test_a_binomial_family_on_labels_predicts_the_shares_of_other_folds(rng):
    table, _ = by_segment(rng, 600, **RETURNS)
    folds = rng.permutation(np.arange(600) % 3)
    trial = wb.read_trial(table, OFFERS, model=sm.families.Binomial(), covariates=["segment"])
    found = wb.offer_scores(trial, outcome="returned", folds=folds)
    shares = table[folds != 0].groupby(["segment", "offer"])["returned"].mean().unstack()[["a", "b", "none"]]
    wanted = shares.loc[table.loc[folds == 0, "segment"]]
    np.testing.assert_allclose(found.expected[folds == 0], wanted, rtol=1e-6)


def test_any_regressor_serves_and_is_not_changed(uneven):
    table, truth = uneven
    model = Nearest()
    before = copy.deepcopy(vars(model))
    found = wb.offer_scores(wb.read_trial(table, OFFERS, covariates=["spent"], model=model))
    assert vars(model) == before
    assert (far(found, truth) < 3).all()
    fold, own = found.folds == 2, (table["offer"] == "a").to_numpy()
    high = (table["spent"] > table["spent"].mean()).to_numpy()
    learn = table["value"].fillna(0)[~fold & own & high]
    np.testing.assert_allclose(found.expected[fold & high]["a"], learn.mean(), rtol=1e-12)


def test_a_regressor_whose_fit_returns_nothing_serves_too(uneven):
    class Silent(Nearest):
        def fit(self, matrix, outcome):
            super().fit(matrix, outcome)

    table = uneven[0].head(600)
    found, known = (wb.offer_scores(wb.read_trial(table, OFFERS, model=model)) for model in (Silent(), Nearest()))
    np.testing.assert_array_equal(found.scores, known.scores)


@pytest.mark.parametrize(
    "answer", [lambda matrix: np.full(len(matrix), np.nan), lambda matrix: np.ones(3), lambda matrix: np.ones((1, 2))]
)
def test_a_regressor_that_predicts_nonsense_is_refused(uneven, answer):
    model = Nearest()
    model.predict = answer
    with pytest.raises(ValueError, match="Nearest does not predict one finite number per customer"):
        wb.offer_scores(wb.read_trial(uneven[0].head(600), OFFERS, model=model))


def test_a_family_that_cannot_have_such_outcomes_is_refused(rng):
    table, _ = by_segment(rng, 600, **RETURNS)
    loss = wb.Offer(name="a", amount=50, paid="per_contact")
    with pytest.raises(ValueError, match=r"Poisson cannot be fitted to this outcome, which reaches from -50 to \d+"):
        wb.offer_scores(wb.read_trial(table, [loss, OFFERS[1]], model=sm.families.Poisson()))


@pytest.mark.parametrize("model", ["forest", None, 3, Nearest.fit])
def test_a_model_of_another_kind_is_refused(rng, model):
    table, _ = by_segment(rng, 300, **RETURNS)
    with pytest.raises(ValueError, match=r'model must be "linear", a statsmodels family .* or a regressor with fit'):
        wb.offer_scores(wb.read_trial(table, OFFERS, model=model))
