r"""Which of the newly returned may soon be gone again, and how much is at risk? The watch list of a repeat churn fit.

Of a customer who has been back for a months, with F the chance of leaving within u further ones, at risk up to the
horizon H is

.. math:: m \int_0^w (H - u) dF(u) = m \Big[(H - w) F(w) + \int_0^w F(u) du\Big]

the margin of the months that are missed if they leave within w: as if one who is kept stayed on to the horizon. A call
that prevents a share e of these losses pays where it costs less than e times that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.discounting import check_horizon
from winback.doors import door
from winback.periods import format_horizon
from winback.results import Result, Sentences, Shown, counted, format_count, format_percent
from winback.retention.repeat_churn_sample import for_words
from winback.retention.watched import offer_months
from winback.survival.groups import typed_lifetimes
from winback.survival.incidence import cumulative_incidence
from winback.tables import AnyTable

NODES = 8  # of the quadrature over a few months, in which F is smooth
COLUMNS = ["rank", "customer_id", "months_back", "offer_ends_in", "chance", "chance_counted", "reason", "in_words"]
COLUMNS += ["susceptible", "margin", "value_at_risk", "call_at_most"]
FEWEST = 100  # who came back with the same offer: of fewer a chance of some percent is not counted
FEW = 10  # customers: fewer are written with a decimal
FAR = 1.5  # times: from which on it is said that the model and the counts differ


@dataclass(frozen=True)
class WatchTerms:
    """Who is new, what is soon, up to where money is counted, and what a call prevents."""

    newly_months: float
    within_months: float
    horizon_months: float
    share_prevented: float | None = None  # of the losses; None: nothing is assumed

    def __post_init__(self):
        """Refuse what makes no sense."""
        check_horizon(self.newly_months)
        within, horizon = map(check_horizon, (self.within_months, self.horizon_months))
        if horizon < within:
            raise ValueError(f"horizon_months ({horizon:g}) must not be shorter than within_months ({within:g}).")
        if self.share_prevented is not None and not 0 <= self.share_prevented <= 1:
            raise ValueError(f"share_prevented must be a share from 0 to 1; got {self.share_prevented:g}.")


@dataclass(frozen=True, repr=False, eq=False)
class WatchList(Result):
    """Newly returned customers, those whose offer ends soon first, then those with most at risk.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``rank``, ``customer_id``, ``months_back``, ``offer_ends_in`` (months; missing without an end that lies ahead),
        ``chance`` of leaving soon, ``chance_counted``: the same without a model, of all who had come back with the
        same offer as long ago (missing where they are few), ``reason`` that is likeliest then, ``susceptible`` (chance
        that they can still leave for their first reason), ``margin`` a month and ``value_at_risk``, both missing where
        no margin is known, and ``call_at_most``: what a call may cost, missing where no share prevented was given.
    terms : WatchTerms
        How new they are, what is soon, up to where money is counted, and what a call prevents.
    """

    frame: pd.DataFrame = field(repr=False)
    terms: WatchTerms
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "customer_id": ("Customer", "text"),
        "months_back": ("Months back", "times"),
        "offer_ends_in": ("Offer ends in (months)", "times"),
        "chance": ("Chance to leave soon", "chance"),
        "in_words": ("Likeliest reason", "text"),
        "value_at_risk": ("Value at risk", "money"),
        "call_at_most": ("A call may cost", "money"),
    }

    @property
    def headings(self) -> Mapping[str, tuple[str, str]]:
        """What is shown where there is room for five columns: the end of the offer, and what a call may cost, if known.

        They stand in for the months back and the value at risk.
        """
        stands_in = {"offer_ends_in": "months_back", "call_at_most": "value_at_risk"}
        out = {other if self.frame[name].notna().any() else name for name, other in stands_in.items()}
        return {name: shown for name, shown in self.shown.items() if name not in out}

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers."""
        return self.rounded(self.frame, self.headings)

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        return Shown(self.rounded(self.frame.head(n), self.headings))

    def describe(self) -> Sentences:
        """Say how many are new and may leave soon, what a call may cost at most, and how far chances can be trusted."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how chances and money are counted."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say whom to call first."""
        soon = (self.frame["offer_ends_in"] <= self.terms.within_months).sum()
        first = f"first the {counted(soon, 'customers')} whose offer ends soon, " if soon else ""
        said = (
            f"Call {first}and only where the call costs less than it may; leave a random few of them uncalled, so that "
            "what a call prevents becomes known."
        ).replace("Call and only", "Call only")
        return Sentences() if self.frame.empty else Sentences(said)


def watch_list(fit, lapsed: AnyTable, terms: WatchTerms) -> WatchList:
    """Return the list, see `RepeatChurn.watch_list`."""
    newly = terms.newly_months
    table = typed_lifetimes(lapsed, "second")
    there = table["returned"].to_numpy(dtype=bool) & ~table["second_ended"].to_numpy(dtype=bool, na_value=True)
    new = table[there & (table["second_tenure"] <= newly).to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)
    offers = getattr(lapsed, "offers", fit.offers)
    frame = _listed(fit, new, terms, offers) if len(new) else pd.DataFrame(columns=COLUMNS)
    return WatchList(frame, terms, currency=getattr(lapsed, "currency", fit.currency))


def _listed(fit, new: pd.DataFrame, terms: WatchTerms, offers) -> pd.DataFrame:
    within, horizon = terms.within_months, terms.horizon_months
    outlook, after = fit.outlook(new), new["second_tenure"].to_numpy(dtype=float)
    left = outlook.left_between(after, within)
    chance = left.sum(axis=1)
    points, weights = np.polynomial.legendre.leggauss(NODES)
    stays = [outlook.still_here(after + within * (point + 1) / 2) for point in points]
    area = within * (1 - weights / 2 @ stays / outlook.still_here(after))
    margin = new["second_margin"].to_numpy(dtype=float) if "second_margin" in new else np.full(len(new), np.nan)
    reason = np.array(fit.reasons, dtype=object)[left.argmax(axis=1)]
    can_be = outlook.blocked.any(axis=1) & fit.shows_cure
    ends_in = np.full(len(new), np.nan) if offers is None or "offer" not in new else offer_months(new, offers) - after
    at_risk = margin * ((horizon - within) * chance + area)
    prevented = np.nan if terms.share_prevented is None else terms.share_prevented
    frame = pd.DataFrame(
        {
            "customer_id": new["customer_id"].to_numpy(),
            "months_back": after,
            "offer_ends_in": np.where(ends_in >= 0, ends_in, np.nan),
            "chance": chance,
            "chance_counted": _counted(fit.sample, new, after, within),
            "reason": reason,
            "in_words": list(map(for_words, reason)),
            "susceptible": np.where(can_be, outlook.still_susceptible(after), np.nan),
            "margin": margin,
            "value_at_risk": at_risk,
            "call_at_most": prevented * at_risk,
            "soon": (ends_in >= 0) & (ends_in <= within),
        }
    )
    frame = frame.sort_values(["soon", "value_at_risk", "chance"], ascending=False, kind="stable", ignore_index=True)
    return frame.assign(rank=np.arange(1, len(frame) + 1))[COLUMNS]


def _counted(sample, new: pd.DataFrame, after: np.ndarray, within: float) -> np.ndarray:
    """Return the chance to leave so soon among all who had come back with the same offer as long ago, (n,).

    It is that of Kaplan and Meier; missing where they are few.
    """
    with_offers = "offer" in sample.table and "offer" in new
    theirs, own = (each["offer"].astype(str) if with_offers else each.index * 0 for each in (sample.table, new))
    chance = np.full(len(new), np.nan)
    for offer in set(own):
        rows, places = np.flatnonzero(theirs == offer), np.flatnonzero(own == offer)
        if len(rows) < FEWEST:
            continue
        seen = cumulative_incidence(sample.months[rows], np.where(sample.cause[rows] >= 0, 0, -1), 1)
        here = np.append(1.0, 1 - seen.share[:, 0])
        ages = (after[places], after[places] + within)
        then, later = (here[np.searchsorted(seen.months, months, side="right")] for months in ages)
        chance[places] = np.where(then > 0, 1 - later / np.where(then > 0, then, 1.0), np.nan)
    return chance


def _answer(found: WatchList) -> Iterator[str]:
    frame, terms = found.frame, found.terms
    newly, within = format_horizon(terms.newly_months), format_horizon(terms.within_months)
    if frame.empty:
        yield f"Nobody who came back within the last {newly} months is here: there is nobody to watch."
        return
    leave, money = frame["chance"].sum(), ""
    if frame["value_at_risk"].notna().any():
        total = found.format(frame["value_at_risk"].sum(), "money")
        money = f"; {total} of margin over {format_horizon(terms.horizon_months)} months are at risk"
    expected = f"{leave:.1f}" if leave < FEW else format_count(leave)  # a whole number would not go with the share
    yield (
        f"Of {counted(len(frame), 'customers')} who came back within the last {newly} months, {expected} "
        f"are expected to leave within {within} more ({format_percent(leave / len(frame))}){money}."
    )
    yield _what_a_call_may_cost(found)
    yield _doubt(found)


def _what_a_call_may_cost(found: WatchList) -> str:
    """Say what a call may cost at most, of the first and of all."""
    most, prevented = found.frame["call_at_most"], found.terms.share_prevented
    if not most.notna().any():
        return "A call may cost at most the value at risk, times the share of such losses that calls prevent."
    dearest, mean = (found.format(each, "money") for each in (most.max(), most.mean()))
    return (
        f"If a call prevents {format_percent(prevented, 0)} of these losses, which is assumed, it may cost {mean} on "
        f"average if all are called, and {dearest} for whoever has most at risk: one that costs more does not pay."
    )


def _doubt(found: WatchList) -> str:
    """Say that counts differ from the model where they do, else that who may leave need not be who can be kept."""
    known = found.frame[found.frame["chance_counted"].notna()]
    counts, model = known["chance_counted"].mean(), known["chance"].mean()
    if len(known) and not model / FAR <= counts <= model * FAR:
        less = "more" if counts > model else "less"
        return (
            f"The model smooths over months: of all who had come back with the same offer and been back as long, "
            f"{format_percent(counts)} left in such months, {less} than its {format_percent(model)}, so the value at "
            f"risk is {less}, too."
        )
    return "A chance of leaving is not what a call would change: who can be kept is known from a trial only."


def _more(found: WatchList) -> Iterator[str]:
    if found.frame.empty:
        return
    yield (
        f"Value at risk is the margin of the months that would be missed of the next "
        f"{format_horizon(found.terms.horizon_months)}, if whoever is kept stayed on that long; nothing is discounted."
    )
    if found.frame["offer_ends_in"].isna().all():
        yield "None of them came back for an offer of which it is known that its end lies ahead."
    unknown = int(found.frame["margin"].isna().sum())
    if 0 < unknown < len(found.frame):
        yield f"The margin of {counted(unknown, 'customers')} is not known: they stand at the end, by chance."
    yield (
        "Chances are of a model fitted to all who came back, without intervals of their own; it is smooth, so whoever "
        "comes to the end of their offer now may be likelier to leave than it says."
    )
