"""Whom not to chase? Customers whom a contact costs more than it brings, by the model and by the trial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.labels import value_words
from winback.money import format_alike
from winback.results import Result, Sentences, format_count, format_money, format_percent
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER, ProblemList, in_trial, label_codes
from winback.tables.likeness import to_choose_from
from winback.terms.left_alone import LeftAlone, problems_of_terms
from winback.trial import moments as m
from winback.trial.group_moments import group_moments
from winback.uncertainty import normal_quantile

CONTACT_COSTS = (25.0, 50.0, 100.0, 150.0, 200.0)
FEW = 30  # below so many customers in a group no mean of theirs is told
ASSUMPTION = "A contact's cost is an assumption here, on top of what the offers cost."


@dataclass(frozen=True, repr=False)
class ContactWorth(Result):
    """Who is not worth a contact, see `SecondLifetimeValues.not_worth_a_contact`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per cost of a contact: ``contact_cost``, ``n`` and ``share`` not worth it (``share_low``, ``share_high``
        at the ends of an assumed organic return), ``saved`` by not contacting
        them (cost less expected gain, in all), ``mostly`` (what most of them have in common, with its share),
        ``expected`` gain of a contact in this group by the model, and ``measured`` gain in the trial with
        ``measured_low``, ``measured_high``; missing where too few of them were tried.
    kind : {"incremental", "gross"}
        Whether gains are over no offer, known or assumed, or what comes back anyway is counted as gained.
    assumed : str
        The organic return assumed, in words; empty where none was.
    currency : str
    """

    frame: pd.DataFrame = field(repr=False)
    n: int
    kind: str = "incremental"
    assumed: str = ""
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "contact_cost": ("A contact costs", "money"),
        "share": ("Not worth it", "percent"),
        "mostly": ("Mostly", "text"),
        "saved": ("Saved by not chasing them", "money"),
        "expected": ("Gain of contacting them, expected", "money"),
        "measured": ("Gain, measured", "money"),
    }

    def describe(self) -> Sentences:
        """Say how many are not worth a contact, what the trial says of them, and what that rests on."""
        rows = self.frame.to_dict("records")
        return Sentences.of([_answer(self, rows), *_measured(self, rows[-1]), _doubt(self)])

    def details(self) -> Sentences:
        """Say the same of every cost of a contact, beyond what the answer has said."""
        each = [line for row in self.frame.to_dict("records") for line in (_alone(self, row), *_measured(self, row))]
        said = self.describe().splitlines()
        return Sentences.of(line for line in [*each, ASSUMPTION] if line not in said)


def not_worth_a_contact(values, contact_costs: Iterable[float], by: str | None, level: float) -> ContactWorth:
    """Find the customers whom a contact would cost more than it brings, see ``values.not_worth_a_contact``."""
    if by is not None and by not in values.customers:
        raise ValueError(f"There is no column {by!r}. {to_choose_from(by, values.customers.columns)}")
    known = values.net_values[NO_OFFER].to_numpy() if NO_OFFER in values.net_values else None
    problems = ProblemList("second lifetime values", values.customers)
    problems_of_terms(known is not None, values.trial.offers, values.customers, problems)
    problems.raise_if_any()
    alone = LeftAlone.stated(values.trial.offers, values.customers) if known is None else LeftAlone.known(known)
    costs = sorted(float(cost) for cost in contact_costs)
    if not costs:
        raise ValueError("contact_costs names none: give one or more amounts of money.")
    if not all(cost >= 0 for cost in costs):
        raise ValueError(f"The cost of a contact must be at least 0; got {', '.join(f'{cost:g}' for cost in costs)}.")
    best = values.net_values.drop(columns=NO_OFFER, errors="ignore").max(axis=1).to_numpy()
    eligible = in_trial(values.customers)
    gains = np.where(eligible[:, None], best[:, None] - alone.money, np.nan)
    labels = None if by is None else values.customers[by]
    rows = [_row(cost, gains, alone, values.measured, labels=labels, level=level) for cost in costs]
    return ContactWorth(pd.DataFrame(rows), int(eligible.sum()), alone.kind, alone.assumed, values.currency)


def _row(cost, gains, alone, outcomes, *, labels, level) -> dict:
    """Return the row of one cost of a contact.

    Gains (n, 3) are expected at the low, middle and high organic return, NaN where nobody is asked.
    """
    gain = gains[:, 1]
    unworthy = gain < cost
    n, n_all = int(unworthy.sum()), int(np.isfinite(gain).sum())
    ends = [float((gains[:, end] < cost).sum() / n_all) for end in (0, 2)]
    row = {"contact_cost": cost, "n": n, "share": n / n_all, "share_low": ends[0], "share_high": ends[1]}
    row |= {"mostly": _mostly(labels, unworthy), "saved": (cost - gain)[unworthy].sum()}
    row["expected"] = gain[unworthy].mean() if n else np.nan
    measured, error, length = _gained(unworthy, alone, outcomes)
    low, high = skewed_interval(measured, error, length, normal_quantile(level))
    return row | {"measured": measured, "measured_low": low, "measured_high": high}


def _mostly(labels, unworthy) -> str:
    if labels is None or not unworthy.any():
        return ""
    codes, kinds = label_codes(labels)
    counts = np.bincount(codes[unworthy & (codes >= 0)], minlength=len(kinds))
    most = int(counts.argmax())
    return f"{value_words(labels.name, kinds[most])} ({format_percent(counts[most] / unworthy.sum(), 0)})"


def _gained(unworthy, alone, outcomes) -> tuple[float, float, float]:
    """Return what the trial measured of these customers' gain, its standard error and skew length; NaN of too few."""
    tried = outcomes[unworthy[outcomes["row"].to_numpy()]]
    unsent = (tried["offer"] == NO_OFFER).to_numpy()
    groups = np.where(unsent, 1 if alone.is_known else -1, 0)
    names, money = (
        ("sent", "unsent") if alone.is_known else ("sent",),
        (tried["value"].to_numpy(), tried["cost"].to_numpy()),
    )
    if any((groups == place).sum() < FEW for place in range(len(names))):
        return np.nan, np.nan, np.nan
    moments = group_moments(tried.assign(returned=money[0] != 0), names, groups, money)
    arms, control = moments["sent"], moments.get("unsent")
    taken_off = 0.0 if alone.is_known else alone.money[tried["row"].to_numpy(), 1].mean()
    gain, variance = m.profit(arms, control)
    length = m.skew_length(m.pooled(arms, control), m.PROFIT, arms, control)
    return gain[0] - taken_off, np.sqrt(variance[0]), length[0]


def _answer(found: ContactWorth, rows: list[dict]) -> str:
    if len(rows) == 1:
        return _alone(found, rows[0])
    first, last = rows[0], rows[-1]
    cheap, dear = (format_money(row["contact_cost"], found.currency) for row in (first, last))
    return (
        f"If a contact costs {cheap}, the model would leave {format_percent(first['share'])} of "
        f"{format_count(found.n)} customers alone, and {format_percent(last['share'])} if it costs {dear}"
        f"{_group(last)}."
    )


def _alone(found: ContactWorth, row: dict) -> str:
    cost = format_money(row["contact_cost"], found.currency)
    if row["n"] == 0:
        return f"If a contact costs {cost}, everybody gains more than that."
    return (
        f"If a contact costs {cost}, the model would leave {format_percent(row['share'])} of {format_count(found.n)} "
        f"customers alone{_group(row)}; if it is right, that saves {format_money(row['saved'], found.currency)} in "
        "all, a sum of predictions without an interval."
    )


def _group(row: dict) -> str:
    return f" (mostly {row['mostly']})" if row["mostly"] else ""


def _measured(found: ContactWorth, row: dict) -> Iterator[str]:
    """Say what the trial measured of those left alone at one cost, where enough of them were tried."""
    if not np.isfinite(row["measured"]):
        return
    cost = format_money(row["contact_cost"], found.currency)
    names = ("measured", "measured_low", "measured_high")
    measured, low, high = format_alike([row[name] for name in names], found.currency)
    verdict = ": that settles nothing, the interval contains the cost"
    if row["measured_high"] < row["contact_cost"]:
        verdict = ", less than the contact costs"
    elif row["measured_low"] > row["contact_cost"]:
        verdict = ", more than the contact costs: the trial contradicts the model here"
    yield (
        f"In the trial the offers sent to those left alone at {cost} gained {measured} each [{low}, {high}]{verdict}."
    )


def _doubt(found: ContactWorth) -> str:
    if found.kind == "gross":
        return "Gains are gross: what these customers would bring without an offer is unknown and not taken off."
    if found.assumed:
        return f"That rests on {found.assumed}; the range of customers not worth a contact follows its ends."
    return ASSUMPTION
