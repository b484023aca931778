"""Are CDNOW's gaps those that were published, does scipy say the same of the next one, and is what is planted found?"""

import mortals
import numpy as np
import pandas as pd
import pytest
from coverage_harness import coverage
from hypothesis import given
from hypothesis import strategies as st
from mortals import Rhythm, shop
from purchase_logs import JUDGED_ON, cdnow_days
from scipy.integrate import quad
from scipy.stats import betaprime, gamma

import winback as wb
from winback.base.gap_model import fit_gaps
from winback.base.purchase_days import NEVER, PurchaseDays, Seen
from winback.base.rules import RuleNotFittedError

HISTORIES = st.tuples(st.integers(1, 40), st.integers(1, 900)).map(lambda h: (h[0], h[1] if h[0] > 1 else 0))


@pytest.fixture(scope="module")
def cdnow():
    return fit_gaps(cdnow_days().asof(JUDGED_ON))


@pytest.fixture(scope="module")
def model():
    return fit_gaps(shop(np.random.default_rng(3), 3000, mortals.MIDDLE).days.asof(mortals.END))


def test_cdnows_gaps_to_the_printed_digits(cdnow):
    p, q, v = cdnow.params["estimate"]
    assert (round(p, 5), round(q, 5), round(v, 3), round(cdnow.log_likelihood, 3)) == (
        1.24256,
        3.30767,
        113.620,
        -48817.248,
    )
    assert (cdnow.n, cdnow.n_one_time, cdnow.converged, cdnow.edge) == (9449, 23500 - 9449, True, "")


def test_the_likelihood_is_that_of_spend(cdnow):
    seen = cdnow_days().asof(JUDGED_ON)
    times = seen.n_days - 1
    table = pd.DataFrame({"frequency": times, "mean_spend": seen.span / np.maximum(times, 1)})
    spend = wb.fit_spend(table)
    np.testing.assert_allclose(
        cdnow.params.iloc[:, 2:].astype(float), spend.params.iloc[:, 2:].astype(float), rtol=1e-5
    )
    assert cdnow.log_likelihood == pytest.approx(spend.log_likelihood, abs=1e-7)


@given(HISTORIES, st.floats(1e-6, 0.999))
def test_scipy_says_the_same_of_the_next_gap(model, history, chance):
    n_days, span = (np.array([each]) for each in history)
    p, q, v = model.params["estimate"]
    there = betaprime(p, p * (n_days - 1) + q, scale=v + span)
    days = model.exceeded(n_days, span, chance)
    np.testing.assert_allclose(days, there.isf(chance), rtol=1e-6)
    np.testing.assert_allclose(model.longer(n_days, span, days), chance, rtol=1e-9)


def test_the_boundary_is_that_of_a_gamma_gap_of_an_unknown_rate(model):
    """A gap longer than d, averaged over the rates that a customer of this history may have."""
    p, q, v = model.params["estimate"]
    n_days, span, days = 4, 100, 70.0
    rate = gamma(p * (n_days - 1) + q, scale=1 / (v + span))
    expected, _ = quad(
        lambda each: gamma.sf(days, p, scale=1 / each) * rate.pdf(each), 0, rate.isf(1e-14), epsabs=1e-12
    )
    found = model.longer(np.array([n_days]), np.array([span]), np.array([days]))[0]
    assert found == pytest.approx(expected, abs=1e-9)


def test_far_out_boundaries_stay_exact(model):
    n_days, span, chance = np.array([30]), np.array([300]), 1e-40
    assert model.longer(n_days, span, model.exceeded(n_days, span, chance)) == pytest.approx(chance, rel=1e-6)
    assert np.isinf(model.exceeded(n_days, span, 0.0))


def gaps_of(rng, n, times):
    """Draw customers whose number of gaps says nothing of their length, in days so long that whole ones are nothing."""
    rate = rng.gamma(4.0, 1 / 6000.0, n)
    gaps = np.ceil(rng.gamma(2.0, 1 / np.repeat(rate, times))).astype(int)
    start, total = np.repeat(np.cumsum(times) - times, times), np.append(0, np.cumsum(gaps))
    day = 1 + total[1:] - total[start]
    return PurchaseDays.of(
        np.append(np.repeat(np.arange(n), times), np.arange(n)), np.append(day, np.ones(n, dtype=int))
    )


def test_planted_gaps_are_found_again():
    """Of customers who stay: within 3 standard errors, in 20 draws of 2,000."""
    planted, off = np.array([2.0, 4.0]), []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        log = gaps_of(rng, 2000, rng.integers(2, 12, 2000))
        params = fit_gaps(log.asof(log.until)).params
        off.append((params["estimate"][:2] - planted) / params["std_error"][:2])
    mean = np.mean(off, axis=0) * np.sqrt(len(off))
    assert (np.abs(mean) < 3).all(), mean


@pytest.mark.parametrize("chance", [0.3, 0.1, 0.02])
def test_as_many_gaps_exceed_a_boundary_as_were_asked_for(chance):
    """The next gap of 20,000 customers; how many gaps they had before says nothing of their length."""
    rng = np.random.default_rng(21)
    times = rng.integers(2, 12, 20_000)
    log = gaps_of(rng, 20_000, times)
    end = log.asof(log.until)
    before = np.flatnonzero(np.append(log.code[1:] != log.code[:-1], True)) - 1  # the last purchase but one
    model = fit_gaps(Seen(end.code, end.n_days - 1, end.first_day, log.day[before], log.until))
    next_gap = end.last_day - log.day[before]
    exceeding = next_gap > model.exceeded(end.n_days - 1, log.day[before] - end.first_day, chance)
    assert abs(exceeding.mean() - chance) < 3 * np.sqrt(chance * (1 - chance) / 20_000)


def test_the_next_purchase_falls_within_its_interval():
    """Of customers who stay, seen after two years, as often as the interval says: in 4,000 customers."""
    days = shop(np.random.default_rng(8), 4000, Rhythm(40.0), until=1500, immortal=True, coming=300).days
    seen = days.asof(700)
    found = fit_gaps(seen).next_purchase(seen, level=0.8)
    after = days.day > 700
    first = np.unique(days.code[after], return_index=True)[1]
    later = np.full(len(seen), NEVER)
    later[np.searchsorted(seen.code, days.code[after][first])] = days.day[after][first]
    within = coverage((found.low, found.high), later)
    assert abs(within.share - 0.8) < 3 * within.std_error + 0.02, within  # ends fall on whole days, some 2% of them
    below = np.mean(later <= found.median)
    assert abs(below - 0.5) < 3 * np.sqrt(0.25 / len(later)) + 0.02, below


@given(HISTORIES, st.integers(0, 400), st.integers(1, 200))
def test_the_longer_the_silence_the_later_the_next_purchase(model, history, silent, more):
    n_days, span = (np.array([each]) for each in history)
    log = PurchaseDays(np.zeros(1, dtype=int), np.ones(1, dtype=int), 10**6).asof(1)
    seen = [type(log)(log.code, n_days, 1 - span, np.array([1]), 1 + each) for each in (silent, silent + more)]
    soon, late = (model.next_purchase(each) for each in seen)
    assert (soon.low <= soon.median).all()
    assert (soon.median <= soon.high).all()
    assert (soon.low > seen[0].end).all()
    assert (late.median >= soon.median).all()


def test_too_few_gaps_are_refused():
    days = PurchaseDays.of([0, 0, 1, 1, 2], [729000, 729010, 729000, 729298, 729001])
    with pytest.raises(RuleNotFittedError, match=r"2 customers bought on two days or more until 1997-10-01, too few"):
        fit_gaps(days.asof(days.until))


def test_sentences_say_gaps_in_days(cdnow):
    first, second, third = cdnow.describe().splitlines()
    assert "half of the first gaps" in first.lower()
    assert "days" in first
    assert "9,449 customers with at least one gap, 14,051 customers without" in second
    assert "nobody who leaves" in third
