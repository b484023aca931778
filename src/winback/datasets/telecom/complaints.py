r"""When did customers complain, and were they heard; whom did they refer? Dated as if that had come before the loss.

How often somebody complains stands in the study's table, and is the same however long the life. So complaints are dated
given the day e of leaving, by Bayes, from a model in which they come first. Whoever complains does so in one bout, on
days that follow each other. It is over at age b, with density g, and for the W days after it the hazard of leaving is R
times the hazard :math:`h_0` without it:

.. math:: P(b \mid e) \propto g(b) \, w(b, e), \qquad w(b, e) =
          R^{[e \le b + W]} \exp\{-(R - 1) [H_0(\min(e - 1, b + W)) - H_0(b)]\}

A share q complains, whenever they leave. That is so if the odds of having complained by e are as many,

.. math:: \sum_{b < e} g(b) \, w(b, e) = c \Big( 1 - \sum_{b < e} g(b) \Big), \qquad c = \frac{q}{1 - q}

for every e: solved day by day for g. With hardly any hazard it is :math:`g \propto e^{-b / m}` with
:math:`e^{W / m} = (R + c) / (R - 1)`: most complain while they are new. A complaint that is settled is settled on its
day, and that changes no hazard, nor does a referral: with R = 1 all must come while nobody has left yet, so referrals
come early in a life, at a rate that falls with age, whenever it ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY

LATEST = 5_000  # days of life within which practically all of those who ever complain have complained
ROUNDS = 3  # the hazard without a complaint and the age at complaints depend on each other


@dataclass(frozen=True)
class Bouts:
    """When the bouts of customers who complain are over: the age in days, given that of leaving.

    ``density`` is g by day, (n_days,); ``hazard`` the cumulative hazard without a complaint, by day from 0.
    """

    density: np.ndarray
    hazard: np.ndarray
    ratio: float
    days: int

    @classmethod
    def of(cls, left: np.ndarray, odds: float, ratio: float, days: int) -> Bouts:
        """Solve for the density, of lives that end at the age ``left``, in days; ``odds`` are those of complaining."""
        ends = np.bincount(left, minlength=LATEST + days + 1).astype(float)
        density = np.zeros(LATEST)
        for _ in range(ROUNDS):
            yet = np.ones(len(ends))  # share without a complaint before each day
            yet[1 : LATEST + 1] -= np.cumsum(density)
            yet[LATEST + 1 :] = yet[LATEST]
            without = ends / yet  # in proportion to those who would leave on each day if nobody complained
            at_risk = np.cumsum(without[::-1])[::-1]
            hazard = np.cumsum(without / np.maximum(at_risk, 1e-12))
            density = _density(hazard, odds, ratio, days)
        return cls(density, hazard, ratio, days)

    def draw(self, left: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw the age at which each bout is over, before that of leaving."""
        open_, over = _weights(self.hazard, self.ratio, self.days)
        sums = [np.append(0.0, np.cumsum(self.density * each)) for each in (open_, over)]
        first, end = (np.clip(each, 0, LATEST) for each in (left - self.days, left))  # of days whose window is open
        now = self.ratio * np.exp(-(self.ratio - 1) * self.hazard[np.clip(left - 1, 0, len(self.hazard) - 1)])
        before, within = sums[1][first], now * (sums[0][end] - sums[0][first])
        place = rng.uniform(size=len(left)) * (before + within)
        inside = place >= before
        found = np.searchsorted(sums[1], place, side="right") - 1
        target = sums[0][first] + np.maximum(place - before, 0) / np.maximum(now, 1e-300)
        found = np.where(inside, np.searchsorted(sums[0], target, side="right") - 1, found)
        return np.clip(found, np.where(inside, first, 0), np.where(inside, end, np.maximum(first, 1)) - 1)


def _weights(hazard: np.ndarray, ratio: float, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors of w by day of the bout: while the window is open (but for the day of leaving), and after."""
    begin = hazard[:LATEST]
    return np.exp((ratio - 1) * begin), np.exp(-(ratio - 1) * (hazard[days : LATEST + days] - begin))


def _density(hazard: np.ndarray, odds: float, ratio: float, days: int) -> np.ndarray:
    """Return g by day, such that the odds of having complained are the same whenever one leaves after the window."""
    open_, over = (each.tolist() for each in _weights(hazard, ratio, days))
    now = (ratio * np.exp(-(ratio - 1) * hazard[:LATEST])).tolist()
    mean = days / np.log((ratio + odds) / (ratio - 1))
    found = np.exp(-np.arange(days) / mean)
    within = float(found @ open_[:days])
    found = (found * odds / (now[days - 1] * within + odds * found.sum())).tolist()
    within, before, total = float(np.dot(found, open_[:days])), 0.0, sum(found)
    for day in range(days, LATEST):  # of the bout that is followed by leaving on the next day
        gone = day - days
        within -= found[gone] * open_[gone]
        before += found[gone] * over[gone]
        lacking = odds * (1 - total) - before - now[day] * within
        found.append(max(lacking / (now[day] * open_[day] + odds), 0.0))
        within += found[day] * open_[day]
        total += found[day]
    return np.array(found)


def complaint_events(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the complaints of all lives and their resolutions, up to the end of the study."""
    length = (lives["end"] - lives["start"]).to_numpy()
    counts = np.minimum(lives["complaints"].to_numpy(), length)
    over = lives["start"].to_numpy() + np.maximum(_ages_at_bouts(lives, length, rng), counts - 1)
    who = np.repeat(np.arange(len(lives)), counts)
    place = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = (over - counts + 1)[who] + place
    settled = place < lives["complaints_resolved"].to_numpy()[who]
    return pd.concat(
        [_events(lives, who, day, "complaint"), _events(lives, who[settled], day[settled], "complaint_resolved")],
        ignore_index=True,
    )


def _ages_at_bouts(lives: pd.DataFrame, length: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw for each life at which age its complaints are over, if there are any."""
    first = (lives["life"] == 1).to_numpy()
    complained = (lives["complaints"] > 0).to_numpy()[first].mean()
    bouts = Bouts.of(length[first], complained / (1 - complained), planted.COMPLAINT_RATIO, planted.COMPLAINT_DAYS)
    return bouts.draw(length, rng)


def referral_events(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the referrals of all lives up to the end of the study: at a rate that falls with age, whenever it ends."""
    who = np.repeat(np.arange(len(lives)), lives["referrals"].to_numpy())
    start, end = (lives[name].to_numpy()[who] for name in ("start", "end"))
    all_of_it = -np.expm1(-(end - start - 1) / planted.REFERRAL_AGE)
    age = -planted.REFERRAL_AGE * np.log1p(-rng.uniform(size=len(who)) * all_of_it)
    return _events(lives, who, start + 1 + np.floor(age).astype(np.int64), "referral")


def _events(lives: pd.DataFrame, who: np.ndarray, day: np.ndarray, event: str) -> pd.DataFrame:
    found = pd.DataFrame({"customer_id": lives["customer_id"].to_numpy()[who], "day": day, "event": event})
    return found.assign(amount=np.nan)[day <= LAST_DAY]
