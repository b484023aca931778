"""Which offer pays, once what was known beforehand is allowed for? Plain and adjusted figures side by side.

Both are right on average; what was known of customers explains part of how they differ, so the adjusted ones are surer
(`winback.trial.adjusted`). Who looks at both and takes the nicer one is right less often than an interval says,
so it is declared beforehand which of them is the headline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.labels import label_of
from winback.offers import comparison_figures as figures
from winback.results import Result, Sentences, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial import moments as m
from winback.trial.compared import adjustable, adjusted_moments
from winback.trial.trial import Trial

NAMED = 4  # columns that a sentence names
HARDLY = 0.005  # narrower by less is not said


@dataclass(frozen=True, repr=False, kw_only=True)
class AdjustedComparison(Result):
    """A comparison's figures plain and adjusted, see `OfferComparison.adjusted`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, in the comparison's order: ``offer``; ``plain_profit`` and ``adjusted_profit`` per customer
        (incremental where that is known or assumed) with ``_low`` and ``_high``; ``narrower``, by which share the
        adjusted interval is narrower (below zero: wider); ``as_more_customers``, the share of customers more that
        would narrow the plain one as much.
    differences : pandas.DataFrame
        One row per pair: ``first``, ``second``, ``plain_difference`` and ``adjusted_difference`` with ``_low`` and
        ``_high``, which allow for all pairs, ``narrower``, ``as_more_customers``.
    columns : tuple of str
        What is allowed for.
    declared : bool
        Whether that was declared beforehand, so that the adjusted figures are the headline.
    """

    frame: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame = field(repr=False)
    columns: tuple[str, ...]
    declared: bool
    kind: str
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "plain_profit": ("Plain profit per customer", "money"),
        "adjusted_profit": ("Adjusted profit per customer", "money"),
        "narrower": ("Interval narrower by", "percent"),
        "as_more_customers": ("As so many customers more", "percent0"),
    }

    @property
    def plain_lead(self) -> str:
        """Plain difference between the comparison's first two offers with its interval, as shown."""
        return self.interval(self.differences.iloc[0], "plain_difference", "money")

    def describe(self) -> Sentences:
        """Say what is left of the lead, how much surer that is, and which figure is the headline."""
        headline = "the adjusted figure is the headline" if self.declared else "the plain figure is the headline"
        was = "was" if self.declared else "was not"
        return Sentences.of([*_lines(self), f"To adjust {was} declared beforehand, so {headline}."])


def columns_in_words(columns: Iterable[str]) -> str:
    """Name columns as people do, the first few where there are many.

    Examples
    --------
    >>> columns_in_words(["first_margin", "reason"])
    'first margin and reason for leaving'
    """
    named = [label_of(name) for name in columns]
    more = len(named) - NAMED
    return join_words(named if more < 2 else [*named[:NAMED], f"{more} more columns"])


def adjusted_comparison(
    trial: Trial, offers: Iterable[str], settings: figures.ComparisonSettings
) -> AdjustedComparison | None:
    """Return the figures of offers plain and adjusted; None where nothing can be allowed for."""
    columns, offers = trial.adjust or adjustable(trial), list(offers)
    if not columns:
        return None
    has_control = trial.design.control == "accepted" and settings.organic is None  # else that is assumed in its place
    both = {"plain": trial.moments, "adjusted": adjusted_moments(trial, columns)}
    profits, differences = {}, {}
    for name, moments in both.items():
        arms, control = m.stack_arms([moments[offer] for offer in offers]), moments[NO_OFFER] if has_control else None
        profits[name], differences[name] = _figures(offers, arms, control, settings)
    return AdjustedComparison(
        frame=_side_by_side(profits, ["offer"], "profit"),
        differences=_side_by_side(differences, ["first", "second"], "difference"),
        columns=columns,
        declared=bool(trial.adjust),
        kind="incremental" if has_control or settings.organic is not None else "gross",
        currency=trial.currency,
    )


def _figures(offers, arms, control, settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the profit that offers are judged by, and the differences between them, as the comparison makes them."""
    errors = figures.joint_errors(arms, m.PROFIT, control)
    gross = control is None and settings.organic is None
    found = (
        figures.gross_figures(offers, arms, errors, settings)
        if gross
        else figures.incremental_figures(arms, control, errors, settings)
    )
    kind = "gross" if gross else "incremental"
    profit = {f"profit{end}": found[f"{kind}_profit{end}"] for end in ("", "_low", "_high")}
    if settings.organic is not None:
        errors = figures.joint_errors(arms, figures.decision_profit(arms, settings)[1], None)
    return pd.DataFrame({"offer": offers, **profit}), figures.all_differences(offers, arms, settings, errors)


def _side_by_side(both: Mapping[str, pd.DataFrame], keys: list[str], figure: str) -> pd.DataFrame:
    """Return a figure with its interval, plain and adjusted, and the gain in precision."""
    ends, parts = [figure, f"{figure}_low", f"{figure}_high"], [both["plain"][keys]]
    parts += [frame[ends].add_prefix(f"{name}_") for name, frame in both.items()]
    plain, adjusted = (frame[ends[2]].to_numpy() - frame[ends[1]].to_numpy() for frame in both.values())
    ratio = np.divide(adjusted, plain, out=np.ones(len(plain)), where=plain > 0)
    more = np.divide(1, ratio**2, out=np.full(len(ratio), np.inf), where=ratio > 0) - 1
    return pd.concat(parts, axis=1).assign(narrower=1 - ratio, as_more_customers=more)


def _lines(found: AdjustedComparison) -> Iterator[str]:
    """Yield the lead, or the profit of an only offer, and how much narrower its interval is."""
    if len(found.differences):
        row, figure = found.differences.iloc[0], "difference"
        what = f"{row['first']}'s lead over {row['second']}"
    else:
        row, figure = found.frame.iloc[0], "profit"
        what = f"{found.kind} profit of {row['offer']}"
    plain, adjusted = (found.interval(row, f"{kind}_{figure}", "money") for kind in ("plain", "adjusted"))
    allowed = f"Allowing for {columns_in_words(found.columns)}, known beforehand"
    yield f"{allowed}, {what} is {adjusted} per customer; plain, it is {plain}."
    narrower, more = row["narrower"], row["as_more_customers"]
    if narrower >= HARDLY:
        yield (
            f"The adjusted interval is {format_percent(narrower)} narrower, as if the trial had had "
            f"{format_percent(more, 0)} more customers."
        )
    else:
        yield "The adjusted interval is no narrower: what was known says little of what customers bring."
