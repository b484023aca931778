"""Which behaviour and which reason go with return, and by how much? Percentage points and odds.

Every customer's design is computed again with a column moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.labels import ONE_MORE_BESIDE, contrast_words, one_more_words
from winback.results import Result, Sentences, counted, format_percent, join_words
from winback.second_lifetime.links import LINKS
from winback.second_lifetime.whom import who_words
from winback.tables import NO_OFFER, AnyTable, as_table, in_trial
from winback.uncertainty import normal_quantile

PART_OF = {"complaints_resolved": "complaints"}  # what cannot be more than another
ALL_ELSE_ALIKE = "all else alike"  # what tells these differences from plain shares, of customers who differ in much


@dataclass(frozen=True, repr=False)
class ReturnEffects(Result):
    """What goes with the chance of return, see `SecondLifetimeFit.effects`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per label and per number: ``column``, ``level`` against ``reference`` (both missing for a number),
        ``in_words``, ``change`` of the chance of return (as a share, averaged over the customers: the label beside the
        reference, one more of a whole number for those who can have one more, or the slope per unit of a number with
        decimals), ``change_std_error``, ``change_low``, ``change_high``, ``p_value``; with a logit ``odds_ratio`` and
        its interval.
    link : str
    n : int
        Customers averaged over.
    """

    frame: pd.DataFrame = field(repr=False)
    link: str
    n: int
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("What differs", "text"),
        "change": ("Chance of return, in points", "points"),
        "odds_ratio": ("Odds of return, times", "times"),
        "p_value": ("p-value", "p_value"),
    }

    def describe(self) -> Sentences:
        """Say what an offer and the strongest signs go with, how sure that is, and that a sign is no proof."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say all that goes with return, what is not shown to, in which unit, and the same in odds."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say whether to send an offer, and whom to ask first."""
        return Sentences.of([_next_step(self.frame)])


@dataclass(frozen=True)
class Move:
    """How the average chance of return differs with one label or number."""

    level: object  # missing for a number
    reference: object
    change: float  # share
    slopes: np.ndarray  # (p,) of the change in the coefficients
    step: np.ndarray | None  # (p,) of the design, where it is the same for everybody


def return_effects(fit, customers: AnyTable) -> ReturnEffects:
    """Say how the chance of return differs with each column of the reacquisition formula, see ``fit.effects``."""
    customers = as_table(customers)
    customers = customers[in_trial(customers)]
    design, place = fit.designs["reacquisition"], fit.places["reacquisition"]
    design.matrix(customers)  # refuses a table that lacks what the formula uses
    alpha, covariance = fit.theta[place], fit.covariance[place, place]
    z = normal_quantile(fit.level)
    rows = [
        {"column": column, "in_words": _in_words(move, column, design.columns)}
        | _row(move, alpha, covariance, z=z, with_odds=fit.link == "logit")
        for column in design.columns
        for move in _moves(design, customers, column, alpha, LINKS[fit.link])
    ]
    return ReturnEffects(pd.DataFrame(rows), fit.link, len(customers))


def _in_words(move, column, columns) -> str:
    """Say what differs: one more of a count, or one label rather than another."""
    if move.level is None:
        return one_more_words(column, columns)
    return contrast_words(column, move.level, move.reference)


def _row(move, alpha, covariance, *, z, with_odds) -> dict:
    error = float(np.sqrt(move.slopes @ covariance @ move.slopes))
    row = {"level": move.level, "reference": move.reference}
    row |= {"change": move.change, "change_std_error": error}
    row |= {"change_low": move.change - z * error, "change_high": move.change + z * error}
    size, own, step = move.change, error, move.step
    if step is not None:
        size, own = step @ alpha, float(np.sqrt(step @ covariance @ step))
    row["p_value"] = 2 * ndtr(-abs(size) / own) if own else np.nan
    if with_odds and step is not None:
        ends = size + np.array([0, -z, z]) * own
        row |= dict(zip(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.exp(ends), strict=True))
    return row


def _moves(design, customers, column, alpha, link) -> Iterator[Move]:
    """Yield how every label of a column differs from the first one, one more of a count, or the slope of a number."""
    labels, values = design.labels.get(column), customers[column]
    if labels is not None:
        others = [label for label in labels if label != NO_OFFER]
        labels = [NO_OFFER, *others] if NO_OFFER in labels else labels
        yield from _label_moves(design, customers, column, labels, alpha=alpha, link=link)
    elif set(np.unique(values.to_numpy(dtype=float))) <= {0.0, 1.0} and not _counted_beside(design, column):
        flags = (False, True) if values.dtype == bool or values.dtype == "boolean" else (0.0, 1.0)
        yield from _label_moves(design, customers, column, flags, alpha=alpha, link=link)
    elif (can := _can_have_one_more(design, customers, column)).any():
        yield _one_more(design, customers[can], column, alpha, link)
    else:
        yield _slope(design, customers, column, alpha, link)


def _label_moves(design, customers, column, labels, *, alpha, link) -> Iterator[Move]:
    without, *others = (design.matrix(_moved(design, customers, column, label)) for label in labels)
    for label, with_it in zip(labels[1:], others, strict=True):
        yield _step(without, with_it, alpha, link, level=label, reference=labels[0])


def _counted_beside(design, column) -> bool:
    """Tell whether a count is a part of another one in the formula, or the whole of it: they bound each other."""
    return any((column, other) in ONE_MORE_BESIDE for other in design.columns)


def _can_have_one_more(design, customers, column) -> np.ndarray:
    """Tell of whom a count could be higher by one: others had as many, and a part stays within its whole."""
    values = customers[column].to_numpy(dtype=float)
    can = values + 1 <= values.max()
    if (values % 1 != 0).any():
        return np.zeros_like(can)  # with decimals a unit is no step that anybody takes
    if PART_OF.get(column) in design.columns:
        can &= values + 1 <= customers[PART_OF[column]].to_numpy(dtype=float)
    return can


def _one_more(design, customers, column, alpha, link) -> Move:
    more = customers.assign(**{column: customers[column].to_numpy(dtype=float) + 1})
    return _step(design.matrix(customers), design.matrix(more), alpha, link)


def _step(before, after, alpha, link, *, level=None, reference=None) -> Move:
    """Return how chances differ between the same customers before and after, given by their designs."""
    a0, a1 = before @ alpha, after @ alpha
    slopes = (link.density(a1) @ after - link.density(a0) @ before) / len(before)
    return Move(level, reference, float((link.chance(a1) - link.chance(a0)).mean()), slopes, _common(after - before))


def _slope(design, customers, column, alpha, link) -> Move:
    values, numbers = customers[column].to_numpy(dtype=float), design.matrix(customers)
    width = 1e-4 * max(float(values.std()), 1e-6 * float(np.abs(values).max()), 1e-12)
    above, below = (design.matrix(customers.assign(**{column: values + side * width})) for side in (1, -1))
    step = (above - below) / (2 * width)
    a, moved = numbers @ alpha, step @ alpha
    slopes = ((link.density_slope(a) * moved) @ numbers + link.density(a) @ step) / len(numbers)
    return Move(None, None, float((link.density(a) * moved).mean()), slopes, _common(step))


def _moved(design, customers, column, label) -> pd.DataFrame:
    labels = design.labels.get(column)
    if labels is None:
        return customers.assign(**{column: label})
    codes = np.full(len(customers), labels.index(label))
    return customers.assign(**{column: pd.Categorical.from_codes(codes, categories=list(labels))})


def _common(steps) -> np.ndarray | None:
    """Return the step of the design that is the same for everybody, or None."""
    same = np.allclose(steps, steps[:1], rtol=1e-6, atol=1e-9 * max(1.0, np.abs(steps).max(initial=0.0)))
    return steps[0] if same else None


def _answer(effects) -> Iterator[str]:
    frame = effects.frame
    clear = frame[(frame["change_low"] > 0) | (frame["change_high"] < 0)]
    if clear.empty:
        yield "Nothing in the formula is shown to go with return."
        yield f"That is of {counted(effects.n, 'customers')}: more of them may show what is small."
    else:
        offers = _beside_none(frame)
        helping = len(offers) and (offers["change_low"] > 0).all()
        signs = clear.drop(index=offers.index) if helping else clear
        said = [_with_an_offer(offers)] if helping else []
        said += _strongest(signs, frame["column"])
        yield f"{ALL_ELSE_ALIKE}, {'; '.join(said)}."
        yield _sure(effects, clear.loc[clear["change"].abs().idxmax()])
    yield _doubt(frame.set_index("column"))


def _beside_none(frame) -> pd.DataFrame:
    return frame[(frame["column"] == "offer") & (frame["reference"] == NO_OFFER)]


def _with_an_offer(offers) -> str:
    """Say how many more come back with an offer than without one, whichever offer it is."""
    ends = dict.fromkeys(f"{100 * offers['change'].agg(end):.0f}" for end in ("min", "max"))
    return f"{'an' if len(offers) > 1 else 'the'} offer brings back {' to '.join(ends)} more in 100"


def _strongest(signs, columns) -> Iterator[str]:
    """Say who is the hardest to win back and who is easier, by what was known beforehand."""
    hard, easy = signs[signs["change"] < 0], signs[signs["change"] > 0]
    sides = ((hard, "hardest to win back are"), (easy, "easier" if len(hard) else "easiest to win back are"))
    strongest = [(said, rows.loc[rows["change"].abs().idxmax()]) for rows, said in sides if len(rows)]
    if strongest:
        yield ", ".join(f"{said} {who_words(row['column'], row['level'], columns)}" for said, row in strongest)


def _sure(effects, strongest) -> str:
    ends = join_words(_points(strongest[f"change{end}"]) for end in ("_low", "_high"))
    return (
        f"Each of these is beyond chance among {counted(effects.n, 'customers')} who are compared as if alike in all "
        f"else that the formula has; the largest, {strongest['in_words']}, lies between {ends} points."
    )


def _next_step(frame) -> str:
    """Say in one sentence what to do on Monday: only an offer beside none is more than a sign."""
    offers = _beside_none(frame)
    others = frame[frame["column"] != "offer"]
    signs = ((others["change_low"] > 0) | (others["change_high"] < 0)).any()
    if (offers["change_low"] > 0).any():
        first = "first to those to whom it adds most: signs of a return also mark who would come back without one"
        return f"Send an offer, {first if signs else 'to whom does not matter here: nothing else tells who returns'}."
    if len(offers) and (offers["change_high"] < 0).all():
        return "Send none of these offers: with each of them fewer came back than with none."
    if len(offers):
        return "Send none of these offers to all yet: none is shown to bring more customers back."
    first = "Ask first those whose signs speak for a return" if signs else "Ask in any order"
    return f"{first}, and leave a random part without an offer: only they show what an offer adds."


def _doubt(rows) -> str:
    shows = "all of this shows"
    if "offer" in rows.index:
        shows = "only an offer drawn at random shows what it does; all else shows"
    settled = ""
    if "complaints_resolved" in rows.index and rows.loc["complaints_resolved", "change_low"] > 0:
        settled = ": to settle more complaints need not bring more of them back"
    return f"{shows} who returns, not why{settled}."


def _more(effects) -> Iterator[str]:
    frame = effects.frame
    for side, clear in (("return", frame["change_low"] > 0), ("staying away", frame["change_high"] < 0)):
        rows = frame[clear].sort_values("change", key=np.abs, ascending=False)
        if len(rows):
            said = (f"{row.in_words} ({_points(row.change)} points)" for row in rows.itertuples())
            yield f"This goes with {side}, strongest first: {join_words(said)}."
    unclear = frame.loc[(frame["change_low"] <= 0) & (frame["change_high"] >= 0), "in_words"]
    if len(unclear):
        yield f"Not shown to go with return: {'; '.join(unclear)}."
    if "odds_ratio" in frame:
        odds = frame[frame["odds_ratio"].notna()]
        said = join_words(f"{row.in_words} x {row.odds_ratio:.2f}" for row in odds.itertuples())
        yield f"In odds of return, the chance to return divided by that to stay away: {said}."
    yield (
        "Points are percentage points of the chance of return, other things in the formula equal, averaged over the "
        "customers: a label rather than the one it is compared with, or one more of what is counted, over those who "
        "could have one more; for a number with decimals, a small step taken times one unit."
    )
    if "contact_attempts" in set(frame["column"]):
        yield "Contact attempts are those planned beforehand: what goes with them is no effect of contacting."
    yield "Plain shares of those who came back lie elsewhere, because groups differ in other things, too."


def _points(change: float) -> str:
    return f"{'+' if change > 0 else '-'}{format_percent(abs(change)).removesuffix('%')}"
