"""Customers with contracts whose hazard jumps after moments by known ratios, and how often that is found."""

import numpy as np
import pandas as pd

import winback as wb
from winback.retention.exposure import Watched, Windows, cells_of, stretches_of
from winback.retention.jumps import fit_jumps
from winback.uncertainty import normal_quantile

DAYS, FIRST = 1400, pd.Timestamp("2020-01-01")
WINDOW = 61


def jumping_base(n=3_000, *, rng=0, welcome=1.0, price=1.0, by_segment=None, everybody=None):
    """Return a base of customers who come over two years; ratios of hazards within 61 days after two moments.

    ``welcome``: after day 182 or 365, of two customers in five; ``price``: after day 800 of the calendar, of one in
    three; ``by_segment`` multiplies the first among customers of segment b; ``everybody``: the first comes to all on
    this day of life.
    """
    rng = np.random.default_rng(rng)
    start = rng.integers(0, 730, n)
    segment = np.where(rng.random(n) < 0.5, "a", "b")
    never = np.full(n, DAYS * 2)
    ends = np.select([rng.random(n) < 0.2, rng.random(n) < 0.25], [182, 365], never)
    if everybody is not None:
        ends = np.full(n, everybody)
    changed = np.where(rng.random(n) < 1 / 3, 800 - start, never)
    changed = np.where(changed > 0, changed, never)
    day = np.arange(DAYS)
    ratio = np.where(segment == "b", welcome * (by_segment or 1.0), welcome)
    hazard = np.tile(0.0006 + 0.0012 * np.exp(-(((day - 300) / 250) ** 2)), (n, 1))  # rises and falls over a life
    hazard *= np.where((start[:, None] + day) % 365 < 120, 1.4, 1.0)  # and by the season
    for moment, times in ((ends, ratio), (changed, np.full(n, price))):
        inside = (day >= moment[:, None]) & (day < moment[:, None] + WINDOW)
        hazard = np.where(inside, hazard * times[:, None], hazard)
    gone = np.cumsum(hazard, axis=1) >= rng.exponential(size=n)[:, None]
    stay = np.where(gone.any(axis=1), gone.argmax(axis=1) + 1, DAYS)
    until = 730 + 500
    end = np.where(start + stay <= until, start + stay, -1)
    contracts = pd.DataFrame({"customer_id": np.arange(n), "start": start, "end": end, "margin": 10.0})
    contracts = contracts.assign(
        segment=segment,
        start=FIRST + pd.to_timedelta(start, unit="D"),
        end=pd.Series(FIRST + pd.to_timedelta(end, unit="D")).where(end >= 0),
    )
    events = [
        pd.DataFrame({"customer_id": np.arange(n), "event": name, "day": start + moment})[moment < stay]
        for name, moment in (("welcome_discount_end", ends), ("price_change", changed))
    ]
    events = pd.concat(events, ignore_index=True)
    events = events.assign(date=FIRST + pd.to_timedelta(events.pop("day"), unit="D"))
    return wb.read_contracts(contracts, events, until=FIRST + pd.Timedelta(days=until))


def covering(draws, *, seed=20160301, level=0.95, **planted):
    """Return, for each draw, whether a jump is claimed, both true ratios lie within, and a plain comparison claims one.

    The plain one compares hazards in the windows with those on all other days, whatever the time, each by itself.
    """
    rows = []
    truth = np.array([planted.get("price", 1.0), planted.get("welcome", 1.0)])
    for rng in np.random.default_rng(seed).spawn(draws):
        result = wb.key_moments(jumping_base(rng=rng, **planted), level=level)
        found = result.frame.sort_values("moment")
        claims = found["verdict"].isin(["higher", "lower"]).any()
        covers = ((found["ratio_low"] <= truth) & (truth <= found["ratio_high"])).all()
        log_ratio, half = _plain(found, result, level)
        plain = {"plain_claims": (np.abs(log_ratio) > half).any()}
        plain["plain_covers"] = (np.abs(log_ratio - np.log(truth)) <= half).all()
        rows.append({"claims": claims, "covers": covers, **plain})
    return pd.DataFrame(rows)


def _plain(found, result, level):
    inside = found["n_ended"] / found["months_at_risk"]
    beside = (result.n_ended - found["n_ended"]) / (result.monthly["n"].sum() - found["months_at_risk"])
    error = np.sqrt(1 / found["n_ended"] + 1 / (result.n_ended - found["n_ended"]))
    return np.log(inside / beside).to_numpy(), normal_quantile(level) * error.to_numpy()


CLOCKS = {"of life": 2.5, "of the calendar": 1.6, "that is any": 2.0}  # when a moment comes: the ratio planted
OTHERS_THEN = 0.5  # and by how much the hazard of all is lower from then on


def by_clock(rng, n=1_000, days=600):
    """Return the logs of three ratios in a draw of lives, see `CLOCKS`.

    Moments come to two in five, on day 200 of life, on day 500 of the calendar, or on any day of the first 400. In the
    windows after the first two the hazard of those without the moment is lower than before, so who compares them with
    the days before finds too low a ratio.
    """
    start = np.sort(rng.integers(0, 400, n))
    has = rng.random((3, n)) < 0.4
    moment = np.array([np.full(n, 200), 500 - start, rng.integers(0, 400, n)])
    moment[1][moment[1] <= 0] = days
    day = np.arange(days)
    inside = (day >= moment[..., None]) & (day < moment[..., None] + WINDOW)
    hazard = 0.004 * np.where(inside[:2].any(axis=0), OTHERS_THEN, 1.0)
    for ratio, each in zip(CLOCKS.values(), inside & has[..., None], strict=True):
        hazard = np.where(each, hazard * ratio, hazard)
    gone = np.cumsum(hazard, axis=1) >= rng.exponential(size=n)[:, None]
    stay = np.where(gone.any(axis=1), gone.argmax(axis=1) + 1, days)
    watched = Watched(np.arange(n), start, start, start + stay, gone.any(axis=1), np.ones(n))
    kind, row = np.nonzero(has & (moment < stay))
    windows = Windows(row, kind, start[row] + moment[kind, row], np.full(3, WINDOW))
    everybody = np.zeros(n, dtype=np.int64)
    cells = cells_of(watched, windows, stretches_of(watched, windows), everybody)
    return fit_jumps(cells, cells.open).log_ratio


def away_by_clock(draws, *, seed=20161103, n=1_000):
    """Return how far the mean of each log ratio lies from the planted one, in Monte Carlo standard errors, (3,)."""
    away = np.array([by_clock(rng, n) for rng in np.random.default_rng(seed).spawn(draws)])
    away -= np.log(list(CLOCKS.values()))
    return away.mean(axis=0) / (away.std(axis=0, ddof=1) / np.sqrt(draws))
