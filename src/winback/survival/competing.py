"""For which reason do they leave, and when? Competing risks of first or second lifetimes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import NOT_KNOWN, short_words
from winback.periods import format_horizon
from winback.results import Sentences, format_percent, join_words
from winback.survival.groups import EVERYBODY, GroupsResult, group_lifetimes, months_and_ended, typed_lifetimes
from winback.survival.horizons import months_counted, shared_horizon
from winback.survival.incidence import cumulative_incidence, incidence_interval, incidence_variance, months_lost
from winback.survival.watched_from import lifetime_of
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList
from winback.uncertainty import normal_interval, normal_quantile

STILL_THERE = "still there"
REASONS = {"first": "reason", "second": "second_reason"}
COMPETE = "Reasons compete: mending one of them would not keep all who left for it, since some would leave for another."


@dataclass(frozen=True, repr=False)
class CompetingRisks(GroupsResult):
    """What share of each group left, for which reason.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and reason, see `competing_risks`.
    curves : pandas.DataFrame
        One row per group, reason and month of an end: ``group``, ``reason``, ``months``, ``share`` that left for it by
        then, ``low``, ``high``. The reason ``still there`` is the share that has not left.
    horizon_months : float
        Shares are those that left by then.
    """

    frame: pd.DataFrame
    curves: pd.DataFrame = field(repr=False)
    horizon_months: float
    horizon_given: bool
    by: str | None
    level: float
    notes: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict, repr=False)  # each group in words
    lifetime: str = "second"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "reason": ("Left again for", "text"),
        "n": ("Customers", "count"),
        "n_left": ("Left for it", "count"),
        "share": ("Share by the horizon", "percent"),
        "months_lost": ("Months lost per customer", "months"),
    }

    def describe(self) -> Sentences:
        """Say for which reason most leave, how sure that is, and that reasons compete."""
        few = [f"{note}." for note in self.notes if note.startswith("Fewer")]
        return Sentences.of([f"{headline(self)}.", _sure(self), *[*few, COMPETE][:1]])

    def details(self) -> Sentences:
        """Say how many left for each reason, how many months each reason costs, and what the figures rest on."""
        said = self.describe().splitlines()
        return Sentences.of(line for line in _lines(self) if line[:1].upper() + line[1:] not in said)

    def in_group(self, group: str, text: str) -> str:
        """Write which group a figure is of, where there are several."""
        return text if group == EVERYBODY else f"{text} ({self.in_words(group)})"

    def table(self) -> pd.DataFrame:
        """Return the rounded table, its groups and reasons in words."""
        table = super().table()
        heading = "Left again for"
        table[heading] = [_reason(reason) for reason in self.frame["reason"]]
        return table if self.again else table.rename(columns={heading: "Left for"})

    @property
    def again(self) -> str:
        """What follows "leave" or "left" in words: that they had left before, if they had."""
        return " again" if self.lifetime == "second" else ""


@door
def competing_risks(
    customers: AnyTable,
    by: str | None = None,
    *,
    lifetime: str | None = None,
    horizon_months: float | None = None,
    level: float = 0.95,
) -> CompetingRisks:
    r"""Estimate what share of customers leave for each reason: of all for the first time, or of returned ones again.

    A customer who left for one reason can no longer leave for another, so reasons compete: the share that left for
    each (Aalen-Johansen estimate) and the share still there add to one. Months lost are the area under a reason's
    curve: by how much leaving for it shortens the mean stay within the horizon [1]_.

    Parameters
    ----------
    customers : pandas.DataFrame, path, Trial or Base
        Table of lapsed customers (`winback.tables.LAPSED`) with ``returned``, ``second_tenure``, ``second_ended`` and
        ``second_reason``: filled in for those who left again, and for nobody else. Or a base of all customers.
    by : str, optional
        Column whose values make the groups.
    lifetime : {"second", "first"}, optional
        Second lifetimes of those who returned, or first lifetimes of everyone, with ``first_tenure``, ``first_ended``
        and ``reason``, where a missing one is counted as not known; by default as in `survival_curve`.
    horizon_months : float, optional
        By default the longest time about which the data speak for every group.
    level : float
        Confidence level of all intervals, each for one figure at a time.

    Returns
    -------
    CompetingRisks
        ``to_frame()`` has one row per group and reason: ``group``, ``reason``, ``n`` customers of the group,
        ``n_left`` of them for this reason within the horizon, ``share`` that left for it by then (corrected for those
        whose data end earlier), ``months_lost``; intervals as ``<name>_low`` and ``<name>_high``.

    Raises
    ------
    TableError
        When a reason is missing for one who left, or given for one who did not; and as for `survival_curve`.
    ValueError
        When the horizon reaches beyond what was seen of a group.

    References
    ----------
    .. [1] Andersen, P. K. (2013). Decomposition of number of life years lost according to causes of death. Statistics
       in Medicine 32.

    Examples
    --------
    >>> import pandas as pd
    >>> from winback.survival.competing import competing_risks
    >>> table = pd.DataFrame({
    ...     "customer_id": range(5), "returned": True, "second_tenure": [1, 2, 2, 3, 4],
    ...     "second_ended": [True, True, False, True, False],
    ...     "second_reason": ["price", "service", None, "price", None]})
    >>> competing_risks(table).to_frame()[["reason", "n_left", "share", "months_lost"]].round(2)
        reason  n_left  share  months_lost
    0    price       2    0.5          0.9
    1  service       1    0.2          0.4
    """
    normal_quantile(level)
    lifetime = lifetime_of(customers, lifetime)
    table = typed_lifetimes(customers, lifetime)
    table = with_second_reasons(table) if lifetime == "second" else _with_first_reasons(table)
    lives = group_lifetimes(table, by, lifetime)
    horizon = shared_horizon(lives, horizon_months)
    reasons = table[REASONS[lifetime]].cat.remove_unused_categories()
    causes = np.where(lives.ended, reasons.cat.codes.to_numpy()[lives.rows], -1)
    names = list(reasons.cat.categories)
    figures, curves = [], []
    for group, name in enumerate(lives.names):
        members = lives.codes == group
        found = cumulative_incidence(lives.months[members], causes[members], len(names), lives.since[members])
        known = lives.ended[members] | (lives.months[members] >= horizon)
        rows = _figures(found, horizon, int(known.sum()), level)
        figures.append(pd.DataFrame({"group": name, "reason": names, "n": int(members.sum()), **rows}))
        curves.append(_curves(name, names, found, int(members.sum()), level))
    return CompetingRisks(
        pd.concat(figures, ignore_index=True),
        pd.concat(curves, ignore_index=True),
        horizon,
        horizon_given=horizon_months is not None,
        by=by,
        level=level,
        notes=lives.notes(),
        said=lives.said,
        lifetime=lifetime,
    )


def with_second_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Refuse reasons that are missing for those who left, or given for those who did not."""
    problems = ProblemList(LAPSED_TABLE, table)
    if "second_reason" not in table:
        problems.add("second_reason", "is missing from the table", "Add it: the reason for leaving again.")
        problems.raise_if_any()
    there = table["second_reason"].notna().to_numpy()
    left = table["returned"].to_numpy(dtype=bool) & table["second_ended"].to_numpy(dtype=bool, na_value=False)
    remedy = "Fill it in, or write unknown: it is a reason of its own."
    problems.add_rows("second_reason", left & ~there, "must not be missing for those who left again", remedy)
    remedy = "Leave it empty, or set `second_ended` to true."
    problems.add_rows("second_reason", there & ~left, "must be empty for those who have not left again", remedy)
    if not left.any():
        problems.add("second_ended", "is false for everyone: nobody has left again", "Wait, or check the export.")
    problems.raise_if_any()
    return table


def _with_first_reasons(table) -> pd.DataFrame:
    """Return the table with a reason for everyone who has left: one that is not known is a reason of its own."""
    problems = ProblemList(LAPSED_TABLE, table)
    if "reason" not in table:
        problems.add("reason", "is missing from the table", "Add it: the reason for leaving.")
    _, left = months_and_ended(table, "first")
    if not left.any():
        problems.add("first_ended", "is false for everyone: nobody has left", "Wait, or check the export.")
    problems.raise_if_any()
    reason = table["reason"].astype("category")
    unknown = left & reason.isna().to_numpy()
    if unknown.any() and NOT_KNOWN not in reason.cat.categories:
        reason = reason.cat.add_categories([NOT_KNOWN])
    return table.assign(reason=reason.mask(~left).mask(unknown, NOT_KNOWN) if unknown.any() else reason.mask(~left))


def _figures(found, horizon, n_known, level) -> dict:
    """Return what has left for each reason by the horizon, shape (reasons,) each."""
    lost, lost_error = months_lost(found, horizon)
    found = found.up_to(horizon)
    share, variance = np.zeros((2, found.share.shape[1]))
    if len(found.months):
        share, variance = found.share[-1], incidence_variance(found)[-1]
    low, high = incidence_interval(share, variance, n_known, level)
    lost_low, lost_high = normal_interval(lost, lost_error, level)
    return {
        "n_left": found.n_by_cause.sum(axis=0).astype(int),
        "share": share,
        "share_low": low,
        "share_high": high,
        "share_std_error": np.sqrt(variance),
        "months_lost": lost,
        "months_lost_low": np.maximum(lost_low, 0),
        "months_lost_high": lost_high,
        "months_lost_std_error": lost_error,
    }


def _curves(group, reasons, found, n, level) -> pd.DataFrame:
    """Return the curves in long form, each from month 0."""
    low, high = incidence_interval(found.share, incidence_variance(found), n, level)
    unknown = np.full(len(found.months), np.nan)
    parts = [(reason, 0.0, found.share[:, k], low[:, k], high[:, k]) for k, reason in enumerate(reasons)]
    parts.append((STILL_THERE, 1.0, found.survival, unknown, unknown))
    curves = [
        {"group": group, "reason": reason, "months": np.append(0.0, found.months)}
        | {name: np.append(start, values) for name, values in zip(("share", "low", "high"), each, strict=True)}
        for reason, start, *each in parts
    ]
    return pd.concat(map(pd.DataFrame, curves), ignore_index=True)


def headline(result: CompetingRisks) -> str:
    """Return the one message of the incidences, as for the title of a figure."""
    leaders = _leaders(result)
    shares = [format_percent(share, 0) for share in leaders["share"]]
    reasons = [_reason(reason) for reason in leaders["reason"]]
    one = len(set(reasons)) == 1
    said = shares if one else [f"{reason} {share}" for reason, share in zip(reasons, shares, strict=True)]
    what = f"{reasons[0]} is the" if one else "The"
    each = join_words(map(result.in_group, leaders["group"], said))
    return (
        f"{what} most frequent reason to leave{result.again} by month {format_horizon(result.horizon_months)}: {each}"
    )


def _leaders(result) -> pd.DataFrame:
    return result.frame.loc[result.frame.groupby("group", sort=False)["share"].idxmax()]


def _reason(reason: str) -> str:
    return short_words("second_reason", reason)


def _each(result, rows, name, form) -> list[str]:
    """Write a figure of each reason with its interval."""
    return [f"{_reason(row['reason'])} {result.interval(row, name, form)}" for row in rows.to_dict("records")]


def _sure(result) -> str:
    """Return the intervals: of all reasons, or of the leading one of each group."""
    rows = result.frame if result.by is None else _leaders(result)
    each = map(result.in_group, rows["group"], _each(result, rows, "share", "percent"))
    return f"Shares with their intervals: {'; '.join(each)}."


def _lines(result) -> Iterator[str]:
    horizon = format_horizon(result.horizon_months)
    for name, rows in result.frame.groupby("group", sort=False, observed=True):
        who = "" if name == EVERYBODY else f"{result.in_words(name)}: "
        shares = "; ".join(_each(result, rows, "share", "percent"))
        still = format_percent(1 - rows["share"].sum())
        yield f"{who}left{result.again} by month {horizon} for {shares}; {still} are still there."
        lost = "; ".join(_each(result, rows, "months_lost", "months"))
        yield f"{who}months lost per customer within {horizon} months: {lost}."
    if not result.horizon_given:
        of_group = result.frame.groupby("group", sort=False, observed=True)
        sizes = of_group["n"].first()
        yield months_counted(f"{horizon} months", sizes, well_watched=(of_group["n_left"].sum() < sizes).any())
    yield COMPETE
    yield f"Intervals hold for {format_percent(result.level, 0)} of samples, each for one figure at a time."
    yield from (f"{note}." for note in result.notes)
