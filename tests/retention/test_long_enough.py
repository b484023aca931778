"""Is follow-up long enough where it is, and not where it is not?"""

import numpy as np

from winback.retention.long_enough import LEAST_LIKELY, follow_up


def test_an_exit_at_the_very_end_is_never_long_enough():
    found = follow_up(np.arange(1.0, 101.0), np.ones(100, dtype=bool))
    assert (found.n_late, found.p_value, found.long_enough) == (0, 1.0, False)


def test_who_never_left_tells_nothing():
    found = follow_up(np.array([5.0, 9.0]), np.zeros(2, dtype=bool))
    assert found.latest_exit == 0
    assert not found.long_enough


def said(rng, draws, watched, n=400):
    """Return how often each figure says long enough, of exits that go on (evenly, 10 months on average) to the end."""
    found = []
    for _ in range(draws):
        stay, seen = rng.exponential(10, n), watched(rng, n)
        each = follow_up(np.minimum(stay, seen), stay <= seen)
        found.append((each.long_enough, (1 - each.n_late / n) ** n < LEAST_LIKELY))
    return np.mean(found, axis=0)


def test_where_exits_go_on_it_is_called_long_enough_as_rarely_as_stated():
    """The figure of Maller and Zhou alone says so in half of the samples of customers who came back evenly."""
    rng, draws = np.random.default_rng(1), 1_000
    for watched in (lambda rng, n: rng.uniform(5, 10, n), lambda rng, n: np.full(n, 10.0)):
        ours, alone = said(rng, draws, watched)
        assert ours < LEAST_LIKELY + 0.02 + 4 * np.sqrt(0.05 * 0.95 / draws)  # exits are few and whole: .07 at most
        assert alone > 0.2


def test_stays_of_at_most_two_months_are_watched_for_long_enough():
    rng, found = np.random.default_rng(2), []
    for _ in range(200):
        stay = np.where(rng.random(200) < 0.6, rng.uniform(0, 2, 200), np.inf)
        seen = rng.uniform(5, 10, 200)
        found.append(follow_up(np.minimum(stay, seen), stay <= seen).long_enough)
    assert np.mean(found) > 0.98
