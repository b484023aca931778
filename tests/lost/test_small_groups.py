"""Is a bad employee named, and no good one more often than stated? Do shrunken shares err less than raw ones?"""

import losses_by_hand
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom
from statsmodels.stats.proportion import proportion_confint

import winback as wb
from winback.lost.small_groups import (
    LESS,
    MORE,
    NOT_COMPARED,
    NOT_TOLD_APART,
    compare_groups,
    funnel_limits,
    prior_weight,
)

GROUPS = st.lists(
    st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=9
)


@given(GROUPS)
def test_intervals_are_those_of_statsmodels(groups):
    lost, n = np.array(groups).T
    found = compare_groups(lost, n, lost.sum() / n.sum())
    np.testing.assert_allclose([found.low, found.high], proportion_confint(lost, n, method="wilson"), atol=1e-12)
    alpha = 1 - 0.95 ** (1 / len(n))
    exact = proportion_confint(lost, n, alpha=alpha, method="beta")
    np.testing.assert_allclose([found.low_together, found.high_together], exact, atol=1e-9)


@given(GROUPS)
def test_shrunken_shares_lie_between_the_raw_and_the_common_one(groups):
    lost, n = np.array(groups).T
    common = lost.sum() / n.sum()
    found = compare_groups(lost, n, common)
    low, high = np.minimum(found.share, common), np.maximum(found.share, common)
    assert ((low - 1e-12 <= found.shrunken) & (found.shrunken <= high + 1e-12)).all()
    named_low, named_high = found.low_together > common, found.high_together < common
    assert (found.verdict == np.where(named_low, MORE, np.where(named_high, LESS, NOT_TOLD_APART))).all()


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(groups, random):
    order = list(range(len(groups)))
    random.shuffle(order)
    lost, n = np.array(groups).T
    one, other = (compare_groups(lost[rows], n[rows], lost.sum() / n.sum()) for rows in (np.arange(len(n)), order))
    np.testing.assert_allclose(one.shrunken[order], other.shrunken, rtol=1e-4, atol=1e-9)
    assert (one.verdict[order] == other.verdict).all()


def test_the_prior_weight_is_where_the_beta_binomial_likelihood_is_highest():
    rng = np.random.default_rng(3)
    n, lost, _ = (each[0] for each in losses_by_hand.companies(rng, 1, weight=20.0))
    common = np.full(len(n), lost.sum() / n.sum())
    weights = np.geomspace(1, 2_000, 4_000)
    likelihood = [betabinom.logpmf(lost, n, weight * common, weight * (1 - common)).sum() for weight in weights]
    assert prior_weight(lost, n, common) == pytest.approx(weights[np.argmax(likelihood)], rel=0.01)


def test_groups_that_differ_less_than_by_chance_are_all_alike():
    found = compare_groups([10, 10, 10], [100, 100, 100], 0.1)
    assert np.isinf(found.prior)
    np.testing.assert_allclose(found.shrunken, 0.1)


def test_one_group_has_nobody_to_be_compared_with():
    assert compare_groups([5], [10], 0.5).verdict.tolist() == [NOT_COMPARED]


def test_a_group_without_customers_has_no_share_and_takes_no_part():
    with_it, without = compare_groups([5, 0, 1], [10, 0, 20], 0.2), compare_groups([5, 1], [10, 20], 0.2)
    assert with_it.verdict[1] == NOT_COMPARED
    assert np.isnan(with_it.share[1])
    np.testing.assert_allclose(with_it.low_together[[0, 2]], without.low_together)
    assert with_it.prior == without.prior


@given(st.integers(1, 300), st.floats(0.01, 0.99))
def test_a_group_lies_beyond_the_funnel_no_more_often_than_stated(n, common):
    low, high = funnel_limits(n, common, 0.95)
    assert binom.cdf(round(low * n) - 1, n, common) <= 0.025 + 1e-9
    assert binom.sf(round(high * n), n, common) <= 0.025 + 1e-9


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_the_interval_by_which_groups_are_named_misses_no_more_often_than_stated(n, truth):
    yes = np.arange(n + 1)
    found = [compare_groups([each], [n], truth) for each in yes]
    low, high = (np.array([getattr(each, f"{end}_together")[0] for each in found]) for end in ("low", "high"))
    chance = binom.pmf(yes, n, truth)
    assert chance[low > truth].sum() <= 0.025 + 1e-9
    assert chance[high < truth].sum() <= 0.025 + 1e-9


def test_shrunken_shares_err_less_than_raw_ones_in_500_companies():
    _, errors = losses_by_hand.judged(np.random.default_rng(1), 500)
    gain = errors[:, 0] - errors[:, 1]
    assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(len(gain))
    assert errors[:, 1].sum() < 0.6 * errors[:, 0].sum()


def test_no_good_employee_is_named_more_often_than_stated():
    named, _ = losses_by_hand.judged(np.random.default_rng(2), 500, weight=None)
    share = named.any(axis=1).mean()  # only one of the two sides: half of what the intervals leave
    assert share <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(named))


def test_wilsons_intervals_for_all_at_once_would_blame_good_employees_too_often():
    """Why the intervals that hold together are exact: were Wilson's good enough, they would be used."""
    named, _ = losses_by_hand.judged(np.random.default_rng(2), 500, weight=None, rate=0.03, wilson=True)
    assert named.any(axis=1).mean() > 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(named))


def test_a_truly_bad_employee_is_named():
    named, _ = losses_by_hand.judged(np.random.default_rng(4), 300, weight=None, bad=(80, 0.4))
    assert named[:, 0].mean() > 0.9
    good = named[:, 1:].any(axis=1).mean()
    assert good <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(named))


def report_of(n, lost):
    """Return the report of a year in which each employee of a company, m00 being the first, lost so many of n."""
    who = np.repeat(np.arange(len(n)), n)
    left = np.arange(len(who)) - np.repeat(np.cumsum(n) - n, n) < lost[who]
    end = np.where(left, np.datetime64("2023-06-30", "ns"), np.datetime64("NaT"))
    table = pd.DataFrame({"customer_id": np.arange(len(who)), "start": pd.Timestamp("2022-01-01"), "end": end})
    base = wb.read_contracts(table.assign(manager=[f"m{each:02}" for each in who]), until="2024-01-31")
    return wb.lost_report(base, by="manager", period="Y", since="2023-01-01")


def test_the_report_says_of_each_employee_what_the_comparison_says():
    n, lost, _ = (each[0] for each in losses_by_hand.companies(np.random.default_rng(6), 1, weight=None, bad=(80, 0.5)))
    report = report_of(n, lost)
    groups = report.groups.sort_values("group")
    found = compare_groups(lost, n, lost.sum() / n.sum())
    assert groups[["n", "n_lost"]].to_numpy().tolist() == np.column_stack([n, lost]).tolist()
    assert groups["verdict"].tolist() == found.verdict.tolist()
    np.testing.assert_allclose(groups["shrunken"], found.shrunken)
    assert found.verdict[0] == MORE
    assert "m00" in report.describe()


@pytest.mark.slow
def test_reports_of_companies_name_the_bad_employee_and_no_good_one_more_often_than_stated():
    """Read from contracts, 150 companies of 40 employees: one loses .4 of 80 customers, all others .15 of theirs."""
    n, lost, _ = losses_by_hand.companies(np.random.default_rng(7), 150, weight=None, bad=(80, 0.4))
    named = []
    for sizes, ends in zip(n, lost, strict=True):
        groups = report_of(sizes, ends).groups.set_index("group")
        named.append((groups["verdict"] == MORE).sort_index().to_numpy())
    named = np.array(named)
    assert named[:, 0].mean() > 0.9
    good = named[:, 1:].any(axis=1).mean()
    assert good <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(named))
