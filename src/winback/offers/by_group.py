"""Is another offer better for some customers? Every offer's profit in every group of a column, as in the trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import label_of, value_words
from winback.offers.compared import OfferComparison
from winback.offers.comparison import comparison_from_moments
from winback.results import Result, Sentences, counted, join_words
from winback.tables import NO_OFFER, ProblemList, label_codes
from winback.tables.likeness import to_choose_from
from winback.terms.organic import assumed_organic
from winback.trial.compared import compared_groups
from winback.trial.group_moments import group_moments

MOST_GROUPS = 20  # of more, hardly any cell differs clearly and none can be read
FEWEST = 30  # customers who came back, below which an interval cannot be trusted


@dataclass(frozen=True, repr=False)
class OffersByGroup(Result):
    """Each offer's profit per customer in each group, see `offers_by_group`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and offer: ``group``, ``in_words``, ``offer``, ``n`` customers sent it, ``n_returned``,
        ``profit`` per customer with ``profit_low`` and ``profit_high``, ``first`` (it earns most in its group),
        ``told_apart`` (from the first) and ``few`` (too few came back, of those sent it or of those held out).
    leader : str
        The offer that earns most over all customers.
    kind : str
        Whether profit is ``incremental`` or ``gross``.
    beaten : mapping
        In words, each group in which another offer earns more than the leader beyond chance -> that offer.
    """

    frame: pd.DataFrame
    by: str
    leader: str
    kind: str
    beaten: Mapping[str, str]
    catalogue: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("Customers", "text"),
        "offer": ("Offer", "text"),
        "n": ("Number", "count"),
        "profit": ("Profit per customer", "money"),
    }

    @property
    def headline(self) -> str:
        """Whether some group is shown to want another offer, in one sentence."""
        if not (self.frame["profit_low"] > 0).any():
            return "In no group is any offer shown to pay"
        if len(set(self.frame["offer"])) == 1:
            pays = (self.frame["profit_low"] > 0).sum()
            return f"{self.leader} is shown to pay in {pays} of {counted(len(self.frame), 'groups')}"
        if not self.beaten:
            return f"In no group is another offer shown to earn more than {self.leader}"
        each = [f"{offer} ({group})" for group, offer in self.beaten.items()]
        verb = "earns" if len(each) == 1 else "earn"
        return f"Beyond chance {join_words(each)} {verb} more than {self.leader}"

    def describe(self) -> Sentences:
        """Say whether some group is shown to want another offer, and where none is shown to pay."""
        return Sentences.of([f"{self.headline}.", *_paying(self)])

    def details(self) -> Sentences:
        """Say what the intervals allow for, and who is left out."""
        return Sentences.of(self.notes)


def _paying(found: OffersByGroup) -> Iterator[str]:
    frame = found.frame.assign(pays=found.frame["profit_low"] > 0)
    none = frame.groupby("in_words", sort=False)["pays"].any()
    if not none.all():
        yield f"No offer is shown to pay among those {join_words(none.index[~none])}."


@door
def offers_by_group(comparison: OfferComparison, by: str) -> OffersByGroup:
    r"""Return what every offer earns per customer in every group of a column, side by side.

    Within a group everything is as in `winback.compare_offers`. So many looks find something by chance alone: with G
    groups intervals are at the level :math:`1 - \alpha / G` (Bonferroni), and hold for all offers of a group together
    (max-t), so that in one of twenty such tables, at 95%, any interval at all misses.

    Parameters
    ----------
    comparison : OfferComparison
        From `winback.compare_offers` of a trial.
    by : str
        Column known before the offer, of at most 20 groups.

    Raises
    ------
    TableError
        When the column is missing, was not known before, or has too many groups.
    ValueError
        When only figures of each offer are known.

    Examples
    --------
    >>> import winback as wb
    >>> found = offers_by_group(wb.compare_offers(wb.load_telecom_study().trial), "reason")
    >>> found.frame.loc[found.frame["first"], ["in_words", "offer"]].to_numpy().tolist()
    [['left for price', 'discount'], ['left for service', 'discount'], ['left for price and service', 'discount']]
    """
    if comparison.trial is None:
        raise ValueError("Only figures of each offer are known, so they cannot be told by group.")
    trial = comparison.trial
    codes, labels = _groups(trial, by)
    level = 1 - (1 - comparison.settings.level) / max(len(labels), 1)
    parts, beaten = [], {}
    for place, label in enumerate(labels):
        words, inside = value_words(by, label), codes == place
        here = _within(comparison, inside, level)
        if here is None:
            continue
        parts.append(_cells(here).assign(group=label, in_words=words))
        if better := _better(here, comparison.frame["offer"].iloc[0]):
            beaten[words] = better
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[["group", "in_words", *frame.columns.drop(["group", "in_words"])]]
    leader, known = comparison.frame["offer"].iloc[0], {"catalogue": comparison.catalogue, "currency": trial.currency}
    notes = tuple(_notes(comparison, by, codes, labels, frame=frame))
    return OffersByGroup(frame, by, leader, comparison.kind, beaten, notes=notes, **known)


def _groups(trial, by) -> tuple[np.ndarray, list]:
    """Return each customer's group, -1 where it is not known, and the groups; refuse what makes none."""
    problems = ProblemList("table of lapsed customers", trial.customers)
    if by not in trial.known:
        remedy = f"Group by what was known before. {to_choose_from(by, trial.known)}"
        problems.add(by, "is not known before the offer, or is not there", remedy)
        problems.raise_if_any()
    codes, labels = label_codes(trial.customers[by])
    if len(labels) > MOST_GROUPS:
        remedy = f"Cut it into a few classes first, as with pd.qcut(customers[{by!r}], 4)."
        problems.add(by, f"makes {len(labels):,} groups; at most {MOST_GROUPS} can be told apart", remedy)
    problems.raise_if_any()
    return codes, labels


def _within(comparison, inside, level) -> OfferComparison | None:
    """Compare the offers among some customers; None where no offer went to two of them, or no control group did."""
    trial, names = comparison.trial, compared_groups(comparison.trial)
    alone = np.arange(len(trial.arm)) if trial.clusters is None else trial.clusters
    own = {name: alone[inside & (trial.arm == trial.arms.index(name))] for name in names}
    enough = [name for name in names if len(np.unique(own[name])) > 1]
    wanted = NO_OFFER if comparison.control is not None else None
    if (wanted and wanted not in enough) or not set(enough) - {NO_OFFER}:
        return None
    place = np.array([enough.index(name) if name in enough else -1 for name in trial.arms])
    groups = np.where(inside, place[trial.arm], -1)
    moments = group_moments(trial.customers, enough, groups, (trial.value, trial.cost))
    settings = replace(comparison.settings, level=level)
    if settings.organic is not None:
        settings = replace(settings, organic=assumed_organic(trial.organic, trial.customers[inside]))
    arms = {name: moments[name] for name in enough if name != NO_OFFER}
    return comparison_from_moments(arms, moments.get(NO_OFFER), settings, currency=trial.currency)


def _cells(here: OfferComparison) -> pd.DataFrame:
    """Return the figures of a group, one row per offer."""
    name = f"{here.kind}_profit"
    together = f"{name}_simultaneous" if f"{name}_simultaneous_low" in here.frame else name
    kept = {name: "profit", f"{together}_low": "profit_low", f"{together}_high": "profit_high"}
    cells = here.frame[["offer", "n", "n_returned", *kept]].rename(columns=kept)
    leader = here.frame["offer"].iloc[0]
    few = cells["n_returned"] < FEWEST
    if here.control is not None:
        few |= bool(here.control.n_returned[0] < FEWEST)
    told = ~cells["offer"].isin(here.winners)
    return cells.assign(first=cells["offer"] == leader, told_apart=told, few=few)


def _better(here: OfferComparison, leader: str) -> str | None:
    """Return the offer that earns most in a group, if it beats the one that leads overall beyond chance."""
    first = here.frame["offer"].iloc[0]
    return None if leader in here.winners or leader not in set(here.frame["offer"]) else first


def _notes(comparison, by, codes, labels, frame) -> Iterator[str]:
    level = comparison.settings.level
    looked_at = f"{counted(len(labels), 'groups')} and all offers looked at"
    yield f"Intervals and verdicts allow for {looked_at}: together they hold with {level:.0%}."
    if comparison.adjusted_for:
        yield "Figures by group are plain, not adjusted."
    if (codes < 0).any():
        yield f"{counted(int((codes < 0).sum()), 'customers')} without a known {label_of(by)} are left out."
    gone = len(labels) - frame["in_words"].nunique()
    if gone:
        yield f"{counted(gone, 'groups')} without two customers of an offer, or of those held out, are left out."
