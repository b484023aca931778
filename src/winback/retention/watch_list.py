r"""Which of the newly returned may soon be gone again, and how much is at risk? The watch list of a repeat churn fit.

Of a customer who has been back for a months, with F the chance of leaving within u further ones, at risk up to the
horizon H is

.. math:: m \int_0^w (H - u) dF(u) = m \Big[(H - w) F(w) + \int_0^w F(u) du\Big], \qquad
   F(u) = 1 - \Big(\frac{S(a + u)}{S(a)}\Big)^r

the margin of the months that are missed if they leave within w: as if one who is kept stayed on to the horizon. S is
the model's, r what was counted of those who came back alike in such months, of what it expects
(`winback.retention.counted_months`). A call that prevents a share e of these losses pays where it costs less than e
times that.
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
from winback.retention.counted_months import NOT_GIVEN, counted_months, offers_of, times_expected, who_came_alike
from winback.retention.repeat_churn_sample import first_reasons, for_words
from winback.retention.watched import offer_months
from winback.sources import Formula
from winback.survival.groups import typed_lifetimes
from winback.tables import NO_OFFER, AnyTable

NODES = 8  # of the quadrature over a few months, in which F is smooth
COLUMNS = ["rank", "customer_id", "offer", "months_back", "offer_ends_in", "chance", "chance_low", "chance_high"]
COLUMNS += ["chance_fitted", "n_counted", "n_expected", "reason", "in_words", "susceptible", "margin"]
COLUMNS += ["value_at_risk", "value_at_risk_low", "value_at_risk_high", "call_at_most"]
FEW = 10  # customers: fewer are written with a decimal


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
        ``rank``, ``customer_id``, ``offer`` they came back for, ``months_back``, ``offer_ends_in`` (months; missing
        without an end that lies ahead), ``chance`` of leaving soon with its interval, ``chance_fitted``: that of the
        model alone, ``n_counted``: how many left in such months of those who came back alike, ``n_expected``: by the
        model, both missing where nobody was counted, ``reason`` that is likeliest then,
        ``susceptible`` (chance that they can still leave for their first reason), ``margin`` a month and
        ``value_at_risk`` with its interval, both missing where no margin is known, and ``call_at_most``: what a call
        may cost, missing where no share prevented was given.
    terms : WatchTerms
        How new they are, what is soon, up to where money is counted, and what a call prevents.
    """

    frame: pd.DataFrame = field(repr=False)
    terms: WatchTerms
    level: float = 0.95
    n_unlike: int = 0  # newly returned who are not listed: nobody the model is of had first left for their reason
    n_again: int = 0  # customers who came back more than once: of their later stays nothing is listed
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
        if self.frame.empty:
            return Sentences()
        soon, most = (self.frame["offer_ends_in"] <= self.terms.within_months).sum(), self.frame["call_at_most"]
        first = f"first the {counted(soon, 'customers')} whose offer ends soon, and " if soon else ""
        saves = (self.format(each, "money") for each in (most.mean(), most.max()))
        saves = ": {} on average, {} at most".format(*saves) if most.notna().any() else ""
        whom = f"Of the {format_count(len(self.frame))} who came back lately call {first}only those for whom"
        alone = "Leave a random few of them uncalled, so that what a call prevents becomes known."
        return Sentences.of([f"{whom} a call costs less than it saves{saves}.", alone])

    @property
    def formulas(self) -> Formula:
        """How chances and money are counted."""
        times = "r = (left in such months + 1/2) / (expected by the model + 1/2), of all who came back alike"
        return Formula(f"chance = 1 - (1 - chance by the model)^r\n{times}", "repeat churn")


def watch_list(fit, lapsed: AnyTable, terms: WatchTerms) -> WatchList:
    """Return the list, see `RepeatChurn.watch_list`."""
    newly = terms.newly_months
    table = typed_lifetimes(lapsed, "second")
    table = table[table["returned"].to_numpy(dtype=bool)].reset_index(drop=True)
    like = np.isin(first_reasons(table), fit.sample.cured_of.index)
    new = ~table["second_ended"].to_numpy(dtype=bool, na_value=True)
    new &= (table["second_tenure"] <= newly).to_numpy(dtype=bool, na_value=False)
    offers = getattr(lapsed, "offers", fit.offers)
    listed = table[new & like].reset_index(drop=True)
    frame = _listed(fit, listed, table[like], terms, offers) if len(listed) else pd.DataFrame(columns=COLUMNS)
    currency = getattr(lapsed, "currency", fit.currency)
    n_unlike, n_again = int((new & ~like).sum()), int(getattr(lapsed, "n_again", 0))
    return WatchList(frame, terms, fit.level, n_unlike, n_again, currency=currency)


def _listed(fit, new: pd.DataFrame, table: pd.DataFrame, terms: WatchTerms, offers) -> pd.DataFrame:
    within, horizon = terms.within_months, terms.horizon_months
    outlook, after = fit.outlook(new), new["second_tenure"].to_numpy(dtype=float)
    alike = who_came_alike(fit.sample, table)
    n_months = int(np.ceil(max(after.max() + within, 1)))
    n_counted, n_expected = counted_months(alike, fit.outlook, n_months).ahead(offers_of(new), after, within)
    times = times_expected(n_counted, n_expected, fit.level)
    points, weights = np.polynomial.legendre.leggauss(NODES)
    here = outlook.still_here(after)
    stays = np.array([outlook.still_here(after + u) / here for u in (within, *within * (points + 1) / 2)])
    chance = 1 - stays[0] ** times
    area = within * (1 - np.tensordot(weights / 2, stays[1:, None] ** times, 1))
    margin = new["second_margin"].to_numpy(dtype=float) if "second_margin" in new else np.full(len(new), np.nan)
    at_risk = np.sort(margin * ((horizon - within) * chance + area), axis=0)[[1, 0, 2]]  # a margin may be below 0
    reason = np.array(fit.reasons, dtype=object)[outlook.left_between(after, within).argmax(axis=1)]
    can_be = outlook.blocked.any(axis=1) & fit.shows_cure
    ends_in = np.full(len(new), np.nan) if offers is None or "offer" not in new else offer_months(new, offers) - after
    prevented = np.nan if terms.share_prevented is None else terms.share_prevented
    frame = {
        "customer_id": new["customer_id"].to_numpy(),
        "offer": offers_of(new),
        "months_back": after,
        "offer_ends_in": np.where(ends_in >= 0, ends_in, np.nan),
        "chance_fitted": 1 - stays[0],
        "n_counted": np.where(n_expected > 0, n_counted, np.nan),
        "n_expected": np.where(n_expected > 0, n_expected, np.nan),
        "reason": reason,
        "in_words": list(map(for_words, reason)),
        "susceptible": np.where(can_be, outlook.still_susceptible(after), np.nan),
        "margin": margin,
        "call_at_most": prevented * at_risk[0],
        "soon": (ends_in >= 0) & (ends_in <= within),
    }
    for place, end in enumerate(("", "_low", "_high")):
        frame |= {f"chance{end}": chance[place], f"value_at_risk{end}": at_risk[place]}
    order = ["soon", "value_at_risk", "chance"]
    frame = pd.DataFrame(frame).sort_values(order, ascending=False, kind="stable", ignore_index=True)
    return frame.assign(rank=np.arange(1, len(frame) + 1))[COLUMNS]


def _answer(found: WatchList) -> Iterator[str]:
    frame, terms = found.frame, found.terms
    newly, within = format_horizon(terms.newly_months), format_horizon(terms.within_months)
    if frame.empty:
        yield f"Nobody who came back within the last {newly} months is here: there is nobody to watch."
        return
    money = ""
    if frame["value_at_risk"].notna().any():
        total = found.interval(frame.filter(like="value_at_risk").sum(), "value_at_risk", "money")
        money = f"; {total} of margin over {format_horizon(terms.horizon_months)} months are at risk"
    yield (
        f"Of {counted(len(frame), 'customers')} who came back within the last {newly} months{_for_what(found)}"
        f"{_not_listed(found)}, "
        f"{_expected(found)} are expected to leave within {within} more{money}."
    )
    yield _what_a_call_may_cost(found)
    yield "A chance of leaving is not what a call would change: who can be kept is known from a trial only."


def _what_a_call_may_cost(found: WatchList) -> str:
    """Say what a call may cost at most, of the first and of all."""
    most, prevented = found.frame["call_at_most"], found.terms.share_prevented
    if not most.notna().any():
        return "A call may cost at most the value at risk, times the share of such losses that calls prevent."
    dearest, mean = (found.format(each, "money") for each in (most.max(), most.mean()))
    return (
        f"If a call prevents {format_percent(prevented, 0)} of these losses, which is assumed, it may cost {mean} on "
        f"average if all are called, and {dearest} for whoever has most at risk."
    )


def _expected(found: WatchList) -> str:
    """Return how many are expected to leave with the interval, as if all chances erred alike, and which share it is."""
    n, low, high = (found.frame[f"chance{end}"].sum() for end in ("", "_low", "_high"))
    said = [f"{each:.1f}" if n < FEW else format_count(each) for each in (n, low, high)]
    return f"{said[0]} [{said[1]}, {said[2]}] ({format_percent(n / len(found.frame))})"


def _for_what(found: WatchList) -> str:
    """Say for what those on the list came back: an offer, or unasked."""
    unasked = found.frame["offer"].isin([NO_OFFER, NOT_GIVEN]).sum()
    if (found.frame["offer"] == NOT_GIVEN).all():
        return ""
    if unasked in (0, len(found.frame)):
        return ", all of them without an offer" if unasked else ", all of them for an offer"
    return f", {counted(unasked, 'of them')} without an offer"


def _more(found: WatchList) -> Iterator[str]:
    yield from _left_out(found)
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
    yield from _set_right(found)
    yield (
        f"Intervals are {format_percent(found.level, 0)} ones for the expected number, from how few were counted; "
        "margins, and the model's differences between customers, are taken as they are."
    )


def _set_right(found: WatchList) -> Iterator[str]:
    """Say by whom the model's chances were set right, or that nobody could be compared."""
    alone, counted_of = found.frame["chance_fitted"], found.frame["n_counted"].notna()
    yield f"The model alone, smooth over months, expects {alone.sum():,.1f} to leave ({format_percent(alone.mean())})."
    if counted_of.any():
        offer, same = (" of one offer", ", for the same offer or unasked,") if _for_what(found) else ("", "")
        yield (
            f"Chances are set right by how many of those who had come back as they did{same} left in such months, of "
            f"how many it expects; its order among customers{offer} who have been back for as long stays."
        )
    if n := int((~counted_of).sum()):
        yield (
            f"Of {counted(n, 'customers')} nobody who came back as they did was counted: their chances are the model's "
            "alone, and the intervals as wide as they are when nothing was counted."
        )


def _not_listed(found: WatchList) -> str:
    return f" ({format_count(found.n_unlike)} more are not listed)" if found.n_unlike else ""


def _left_out(found: WatchList) -> Iterator[str]:
    """Say who came back lately and is not on the list."""
    if found.n_unlike:
        yield (
            f"Not listed are {counted(found.n_unlike, 'customers')} who came back as lately: the model is of nobody "
            "who had left the first time for their reason."
        )
    if found.n_again:
        yield (
            f"Second stays are listed only: {counted(found.n_again, 'customers')} have come back yet another time, "
            "which the model is not of."
        )
