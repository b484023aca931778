"""What is known, and what is assumed, of each segment of customers at risk? From figures, or from customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.offers.economics import plain_table, read_numbers
from winback.offers.strategy_settings import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_worth import Timing, summed_over_months
from winback.results import Result
from winback.tables import Problem, ProblemList, TableError
from winback.tables.kinds import label_text
from winback.uncertainty import normal_draws, normal_quantile

FIGURES = "table of figures"
MOST_SEGMENTS = 20  # of more, no table of strategies can be read
N_DRAWS = 2**12  # of the inputs: ends of intervals to about a hundredth of their width
ANY, COST, SHARE = (-1e12, 1e12), (0.0, 1e12), (0.0, 1.0)
COMPARABLE = "comparable"  # which share of losses the figures of returns speak of; all where it is not stated
LEAVING = "leaving"  # times as many as the fitted risk of each customer says
INPUTS = {  # between which ends, and in words, as what is taken for granted
    LEAVING: ((0.0, np.inf), "how many leave"),
    "hazard": (SHARE, "how many leave"),
    "margin": (ANY, "how many are here and what they pay a month"),
    "keep_cost": (COST, "what keeping costs"),
    "share_prevented": (SHARE, "which share of losses keeping prevents"),
    "win_back_chance": (SHARE, "how many are won back"),
    "win_back_value": (ANY, "what they bring"),
    "win_back_cost": (COST, "what winning back costs"),
    "win_back_contact_cost": (COST, "what a contact costs"),
    COMPARABLE: (SHARE, "which share of losses is like those on whom winning back was tried"),
    "organic": (SHARE, "how many return by themselves"),
    "organic_value": (ANY, "what these bring"),
    "acquire_chance": ((1e-9, 1.0), "how many strangers become customers"),
    "acquire_value": (ANY, "what a new customer brings"),
    "acquire_contact_cost": (COST, "what contacting a stranger costs"),
}
SETTINGS = {  # columns that a setting stands for, in the order of its fields
    Keep: ("keep_cost", "share_prevented"),
    WinBack: ("win_back_chance", "win_back_value", "win_back_cost", "win_back_contact_cost"),
    ByThemselves: ("organic", "organic_value"),
    Acquire: ("acquire_chance", "acquire_value", "acquire_contact_cost"),
}
FREE = ("win_back_cost", "win_back_contact_cost")  # nothing unless stated
TOGETHER = (("keep_cost", "share_prevented"), ("win_back_chance", "win_back_value"), SETTINGS[Acquire])
THIRDS = ("low value", "middle value", "high value")


@dataclass(frozen=True)
class Inputs:
    """What is known or assumed of each segment of customers at risk, and of its customers where these differ."""

    segments: pd.DataFrame  # segment in words, n, and each input with `_low` and `_high`
    customers: pd.DataFrame | None = None  # segment (a number), n, margin, hazard; None: alike within a segment
    shared: frozenset[str] = frozenset()  # inputs that are one figure for all segments
    assumed: frozenset[str] = frozenset()  # inputs that were stated, not measured
    edges: np.ndarray | None = None  # margins at which segments are cut, where they are thirds of value
    notes: tuple[str, ...] = ()
    leaves: np.ndarray | None = None  # (customers, months) chance of leaving in each; None: their hazard in all

    @property
    def rows(self) -> pd.DataFrame:
        """The customers, or, where these are alike, the segments: segment (a number), n, hazard and margin."""
        return self.segments.assign(segment=range(len(self.segments))) if self.customers is None else self.customers

    def risk(self, months: int) -> np.ndarray:
        """Return by what the riskiest of the rows are picked, where so many months count."""
        return self.rows["hazard"].to_numpy() if self.leaves is None else self.leaves[:, :months].sum(axis=1)

    def losses(self, x: Mapping[str, np.ndarray], timing: Timing) -> np.ndarray:
        """Return what the loss of each row weighs, (5, ...), at draws of the inputs; see `Timing.weights`."""
        if self.leaves is not None:
            sums = timing.weights.T @ self.leaves[:, : timing.horizon_months].T
            sums[0] *= self.customers["margin"].to_numpy()
            return sums
        drawn = x if self.customers is None else self.customers
        return summed_over_months(np.asarray(drawn["hazard"]), np.asarray(drawn["margin"]), timing)

    def values(self, drawn: Mapping[str, np.ndarray] = MappingProxyType({})) -> dict[str, np.ndarray]:
        """Return each input of the segments, or draws of it; one who returns alone brings what one won back does."""
        x = {name: self.segments[name].to_numpy() for name in INPUTS if name in self.segments} | {**drawn}
        return {"organic_value": x.get("win_back_value", np.zeros(len(self.segments)))} | x

    def draws(self, level: float) -> dict[str, np.ndarray]:
        """Return draws of the inputs that have an interval, (draws, segments) or (draws, 1) of one figure for all.

        Those of an input have its low, itself and its high as their quantiles at the ends and in the middle.
        """
        names = unsure(self.segments)
        sizes = [1 if name in self.shared else len(self.segments) for name in names]
        if not names:
            return {}
        standard = normal_draws(np.eye(sum(sizes)))[:N_DRAWS] / normal_quantile(level)
        parts = np.split(standard, np.cumsum(sizes)[:-1], axis=1)
        found = {}
        for name, part in zip(names, parts, strict=True):
            middle, low, high = (self.segments[each].to_numpy() for each in with_ends(name))
            drawn = middle + part * np.where(part > 0, high - middle, middle - low)
            found[name] = np.clip(drawn, *INPUTS[name][0])
        return found


def with_ends(name: str) -> tuple[str, str, str]:
    """Return the columns of a figure, of its low and of its high."""
    return name, f"{name}_low", f"{name}_high"


def unsure(segments: pd.DataFrame) -> list[str]:
    """Return the inputs that have an interval."""
    there = [name for name in INPUTS if f"{name}_low" in segments]
    return [name for name in there if (segments[f"{name}_low"] < segments[f"{name}_high"]).any()]


def refused(column: str, problem: str, remedy: str) -> TableError:
    """Return the error for one thing wrong with the figures."""
    return TableError(FIGURES, [Problem(column, problem, 0, "", remedy)])


def read_figures(figures: object) -> Inputs:
    """Read a table of segments, or one of customers with their risk, from a frame, a path, a mapping or a result."""
    table = _as_frame(figures)
    if "hazard" not in table:
        table = table.rename(columns={"risk": "hazard"})
    if "customer_id" in table and "n" not in table:
        table["n"] = 1.0
    problems = ProblemList(FIGURES, table)
    if table.empty:
        problems.add("table", "has no rows", "Give one row per segment, or one per customer.")
    for name in ("n", "hazard", "margin"):
        if name not in table:
            problems.add(name, "is missing", "Add it.")
    limits = {each: ends for name, (ends, _) in INPUTS.items() for each in with_ends(name) if name != LEAVING}
    read_numbers(table, {"n": (1e-9, 1e12)} | limits, problems)
    _check_ends(table, problems)
    problems.raise_if_any()
    edges = None
    if "segment" in table:
        labels = _labels(table, problems)
    elif "customer_id" in table:
        edges = edges_of_thirds(table["margin"].to_numpy(), table["n"].to_numpy())
        labels = [THIRDS[place] for place in third_of(table["margin"], edges)]
    else:
        problems.add("segment", "is missing", "Name each row's segment.")
    problems.raise_if_any()
    given = [name for name in limits if name in table and name in INPUTS]
    if "customer_id" not in table:
        segments = table[["n", *(name for name in limits if name in table)]].assign(segment=labels)
        return Inputs(segments, assumed=frozenset(given))
    order = list(dict.fromkeys(labels)) if edges is None else [name for name in THIRDS if name in labels]
    place = pd.Categorical(labels, order).codes.astype(int)
    n = table["n"].groupby(place).sum()
    means = table[given].mul(table["n"], axis=0).groupby(place).sum().div(n, axis=0)
    customers = table[["n", "hazard", "margin"]].assign(segment=place)
    return Inputs(means.assign(segment=order, n=n), customers, assumed=frozenset(given), edges=edges)


def _as_frame(figures: object) -> pd.DataFrame:
    if isinstance(figures, Base):
        raise refused("table", "is a base without contracts", "Give one row per customer: customer_id, hazard, margin.")
    if isinstance(figures, Result):
        figures = figures.to_frame()
    if isinstance(figures, Mapping):
        try:
            figures = pd.DataFrame(dict(figures))
        except (ValueError, TypeError):
            remedy = "Give each column one entry per segment."
            raise refused("table", "must be lists of one length by column", remedy) from None
    return plain_table(figures, FIGURES)


def _check_ends(table: pd.DataFrame, problems: ProblemList) -> None:
    """List intervals with one end, and those that do not hold their figure."""
    for name in INPUTS:
        ends = [f"{name}_low", f"{name}_high"]
        there = [each for each in ends if each in table]
        if len(there) == 1 or (there and name not in table):
            problems.add(there[0], f"needs `{name}` and its other end beside it", "Add them, or leave it out.")
        elif there and not problems.found:
            outside = ~table[name].between(table[ends[0]], table[ends[1]])
            problems.add_rows(name, outside.to_numpy(), f"must lie within `{ends[0]}` and `{ends[1]}`", "Correct it.")


def _labels(table: pd.DataFrame, problems: ProblemList) -> list[str | None]:
    """Return each row's segment in words; list those without one, those that come twice, and too many of them."""
    labels = [label_text(each) if np.ndim(each) == 0 and not pd.isna(each) else None for each in table["segment"]]
    named = pd.Series(labels, dtype=object)
    problems.add_rows("segment", named.isna().to_numpy(), "must name each row's segment", "Name it.")
    if "customer_id" not in table:
        again = (named.duplicated() & named.notna()).to_numpy()
        problems.add_rows("segment", again, "must be unique", "Give one row per segment.")
    if named.nunique() > MOST_SEGMENTS:
        problems.add("segment", f"has {named.nunique()} labels; at most {MOST_SEGMENTS} can be read", "Join some.")
    return labels


def edges_of_thirds(margin: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the monthly margins at which customers are cut into thirds."""
    order = np.argsort(margin, kind="stable")
    cumulated = np.cumsum(n[order])
    return margin[order][np.searchsorted(cumulated, cumulated[-1] * np.array([1, 2]) / 3)]


def third_of(margin: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return in which third margins lie: 0, 1 or 2."""
    return np.searchsorted(edges, margin, side="left")


def with_settings(inputs: Inputs, *settings: object) -> Inputs:
    """Return the inputs with what the settings state for all segments; one error lists what is wrong or missing."""
    segments, stated = inputs.segments, set()
    problems = ProblemList(FIGURES, segments)
    for setting in filter(None, settings):
        for name, given in zip(SETTINGS[type(setting)], astuple(setting), strict=False):
            if given is not None:
                low, high = _ends_stated(problems, name, given)
                segments = segments.assign(**dict(zip(with_ends(name), ((low + high) / 2, low, high), strict=True)))
                stated.add(name)
    free = [name for name in FREE if name not in segments]
    segments = segments.assign(**dict.fromkeys(free, 0.0))
    _check_complete(segments, problems)
    problems.raise_if_any()
    shared, assumed = inputs.shared | {*stated, *free}, inputs.assumed | stated
    return replace(inputs, segments=segments, shared=shared, assumed=assumed)


def _ends_stated(problems: ProblemList, name: str, given: float | tuple[float, float]) -> tuple[float, float]:
    """Return low and high of what is stated for all segments; list what is none, or stands in the table as well."""
    ends = (given, given) if np.ndim(given) == 0 else tuple(given)
    low, high = INPUTS[name][0]
    if name in problems.frame:
        problems.add(name, "is in the table, and stated beside it", "Leave one of them out.")
    elif len(ends) != 2 or not low <= ends[0] <= ends[1] <= high:
        text = f"must be a number from {low:g} to {high:g}, or (low, high) of such; got {given!r}"
        problems.add(name, text, "Correct it.")
    return float(ends[0]), float(ends[-1])


def _check_complete(segments: pd.DataFrame, problems: ProblemList) -> None:
    """List what a strategy lacks, that there is none, and that nothing says who returns without an offer."""
    whole = [group for group in TOGETHER if set(group) <= {*segments}]
    for group in TOGETHER:
        lacks = [name for name in group if name not in segments]
        if 0 < len(lacks) < len(group):
            given = ", ".join(name for name in group if name in segments)
            problems.add(lacks[0], f"is missing, and {given} needs it", "State it.")
    if not whole and not problems.found:
        problems.add("strategies", "are missing: nothing is there to compare", "State keep=, win_back= or acquire=.")
    if "organic" not in segments:
        if {*whole} - {SETTINGS[Acquire]}:
            remedy = "State by_themselves=, such as ByThemselves(0.05, value=500), or ByThemselves(0) if nobody does."
            problems.add("organic", "is missing: how many return without an offer", remedy)
    elif not {"organic_value", "win_back_value"} & {*segments} and segments["organic"].gt(0).any():
        text = "is missing: what one who returns without an offer brings"
        problems.add("organic_value", text, "State it in by_themselves=.")
