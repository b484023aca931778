"""Who comes back by themselves, and when? Watched from the loss until an offer, or word from the company."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.customers import places_among
from winback.base.events import TURNED_TO, event_names
from winback.base.lives import pair_keys
from winback.base.purchase_days import Gaps
from winback.base.return_curve import ReturnCurve, fit_return_curve
from winback.base.sent import read_sent
from winback.lost.stays import GOES_ON, Stays
from winback.periods import DAYS_IN_MONTH
from winback.tables import NO_OFFER, AnyTable
from winback.uncertainty import normal_quantile, share_interval

AT = (1, 3, 6, 9, 12, 18, 24, 36, 48, 60)  # months since the loss
AHEAD = 12  # months in which a return is asked for


@dataclass(frozen=True, eq=False)
class OrganicReturn:
    """How long the lost stay away whom nobody turned to: no offer, no word of a new service, or none yet.

    Attributes
    ----------
    n_lost, n_returned : int
        Losses that were watched, and returns without an offer among them.
    n_sent : int
        Losses watched only until an offer went out.
    n_told : int
        Losses watched only until the customer was contacted, or told of a new service, while away.
    n_after_offers : int
        Losses after an offer or such word, which are left out: nobody knows what they owe to it.
    """

    gaps: Gaps = field(repr=False)
    n_sent: int
    n_told: int
    n_after_offers: int
    level: float

    @property
    def n_lost(self) -> int:  # noqa: D102
        return int(self.gaps.n.sum())

    @property
    def n_returned(self) -> int:  # noqa: D102
        return int(self.gaps.n[self.gaps.finished].sum())

    @cached_property
    def curve(self) -> ReturnCurve:
        """Share still away by days since the loss."""
        return fit_return_curve(self.gaps)

    def chance(self, months_away: ArrayLike = 0.0, within_months: ArrayLike = AHEAD) -> pd.DataFrame:
        r"""Return the chance that one who has been away for so long returns within so many months more.

        .. math:: 1 - \hat S(a + H) / \hat S(a)

        with the log-minus-log interval of Greenwood's variance of the steps in between [1]_; missing where nobody was
        watched for so long.

        References
        ----------
        .. [1] Kalbfleisch, J. D. & Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.
           Wiley.
        """
        months = np.atleast_1d(np.asarray(months_away, dtype=float))
        away = np.floor(months * DAYS_IN_MONTH).astype(int)
        until = np.floor((months + np.asarray(within_months, dtype=float)) * DAYS_IN_MONTH).astype(int)
        chance = 1 - self.curve.still_away_at(until) / _above_zero(self.curve.still_away_at(away))
        low, high = self._ends(1 - chance, away, until)
        columns = {"months_away": months, "chance": chance, "chance_low": low, "chance_high": high}
        return pd.DataFrame(columns | {"n_away": self._watched(away)})

    def by_months(self) -> pd.DataFrame:
        """Return by months since the loss who is back by then, and the chance that one still away is within a year."""
        known = [month for month in AT if month * DAYS_IN_MONTH <= self.curve.longest]
        back, ahead = self.chance(np.zeros(len(known)), np.array(known, dtype=float)), self.chance(known)
        frame = pd.DataFrame({"months": known, "n_away": ahead["n_away"]})
        for end in ("", "_low", "_high"):
            frame[f"returned{end}"], frame[f"within_year{end}"] = back[f"chance{end}"], ahead[f"chance{end}"]
        return frame

    def _ends(self, away: np.ndarray, begin: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of the chance of return, from the share still away and the days in between."""
        returned, watched = self._steps
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(watched > returned, returned / (watched * (watched - returned)), 0.0)
            total = np.append(0.0, np.cumsum(terms))
            places = [np.searchsorted(self.curve.days, day, side="right") for day in (begin, end)]
            spread = np.sqrt(total[places[1]] - total[places[0]]) / np.abs(np.log(away))
            width = np.exp(normal_quantile(self.level) * spread)
            low, high = 1 - away ** (1 / width), 1 - away**width
        none = away == 1  # nobody has come back: as many as could have, of those still watched at the end
        few = share_interval(0, np.maximum(self._watched(end), 1), self.level)[1]
        return np.where(none, 0.0, low), np.where(none, few, high)

    @cached_property
    def _steps(self) -> tuple[np.ndarray, np.ndarray]:
        """Return how many came back on each day of the curve, and how many were watched just before."""
        place = np.searchsorted(self.curve.days, self.gaps.days)
        n = len(self.curve.days)
        back = np.bincount(place, weights=self.gaps.n * self.gaps.finished, minlength=n)
        ended = np.bincount(place, weights=self.gaps.n, minlength=n)
        return back, ended[::-1].cumsum()[::-1]

    def _watched(self, day: np.ndarray) -> np.ndarray:
        """Return how many were still away and watched on a day."""
        return np.array([int(self.gaps.n[self.gaps.days >= each].sum()) for each in day], dtype=int)


def organic_return(
    stays: Stays, sent: AnyTable | None = None, events: pd.DataFrame | None = None, level: float = 0.95
) -> OrganicReturn | None:
    """Return how long the lost stayed away; None where nobody was lost or watched after a loss.

    Who was sent an offer is watched until it went out, who was turned to while away until then (``events``); a return
    on that day is one after it.
    """
    sent_on = np.full(len(stays.ids), GOES_ON)
    if sent is not None:
        found = read_sent(sent, stays.ids, stays.until)
        is_offer = (found.frame["offer"].astype(object).fillna(NO_OFFER) != NO_OFFER).to_numpy()
        np.minimum.at(sent_on, found.customer[is_offer], found.day[is_offer])
    told_on = _told_on(stays, events)
    lost = np.flatnonzero(stays.lost)
    of, end = stays.customer[lost], stays.end[lost]
    offer = np.minimum(sent_on, told_on)[of]
    back = np.where(_returned(stays)[lost], stays.start[_following(stays)[lost]], GOES_ON)
    kept = offer > end
    of, end, offer, back = (each[kept] for each in (of, end, offer, back))
    if not len(of):
        return None
    finished = (back < GOES_ON) & (back < offer)
    days = np.where(finished, back, np.minimum(offer, stays.until)) - end
    cells, n = np.unique(days * 2 + finished, return_counts=True)
    stopped = ~finished & (offer <= stays.until)
    by_offer = sent_on[of] <= told_on[of]
    return OrganicReturn(
        gaps=Gaps(cells // 2, cells % 2 == 1, n),
        n_sent=int((stopped & by_offer).sum()),
        n_told=int((stopped & ~by_offer).sum()),
        n_after_offers=int((~kept).sum()),
        level=level,
    )


def _following(stays: Stays) -> np.ndarray:
    return np.minimum(np.arange(len(stays.customer)) + 1, len(stays.customer) - 1)


def _returned(stays: Stays) -> np.ndarray:
    """Return after which stays the customer has another one."""
    place = np.arange(len(stays.customer))
    return (_following(stays) > place) & (stays.customer[_following(stays)] == stays.customer)


def _told_on(stays: Stays, events: pd.DataFrame | None) -> np.ndarray:
    """Return the day on which each customer was first turned to while away; a contact of one who is here is none."""
    told = np.full(len(stays.ids), GOES_ON)
    if events is None or "event" not in events:
        return told
    rows = events[np.isin(event_names(events["event"]), TURNED_TO)]
    customer = places_among(rows["customer_id"], stays.ids)
    day = rows["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    kept = (customer >= 0) & (day <= stays.until)
    customer, day = customer[kept], day[kept]
    # the last stay of the customer that had begun by then
    place = np.searchsorted(pair_keys(stays.customer, stays.start), pair_keys(customer, day), side="right") - 1
    place = np.maximum(place, 0)
    away = (stays.customer[place] == customer) & stays.lost[place] & (stays.end[place] < day)
    np.minimum.at(told, customer[away], day[away])
    return told


def _above_zero(share: np.ndarray) -> np.ndarray:
    return np.where(share > 0, share, np.nan)
