r"""Who is about to leave? `fit_churn_risk`, a logit of leaving within the next month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import compress

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError, door
from winback.formula_checks import columns_of, parse_formula
from winback.formulas import Design, bind_formula
from winback.results import counted, join_words
from winback.retention.bands import (
    Column,
    came_back_column,
    own_column,
    season_column,
    since_column,
    tenure_column,
    trend_column,
    without_rare,
)
from winback.retention.moments import MEASURING, moment_in_words
from winback.retention.person_months import (
    SINCE,
    TREND,
    CountedRows,
    cells_of_levels,
    count_cells,
    event_columns,
    month_starts,
    months_of,
    own_names,
    own_table,
)
from winback.retention.risk_ahead import logit_peak
from winback.retention.risk_fit import ChurnRisk
from winback.retention.risk_table import LevelTable, level_frame
from winback.tables import Problem, ProblemList, TableError
from winback.tables.likeness import to_choose_from
from winback.uncertainty import normal_quantile

MONTHS = 36  # three of each month of the year, and not so long ago that customers were others
FEWEST, A_YEAR, A_CURVE = 20, 24, 200  # losses for any model; months that tell seasons; losses that tell a curve
WHERE, SEASON = "table of customers", "month_of_year"


@door
def fit_churn_risk(
    base: ContractBase, formula: str | None = None, *, months: int = MONTHS, level: float = 0.95
) -> ChurnRisk:
    r"""Fit the chance of leaving within the next month to what was known when the month began.

    Of a customer who is here when calendar month t begins, with what is known by then :math:`x_t` [1]_:

    .. math:: P(\text{leaves in } t \mid \text{here}) = \frac{1}{1 + e^{-x_t'\beta}}

    Each customer counts once for each month. Values are counted in bands, and equal rows are one, weighted by how many
    they are: the likelihood and so the estimates are those of single rows.

    Parameters
    ----------
    base : ContractBase
        Customers with contracts and their events.
    formula : str, optional
        Right-hand side. Columns: ``tenure`` (months as a customer, a number), ``since_<event>`` (months since the last
        one in this stay, or never), ``trend_<event>`` (its amounts in the last three months over those in the three
        before), ``month_of_year``, ``came_back``, and the contract's own: labels, or numbers in fifths. By default all
        of these that tell something, but the contract's own.
    months : int
        How many of the latest months of which it is known who left.
    level : float
        Confidence level of intervals.

    Returns
    -------
    ChurnRisk
        ``params``; ``predict()`` for everybody here now, ``score(...)`` for one, ``check()`` on later months,
        ``about_to_leave(...)`` whom it pays to keep.

    Raises
    ------
    TableError
        When the formula cannot be used.
    ValueError
        When nobody was here, too few left, or there is no month to fit.

    Notes
    -----
    Who comes and leaves between two starts of a month is not seen, and who is between two contracts when it begins does
    not count in it. A contract's own columns are taken for known from its first day on: what was written into them
    later would tell the outcome. Who serves a customer is that of the month where `read_contracts` was given it.

    References
    ----------
    .. [1] Allison, P. D. (1982). Discrete-time methods for the analysis of event histories. Sociological Methodology
       13.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> fit = wb.fit_churn_risk(base, "tenure + since_complaint", months=12)
    >>> fit.params["term"].tolist()[:3]
    ['Intercept', 'tenure', 'since_complaint[T.1 month]']
    """
    normal_quantile(level)
    if not isinstance(base, ContractBase):
        raise ArgumentError("Risk is asked of contracts with dates: give what read_contracts returns.")
    if months < 1:
        raise ValueError(f"months must be 1 or more; got {months}.")
    starts = month_starts(base)[-months - 1 :]
    if len(starts) < 2:
        raise ValueError(
            f"There is no whole month of which it is known who left: the data end on {base.until}, and a loss is one "
            f"after {base.grace_days} days without a contract."
        )
    return _fit_months(base, formula, level, starts)


def _fit_months(base: ContractBase, formula: str | None, level: float, starts: np.ndarray) -> ChurnRisk:
    """Fit the months that begin at all these days but the last, on which they end."""
    columns = _candidates(base) if formula is None else _named(base, formula, int(starts[-1]))
    cells = count_cells(months_of(base, columns, starts), columns)
    n, n_lost = _enough(cells)
    columns = [without_rare(each, *cells.by_place(place, each.n_places)) for place, each in enumerate(columns)]
    asked, notes = formula, ()
    if formula is None:
        told = [len(each.levels) > 1 and (each.name != SEASON or len(starts) > A_YEAR) for each in columns]
        notes = _left_out([each.name for each, kept in zip(columns, told, strict=True) if not kept])
        cells, columns = replace(cells, places=cells.places[:, told]), [*compress(columns, told)]
        formula = _default(columns, cells)
    levels, n_each, lost, _ = cells_of_levels(cells, columns)
    design = _bound(formula, level_frame(levels, columns), columns)
    table = LevelTable.of(design, columns)
    start = np.array([name == "Intercept" for name in design.names]) * np.log(n_lost / max(n - n_lost, 1))
    peak = logit_peak(table.matrix(levels), n_each, lost, start)
    if not peak.converged:
        raise ValueError(
            "Some terms of the formula foretell who left without exception, so their effects have no end. Leave out "
            "interactions, or take more months."
        )
    return ChurnRisk(
        base=base,
        refitted=partial(_fit_months, base, asked, level),
        design=design,
        table_of_levels=table,
        coefficients=peak.place,
        covariance=peak.covariance,
        log_likelihood=peak.value,
        starts=starts,
        n=n,
        n_lost=n_lost,
        n_cells=len(levels),
        left_within=_left_within(columns, levels, n_each, lost),
        level=level,
        notes=notes,
    )


def _left_within(columns: Sequence[Column], levels: np.ndarray, n: np.ndarray, lost: np.ndarray) -> dict[str, float]:
    """Return which share left within the month, by level of each column of labels, as terms of a formula name them."""
    found = {}
    for place, column in enumerate(columns):
        if not column.is_number:
            sums = (np.bincount(levels[:, place], each, minlength=len(column.levels)) for each in (lost, n))
            found |= {f"{column.name}[T.{level}]": a / b for level, a, b in zip(column.levels, *sums, strict=True)}
    return found


def _enough(cells: CountedRows) -> tuple[int, int]:
    """Return how many months of customers there are and how many ended with a loss, or refuse too few."""
    n, n_lost = round(cells.n.sum()), round(cells.lost.sum())
    if n == 0:
        raise ValueError("Nobody was a customer at the start of any of these months.")
    if n_lost < FEWEST:
        raise ValueError(
            f"In these months {counted(n_lost, 'customers')} left; at least {FEWEST} must have for a risk to be told. "
            "Take more months."
        )
    return n, n_lost


def _columns(base: ContractBase) -> dict[str, Column]:
    """Return all columns that a formula may name but the contract's own."""
    events = base.happened["event"]
    found = [tenure_column(), *map(since_column, event_columns(SINCE, events))]
    found += map(trend_column, event_columns(TREND, events[base.happened["amount"].notna().to_numpy()]))
    return {each.name: each for each in [*found, season_column(), came_back_column()]}


def _candidates(base: ContractBase) -> list[Column]:
    """Return the columns of the formula that is taken where none is given."""
    measured = {f"{SINCE}{event}" for event in MEASURING}
    found = [each for name, each in _columns(base).items() if name not in measured]
    return [each for each in found if not each.name.startswith(TREND) or each.name == f"{TREND}volume"]


def _named(base: ContractBase, formula: str, until: int) -> list[Column]:
    """Return the columns that a formula names, banded by what was written before a day, or refuse it."""
    known, own = _columns(base), own_names(base)
    there = pd.DataFrame({name: [0.0] for name in [*known, *own]})
    problems = ProblemList(WHERE, there)
    parsed = parse_formula(formula, "churn", there, problems)
    problems.raise_if_any()
    names = columns_of(parsed, formula, there)
    for name in names:
        if name in there:
            continue
        if name in base.contracts:
            said = "is known of those who left only, or not on which day, so it does not foretell leaving"
            problems.add(name, said, "Leave it out, or give it as dated events.")
        else:
            problems.add(name, "is not known of customers before they leave", to_choose_from(name, there.columns))
    problems.raise_if_any()
    tables = {name: own_table(base, name) for name in names if name not in known}
    written = {name: table.loc[table["since"] < until, "value"] for name, table in tables.items()}
    for name in (name for name, values in written.items() if not values.notna().any()):
        problems.add(name, "is written of nobody in these months or before", "Leave it out, or take later months.")
    problems.raise_if_any()
    return [known[name] if name in known else own_column(name, written[name]) for name in names] or [tenure_column()]


def _default(columns: Sequence[Column], cells: CountedRows) -> str:
    """Return the formula of all columns, with a curve of tenure where there are losses enough to tell one."""
    terms = [each.name for each in columns[1:]]
    tenure = np.array(columns[0].words)[cells.places[:, 0]]
    order = np.argsort(tenure)
    reached = np.cumsum(cells.lost[order])
    knots = np.unique(tenure[order][np.searchsorted(reached, reached[-1] * np.array([0.1, 0.35, 0.65, 0.9]))]).tolist()
    knots = [f"{knot:g}" for knot in knots if 0 < knot < tenure.max()]
    if reached[-1] < A_CURVE or not knots:
        return " + ".join(["log1p(tenure)", *terms])
    bounds = f"lower_bound=0, upper_bound={tenure.max():g}, extrapolation='clip'"
    return " + ".join([f"bs(tenure, degree=2, knots=[{', '.join(knots)}], {bounds})", *terms])


def _left_out(names: Sequence[str]) -> tuple[str, ...]:
    """Say which events are not in the formula."""
    rare = [moment_in_words(name.removeprefix(SINCE)) for name in names if name.startswith(SINCE)]
    return (f"Not in the model, as too few left after it: {join_words(rare)}.",) if rare else ()


def _bound(formula: str, frame: pd.DataFrame, columns: Sequence[Column]) -> Design:
    """Return the formula bound to levels; a column of one level is refused with the reason."""
    same = [each.name for each in columns if not each.is_number and len(each.levels) < 2]
    if same:
        said = "is the same for nearly all who left and who stayed, so nothing can be told of it"
        raise TableError(WHERE, [Problem(name, said, 0, "", "Leave it out, or take more months.") for name in same])
    try:
        return bind_formula(formula, frame, "churn")
    except TableError as error:
        raise TableError(WHERE, error.found) from None
