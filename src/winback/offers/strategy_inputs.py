"""What is known, and what is assumed, of each segment of customers at risk? From figures, or from customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.offers.economics import read_numbers
from winback.offers.strategy_settings import Acquire, ByThemselves, Keep, WinBack
from winback.results import Result
from winback.tables import ProblemList, TableError, as_table
from winback.tables.headings import shared_names
from winback.tables.kinds import label_text
from winback.tables.problems import Problem
from winback.uncertainty import normal_draws, normal_quantile

FIGURES = "table of figures"
MOST_SEGMENTS = 20  # of more, no table of strategies can be read
N_DRAWS = 2**12  # of the inputs: ends of intervals to about a hundredth of their width
ANY, COST, SHARE = (-1e12, 1e12), (0.0, 1e12), (0.0, 1.0)
LIMITS = {
    "hazard": SHARE,
    "margin": ANY,
    "keep_cost": COST,
    "share_prevented": SHARE,
    "win_back_chance": SHARE,
    "win_back_value": ANY,
    "win_back_cost": COST,
    "win_back_contact_cost": COST,
    "organic": SHARE,
    "organic_value": ANY,
    "acquire_chance": (1e-9, 1.0),
    "acquire_value": ANY,
    "acquire_contact_cost": COST,
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
    """Rows of customers alike in hazard and margin, their segments, and what is known or assumed of each segment."""

    rows: pd.DataFrame  # segment (a number), n, hazard and margin, with `_low` and `_high` where they are not sure
    segments: pd.DataFrame  # segment in words, n, and each input with `_low` and `_high`
    shared: frozenset[str] = frozenset()  # inputs that are one figure for all segments
    assumed: frozenset[str] = frozenset()  # inputs that were stated, not measured
    edges: np.ndarray | None = None  # margins at which segments are cut, where they are thirds of value
    notes: tuple[str, ...] = ()
    customers: bool = False  # whether a row is a customer

    @property
    def share(self) -> np.ndarray:
        """Each row's share of its segment's customers, shape (rows, segments)."""
        n, place = self.rows["n"].to_numpy(), self.rows["segment"].to_numpy()
        found = np.zeros((len(n), len(self.segments)))
        found[np.arange(len(n)), place] = n / self.segments["n"].to_numpy()[place]
        return found

    def estimates(self) -> dict[str, np.ndarray]:
        """Return each input of the segments, shape (segments,)."""
        return _returns_alike({name: self.segments[name].to_numpy() for name in LIMITS if name in self.segments})

    def draws(self, level: float) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]] | None:
        """Return draws of the rows' and of the segments' inputs, (draws, rows or segments); None where all are sure.

        Those of an input have its low, itself and its high as their quantiles at the ends and in the middle.
        """
        rows, segments = ([*unsure(frame)] for frame in (self.rows, self.segments))
        sizes = [len(self.rows)] * len(rows) + [1 if name in self.shared else len(self.segments) for name in segments]
        if not sizes:
            return None
        standard = normal_draws(np.eye(sum(sizes)))[:N_DRAWS] / normal_quantile(level)
        parts = np.split(standard, np.cumsum(sizes)[:-1], axis=1)
        frames = [self.rows] * len(rows) + [self.segments] * len(segments)
        names = [*rows, *segments]
        drawn = [_drawn(*each) for each in zip(frames, names, parts, strict=True)]
        found = dict(zip(rows, drawn, strict=False)), dict(zip(segments, drawn[len(rows) :], strict=True))
        known = {name: self.segments[name].to_numpy() for name in LIMITS if name in self.segments}
        sure = {name: self.rows[name].to_numpy() for name in ("hazard", "margin")}
        return sure | found[0], _returns_alike(known | found[1])


def _returns_alike(x: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Let one who returns without an offer bring what one won back does, unless it is said what."""
    return {"organic_value": x.get("win_back_value", np.zeros(1))} | x


def unsure(frame: pd.DataFrame) -> Iterator[str]:
    """Yield the inputs that have an interval."""
    for name in LIMITS:
        if f"{name}_low" in frame and (frame[f"{name}_low"] < frame[f"{name}_high"]).any():
            yield name


def _drawn(frame: pd.DataFrame, name: str, standard: np.ndarray) -> np.ndarray:
    middle, low, high = (frame[f"{name}{end}"].to_numpy() for end in ("", "_low", "_high"))
    return np.clip(middle + standard * np.where(standard > 0, high - middle, middle - low), *LIMITS[name])


def read_figures(figures: object) -> Inputs:
    """Read a table of segments, or one of customers with their risk, from a frame, a path, a mapping or a result."""
    table = _as_frame(figures)
    problems = ProblemList(FIGURES, table)
    if table.empty:
        problems.add("table", "has no rows", "Give one row per segment, or one per customer.")
    if "risk" in table and "hazard" not in table:
        table["hazard"] = table.pop("risk")
    customers = "customer_id" in table
    table = table if "n" in table or not customers else table.assign(n=1.0)
    for name in ("n", "hazard", "margin"):
        if name not in table:
            problems.add(name, "is missing", "Add it.")
    names = [f"{name}{end}" for name in LIMITS for end in ("", "_low", "_high")]
    limits = {name: LIMITS[name.removesuffix("_low").removesuffix("_high")] for name in names}
    problems.frame = table
    read_numbers(table, {"n": (1e-9, 1e12)} | limits, problems)
    _check_ends(table, problems)
    problems.raise_if_any()
    labels, edges = _segments(table, problems)
    problems.raise_if_any()
    return _grouped(table, labels, edges, customers)


def _as_frame(figures: object) -> pd.DataFrame:
    if isinstance(figures, Base):
        text, remedy = "is a base without contracts", "Give one row per customer: customer_id, hazard, margin."
        raise TableError(FIGURES, [Problem("table", text, 0, "", remedy)])
    if isinstance(figures, Result):
        figures = figures.to_frame()
    if isinstance(figures, Mapping):
        try:
            figures = pd.DataFrame(dict(figures))
        except (ValueError, TypeError):
            text, remedy = "must be lists of one length by column", "Give each column one entry per segment."
            raise TableError(FIGURES, [Problem("table", text, 0, "", remedy)]) from None
    table = as_table(figures, FIGURES)
    if table.columns.nlevels > 1:
        remedy = "Give each column one name."
        raise TableError(FIGURES, [Problem("table", "must have one row of headings", 0, "", remedy)])
    if table.columns.has_duplicates:
        raise TableError(FIGURES, shared_names(table.columns))
    return table.reset_index(drop=True).copy()


def _check_ends(table: pd.DataFrame, problems: ProblemList) -> None:
    """List intervals with one end, and those that do not hold their figure."""
    for name in LIMITS:
        ends = [f"{name}_low", f"{name}_high"]
        there = [each for each in ends if each in table]
        if len(there) == 1 or (there and name not in table):
            problems.add(there[0], f"needs `{name}` and its other end beside it", "Add them, or leave it out.")
        elif there and not problems.found:
            outside = ~table[name].between(table[ends[0]], table[ends[1]])
            problems.add_rows(name, outside.to_numpy(), f"must lie within `{ends[0]}` and `{ends[1]}`", "Correct it.")


def _segments(table: pd.DataFrame, problems: ProblemList) -> tuple[list[str], np.ndarray | None]:
    """Return each row's segment in words, and where margins are cut if these are thirds of value."""
    if "segment" in table:
        labels = [label_text(each) if np.ndim(each) == 0 and not pd.isna(each) else None for each in table["segment"]]
        missing = np.array([each is None for each in labels])
        problems.add_rows("segment", missing, "must name each row's segment", "Name it.")
        counts = pd.Series(labels).value_counts()
        if "customer_id" not in table and (counts > 1).any():
            again = pd.Series(labels).duplicated().to_numpy()
            problems.add_rows("segment", again & ~missing, "must be unique", "Give one row per segment.")
        if len(counts) > MOST_SEGMENTS:
            problems.add("segment", f"has {len(counts)} labels; at most {MOST_SEGMENTS} can be read", "Join some.")
        return labels, None
    if "customer_id" not in table:
        problems.add("segment", "is missing", "Name each row's segment.")
        return [], None
    labels, edges = thirds_of_value(table["margin"].to_numpy(), table["n"].to_numpy())
    return labels, edges


def thirds_of_value(margin: np.ndarray, n: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return each customer's third by monthly margin, in words, and the margins at which they are cut."""
    order = np.argsort(margin, kind="stable")
    cumulated = np.cumsum(n[order])
    edges = margin[order][np.searchsorted(cumulated, cumulated[-1] * np.array([1, 2]) / 3)]
    return [THIRDS[place] for place in third_of(margin, edges)], edges


def third_of(margin: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return in which third margins lie: 0, 1 or 2."""
    return np.searchsorted(edges, margin, side="left")


def _grouped(table: pd.DataFrame, labels: list[str], edges: np.ndarray | None, customers: bool) -> Inputs:
    """Return rows and segments; of customers, what differs within a segment is averaged over them."""
    order = [name for name in THIRDS if name in set(labels)] if edges is not None else list(dict.fromkeys(labels))
    place = pd.Categorical(labels, order).codes.astype(int)
    kept = ["n", "hazard", "margin", *([] if customers else _ends_of(table, ("hazard", "margin")))]
    rows = table[kept].assign(segment=place)
    n = np.bincount(place, weights=table["n"], minlength=len(order))
    segments = pd.DataFrame({"segment": order, "n": n})
    for name in LIMITS:
        for column in (name, *_ends_of(table, (name,))):
            if column in table and not (customers and column != name):
                total = np.bincount(place, weights=table["n"] * table[column], minlength=len(order))
                segments[column] = total / n
    given = frozenset(name for name in LIMITS if name in segments)
    segments = segments.drop(columns=_ends_of(segments, ("hazard", "margin")))
    return Inputs(rows, segments, assumed=given, edges=edges, customers=customers)


def _ends_of(table: pd.DataFrame, names: tuple[str, ...]) -> list[str]:
    return [f"{name}{end}" for name in names for end in ("_low", "_high") if f"{name}{end}" in table]


def with_settings(inputs: Inputs, *settings: object) -> Inputs:
    """Return the inputs with what the settings state for all segments; one error lists what is wrong or missing."""
    segments, stated = inputs.segments.copy(), {}
    problems = ProblemList(FIGURES, inputs.segments)
    for setting in filter(None, settings):
        for name, given in zip(SETTINGS[type(setting)], astuple(setting), strict=False):
            if given is not None:
                stated[name] = _ends_stated(problems, name, given)
    for name, (low, high) in stated.items():
        segments = segments.assign(**{name: (low + high) / 2, f"{name}_low": low, f"{name}_high": high})
    free = [name for name in FREE if name not in segments]
    segments = segments.assign(**dict.fromkeys(free, 0.0))
    _check_complete(segments, problems)
    problems.raise_if_any()
    known = {"shared": inputs.shared | {*stated, *free}, "assumed": inputs.assumed | stated.keys()}
    return replace(inputs, segments=segments, **known)


def _ends_stated(problems: ProblemList, name: str, given: float | tuple[float, float]) -> tuple[float, float]:
    """Return low and high of what is stated for all segments; list what is none, or stands in the table as well."""
    ends = (given, given) if np.ndim(given) == 0 else tuple(given)
    low, high = LIMITS[name]
    if name in problems.frame:
        problems.add(name, "is in the table, and stated beside it", "Leave one of them out.")
    elif len(ends) != 2 or not low <= ends[0] <= ends[1] <= high:
        text = f"must be a number from {low:g} to {high:g}, or (low, high) of such; got {given!r}"
        problems.add(name, text, "Correct it.")
    return float(ends[0]), float(ends[-1])


def _check_complete(segments: pd.DataFrame, problems: ProblemList) -> None:
    """List what a strategy lacks, that there is none, and that nothing says who returns without an offer."""
    known, whole = {*segments}, [group for group in TOGETHER if set(group) <= set(segments)]
    for group in TOGETHER:
        lacks = [name for name in group if name not in known]
        if lacks and len(lacks) < len(group):
            given = ", ".join(name for name in group if name in known)
            problems.add(lacks[0], f"is missing, and {given} needs it", "State it.")
    if not whole and not problems.found:
        remedy = "State keep=, win_back= or acquire=."
        problems.add("strategies", "are missing: nothing is there to compare", remedy)
    if "organic" not in known and set(whole) - {SETTINGS[Acquire]}:
        remedy = "State by_themselves=, such as ByThemselves(0.05, value=500), or ByThemselves(0) where nobody does."
        problems.add("organic", "is missing: how many return without an offer", remedy)
    elif not {"organic_value", "win_back_value"} & known and (segments.get("organic", pd.Series([0.0])) > 0).any():
        text = "is missing: what one who returns without an offer brings"
        problems.add("organic_value", text, "State it in by_themselves=.")
