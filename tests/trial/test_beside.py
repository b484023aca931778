"""Is what is not known of a customer the trial's average? Laws of predictions for other customers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.outreach.foreseen import foreseen
from winback.policies.honest_value import predicted_profit
from winback.trial.beside import FEWEST_MISSING, covariates_beside

EVENLY = 0.5  # share of whose labels are dealt evenly; the others have the first


def drawn(kinds, seed=0, missing=0.0):
    """Return a trial's table, of which the last kind of customer gains most, and other customers."""
    rng = np.random.default_rng(seed)
    n, last = 1_200, len(kinds) - 1
    kinds = np.array(kinds, dtype=object)
    codes, number = rng.integers(0, len(kinds), n), rng.normal(size=n)
    codes[rng.random(n) > EVENLY] = 0
    kind = pd.Series(kinds[codes]).where(rng.random(n) >= missing)
    offer = np.where(rng.random(n) < 0.5, "gift", "none")
    returned = rng.random(n) < 0.2 + (offer == "gift") * (0.3 * (codes == last) + 0.05 * (number > 0))
    table = pd.DataFrame({"customer_id": np.arange(n), "offer": offer, "returned": returned, "x": number, "kind": kind})
    others = pd.DataFrame({"x": rng.normal(size=200), "kind": kinds[rng.integers(0, len(kinds), 200)]})
    return table.assign(value=np.where(returned, 100.0, np.nan)), others


def read(table):
    return wb.read_trial(table, [wb.Offer(name="gift", amount=1, paid="per_contact")], covariates=["x", "kind"])


def trial_of(kinds, **how):
    table, others = drawn(kinds, **how)
    return read(table), others


def gains(trial, customers):
    """Return what an offer is predicted to gain of each, by what lists and by what checks of plans predict with."""
    offers = {name: pd.Series(name, index=customers.index) for name in ("gift", "none")}
    nothing = np.zeros(len(customers))
    checked = [foreseen(trial, customers, offers[name], nothing).profit for name in ("gift", "none")]
    return predicted_profit(trial, customers, offers["gift"]), checked[0] - checked[1]


def by_shares(trial, customers):
    """Return the same as a mean over the trial's labels: everybody has each in turn, as often as the trial has it."""
    shares = trial.customers["kind"].value_counts(normalize=True)
    each = [np.array(gains(trial, customers.assign(kind=label))) for label in shares.index]
    return np.tensordot(shares.to_numpy(), np.array(each), axes=1)


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6, unique=True), st.integers(0, 50), st.booleans())
@settings(max_examples=15, deadline=None)
def test_who_lacks_a_label_is_the_average_over_the_labels_of_the_trial(kinds, seed, is_flag):
    trial, others = trial_of([False, True] if is_flag else kinds, seed=seed)
    expected = by_shares(trial, others)
    unknown = [others.drop(columns="kind"), *(others.assign(kind=mark) for mark in (None, np.nan, pd.NA, "unseen"))]
    for each in unknown:
        np.testing.assert_allclose(gains(trial, each), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("dtype", ["category", "object", "bool", "boolean", "int"])
def test_the_same_column_as_labels_flags_or_numbers_predicts_the_same_with_and_without_it(dtype):
    table, others = drawn([0, 1])
    table = table.astype({"kind": int})
    written, number = read(table.astype({"kind": dtype})), read(table)
    others = others.astype({"kind": int})
    for change in (
        lambda table: table,
        lambda table: table.drop(columns="kind"),
        lambda table: table.assign(kind=pd.NA),
    ):
        found = [gains(trial, change(others)) for trial in (written, number)]
        np.testing.assert_allclose(*found, rtol=1e-6)


def test_some_cells_missing_change_nobody_else():
    trial, others = trial_of(["a", "b", "c"])
    some = others.assign(kind=others["kind"].where(np.arange(200) % 2 == 0))
    found, all_known, none_known = (np.array(gains(trial, each)) for each in (some, others, others.assign(kind=None)))
    np.testing.assert_allclose(found[:, ::2], all_known[:, ::2], rtol=1e-9)
    np.testing.assert_allclose(found[:, 1::2], none_known[:, 1::2], rtol=1e-9)


def test_mean_of_the_trials_own_customers_without_the_column_is_that_with_it():
    """A straight line through the averages: where the column is independent of the others, nothing else changes."""
    trial, _ = trial_of(["a", "b", "c"])
    own = trial.customers
    matrix, without = covariates_beside(trial, own.drop(columns="kind"))
    np.testing.assert_allclose(without.mean(axis=0), matrix.mean(axis=0), atol=1e-9)
    found = [np.mean(gains(trial, each), axis=1) for each in (own, own.drop(columns="kind"))]
    np.testing.assert_allclose(*found, rtol=1e-9)


def test_a_label_missing_often_in_the_trial_is_a_kind_of_its_own_and_seldom_missing_an_average():
    table, others = drawn(["a", "b", "c"])
    trial = read(table.assign(kind=table["kind"].where(table["kind"] != "c")))  # who gains most
    own = trial.customers["kind"].isna().to_numpy()
    assert min(np.bincount(trial.arm[own])) >= FEWEST_MISSING
    lacked, average = gains(trial, others.assign(kind=None)), by_shares(trial, others)
    groups = [trial.profit[own & (trial.arm == place)] for place in (0, 1)]
    error = np.hypot(*(group.std() / np.sqrt(len(group)) for group in groups))
    assert abs(np.mean(lacked) - (groups[0].mean() - groups[1].mean())) < error  # but for the number beside it
    assert np.mean(lacked) > np.mean(average) + 10
    without, share = gains(trial, others.drop(columns="kind")), own.mean()
    np.testing.assert_allclose(without, share * np.array(lacked) + (1 - share) * average, rtol=1e-6)
    seldom, others = trial_of(["a", "b"], missing=0.01)
    found = gains(seldom, others.assign(kind=None))
    np.testing.assert_allclose(found, by_shares(seldom, others), rtol=1e-6)


def test_a_label_that_not_every_arm_has_is_an_average():
    table, others = drawn(["a", "b"])
    new = (table["offer"] == "gift") & (table.index < 10)  # of more the groups would differ beyond chance
    trial = read(table.assign(kind=table["kind"].where(~new, "only with a gift")))
    found, lacking = (gains(trial, others.assign(kind=mark)) for mark in ("only with a gift", None))
    np.testing.assert_allclose(found, lacking, rtol=1e-9)
