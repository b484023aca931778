"""Whom not to chase? Customers whom a contact costs more than it brings, by the model and by the trial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.budgets.choices import read_choices
from winback.results import Result, Sentences, format_count, format_money, format_percent
from winback.second_lifetime.measured import measured_outcomes
from winback.tables import NO_OFFER, ProblemList, in_trial, label_codes
from winback.terms.organic import Organic
from winback.uncertainty import normal_quantile

if TYPE_CHECKING:
    from winback.second_lifetime.valuation import SecondLifetimeValues

CONTACT_COSTS = (25.0, 50.0, 100.0, 150.0, 200.0)


@dataclass(frozen=True, repr=False)
class ContactWorth(Result):
    """Who is not worth a contact, see `whom_not_to_chase`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per cost of a contact: ``contact_cost``, ``n`` and ``share`` not worth it (``share_low``, ``share_high``
        at the ends of an assumed organic return), ``saved`` by not contacting
        them (cost less expected gain, in all), ``mostly`` (the label of ``by`` they have most often, with its share),
        ``expected`` gain of a contact in this group by the model, and ``measured`` gain in the trial with
        ``measured_low``, ``measured_high``; missing where too few of them were tried.
    by : str
    kind : {"incremental", "gross"}
        Whether gains are over no offer, known or assumed, or what comes back anyway is counted as gained.
    assumed : str
        The organic return assumed, in words; empty where none was.
    currency : str
    """

    frame: pd.DataFrame = field(repr=False)
    n: int
    by: str | None
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
        """Say who is not worth a contact."""
        return Sentences.of(_lines(self))


def whom_not_to_chase(
    values: SecondLifetimeValues,
    contact_costs: Iterable[float] = CONTACT_COSTS,
    *,
    by: str | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    level: float = 0.95,
) -> ContactWorth:
    """Find the customers whom a contact would cost more than it brings.

    The gain of a contact is the value of the customer's best offer, net of the offer's cost, less the value without an
    offer, by the model. Whoever gains less than a contact costs is better left alone. What these customers really
    gained is measured in the trial: mean net value of those who were sent an offer less that of those who were not.

    Where nobody was left untreated, the value without an offer is assumed (``organic``), or not taken off at all: gains
    are then gross, and too many look worth a contact.

    Parameters
    ----------
    values : SecondLifetimeValues
        Over a horizon that the trial's follow-up supports; best of customers the model was not fitted on.
    contact_costs : iterable of float
        What one contact may cost, on top of the offer, in money.
    by : str, optional
        Column in whose labels the answer is put.
    organic, organic_value : optional
        As in `allocate_budget`, where the model knows no untreated customers; by default what the offers file says.
    level : float
        Of the intervals.

    Returns
    -------
    ContactWorth

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit = wb.fit_two_part(study.trial, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> values = wb.second_lifetime_value(fit, study.trial, study.trial.customers)
    >>> wb.whom_not_to_chase(values, [150.0], by="reason").frame[["share", "mostly"]].round(2)
       share       mostly
    0   0.04  both (100%)
    """
    if by is not None and by not in values.customers:
        raise ValueError(f"There is no column {by!r}; there are {', '.join(map(str, values.customers.columns))}.")
    costs = [float(cost) for cost in contact_costs]
    if not all(cost >= 0 for cost in costs):
        raise ValueError(f"The cost of a contact must be at least 0; got {', '.join(f'{cost:g}' for cost in costs)}.")
    problems = ProblemList("second lifetime values", values.customers)
    assumed = {"organic": organic, "organic_value": organic_value, "customers": None, "currency": None}
    choices = read_choices(values, None, problems, needs="costs", **assumed)
    problems.raise_if_any()
    alone = np.full((len(values.customers), 3), np.nan)  # not for those set aside beforehand: nobody chooses them
    alone[in_trial(values.customers)] = choices.left_alone
    gains = values.net_values[list(choices.offers)].max(axis=1).to_numpy()[:, None] - alone
    outcomes = measured_outcomes(values)
    codes, labels = (np.zeros(len(gains), dtype=int), []) if by is None else label_codes(values.customers[by])
    without = None if choices.knows_none else alone[:, 1]
    z = normal_quantile(level)
    rows = [_row(cost, gains, without, outcomes, codes, labels, z) for cost in sorted(costs)]
    n = int(np.isfinite(gains[:, 1]).sum())
    return ContactWorth(pd.DataFrame(rows), n, by, choices.kind, choices.assumed, values.currency)


def _row(cost, gains, without, outcomes, codes, labels, z) -> dict:
    """Return one row; ``without``: assumed money without an offer, None where the trial has untreated customers."""
    gain, left_alone = gains[:, 1], gains[:, 1] < cost
    n, n_all = int(left_alone.sum()), int(np.isfinite(gain).sum())
    ends = [float((gains[:, end] < cost).sum() / n_all) for end in (0, 2)]
    row = {"contact_cost": cost, "n": n, "share": n / n_all, "share_low": ends[0], "share_high": ends[1], "mostly": ""}
    row |= {"saved": (cost - gain)[left_alone].sum(), "expected": np.nan}
    row |= {"measured": np.nan, "measured_low": np.nan, "measured_high": np.nan}
    if not left_alone.any():
        return row
    if labels:
        counts = np.bincount(codes[left_alone & (codes >= 0)], minlength=len(labels))
        most = int(counts.argmax())
        row["mostly"] = f"{labels[most]} ({format_percent(counts[most] / left_alone.sum(), 0)})"
    row["expected"] = gain[left_alone].mean()
    tried = outcomes[left_alone[outcomes["row"].to_numpy()]]
    net = tried["value"] - tried["cost"]
    sent, not_sent = net[tried["offer"] != NO_OFFER], net[tried["offer"] == NO_OFFER]
    if without is not None and len(sent) >= 30:
        row |= _with_ends(sent.mean() - without[tried["row"]].mean(), sent.var() / len(sent), z)
    elif min(len(sent), len(not_sent)) >= 30:
        variance = sent.var() / len(sent) + not_sent.var() / len(not_sent)
        row |= _with_ends(sent.mean() - not_sent.mean(), variance, z)
    return row


def _with_ends(measured, variance, z) -> dict[str, float]:
    margin = z * np.sqrt(variance)
    return {"measured": measured, "measured_low": measured - margin, "measured_high": measured + margin}


def _lines(found: ContactWorth) -> Iterator[str]:
    for row in found.frame.to_dict("records"):
        cost = format_money(row["contact_cost"], found.currency)
        if row["n"] == 0:
            yield f"If a contact costs {cost}, everybody gains more than that."
            continue
        mostly = f" ({found.by} mostly {row['mostly']})" if row["mostly"] else ""
        line = (
            f"If a contact costs {cost}, the model would leave {format_percent(row['share'])} of "
            f"{format_count(found.n)} customers alone{mostly}; it expects that to save "
            f"{format_money(row['saved'], found.currency)} in all"
        )
        if np.isfinite(row["measured"]):
            money = [format_money(row[name], found.currency) for name in ("measured", "measured_low", "measured_high")]
            line += f". In the trial the offers sent to such customers gained {money[0]} each [{money[1]}, {money[2]}]"
            if row["measured_high"] < row["contact_cost"]:
                line += ", less than the contact costs"
            elif row["measured_low"] > row["contact_cost"]:
                line += ", more than the contact costs: the trial contradicts the model here"
            else:
                line += ": that settles nothing, the interval contains the cost"
        yield line + "."
    if found.kind == "gross":
        yield "Gains are gross: what these customers would bring without an offer is unknown and not taken off."
    if found.assumed:
        yield f"That rests on {found.assumed}; the range of customers not worth a contact follows its ends."
    yield "A contact's cost is an assumption here, on top of what the offers cost."
