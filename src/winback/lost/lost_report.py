"""How many customers are lost, where, when, what did it cost, and who comes back by themselves?"""

from __future__ import annotations

import datetime
from dataclasses import replace
from numbers import Real

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.doors import door
from winback.labels import NOT_KNOWN, short_words
from winback.lost.loss_counts import count_losses
from winback.lost.losses_reported import LostReport
from winback.lost.lost_accounts import lost_accounts
from winback.lost.organic_return import organic_return
from winback.lost.report_periods import ReportPeriods, report_periods
from winback.lost.small_groups import NOT_COMPARED, compare_groups
from winback.lost.stays import Stays, stays_of
from winback.periods import Period
from winback.tables import AnyTable
from winback.tables.months_from_dates import last_day
from winback.uncertainty import normal_quantile, share_interval


@door
def lost_report(
    base: Base,
    by: str | None = None,
    period: str | Period | None = None,
    *,
    since: datetime.date | str | None = None,
    sent: AnyTable | None = None,
    account_share: float = 0.01,
    level: float = 0.95,
) -> LostReport:
    r"""Report who was lost: how many, when, in which group, what they had brought in, and who came back unasked.

    .. math:: \text{share lost} = \text{lost} / \text{total}

    of each period, the total being the customers at its start; who came or came back within a period and was lost in it
    is counted apart. Money lost is what the lost brought in within the year before they left: before the end of the
    contract, or up to the last purchase. Net is all who were lost less those who came back: those here in the next
    period are those here in this one, less the net loss, and those won.

    Groups are compared over all periods whose losses are known for sure: each with what it would have lost at the
    rates that all groups had in the same periods together. Customers whose group is not known are counted, and not
    compared.

    Parameters
    ----------
    base : ContractBase or PurchaseBase
        See `read_contracts` and `read_purchases`.
    by : str, optional
        Column of the contracts, or of the table of customers who buy: manager, segment, product. A customer counts
        where the contract that began last puts them.
    period : str or Period, optional
        Months for contracts; for purchases the first of a week, a month, a quarter, half a year and a year that is no
        shorter than the usual gap of half of the customers. Months and years end with a month of the calendar.
    since : date or text, optional
        First day that is reported; by default all that was watched.
    sent : pandas.DataFrame or path, optional
        Offers sent (`winback.tables.SENT`): who was sent one is watched for a return only until then.
    account_share : float
        Lost customers with this share of the turnover of their last year or more are named.
    level : float
        Confidence level of the intervals; those of ``groups`` named ``_together`` hold for all groups at once.

    Returns
    -------
    LostReport
        ``to_frame()`` has one row per period and group; ``periods``, ``groups``, ``returns``, ``accounts`` and
        ``cohorts()`` have the rest.

    Raises
    ------
    TableError
        Listing every problem of the offers sent.
    ValueError
        When there is no such column, or no whole period within the data.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({
    ...     "customer_id": range(1, 101), "start": "2023-01-01", "margin": 20.0,
    ...     "end": ["2024-06-30"] * 20 + [None] * 80, "manager": ["Ann"] * 50 + ["Bob"] * 50})
    >>> base = wb.read_contracts(contracts, until="2025-01-31")
    >>> report = wb.lost_report(base, by="manager", period="Y", since="2024-01-01")
    >>> report.to_frame()[["start", "group", "n", "n_lost", "share_lost", "money_lost"]].round(2)
           start group   n  n_lost  share_lost  money_lost
    0 2024-01-01   Ann  50      20         0.4      4800.0
    1 2024-01-01   Bob  50       0         0.0         0.0
    >>> report.groups["verdict"].tolist()
    ['loses more', 'loses less']
    """
    normal_quantile(level)
    if isinstance(base, Base):
        base.needs_calendar("A report of losses by period")
    if not isinstance(base, ContractBase | PurchaseBase):
        raise ValueError("base must come from read_contracts or read_purchases.")
    if not isinstance(account_share, Real) or not 0 < account_share <= 1:
        raise ValueError(f"account_share must be a share above 0 and up to 1, such as 0.01; got {account_share!r}.")
    stays = stays_of(base, by)
    periods = _periods(stays, period, since)
    counts = count_losses(stays, periods)
    names = [*(short_words(by, name) if by else name for name in stays.names), NOT_KNOWN]
    whole = counts.drop(columns="group").groupby(["start", "end", "final"], as_index=False).sum(min_count=1)
    is_contract = isinstance(base, ContractBase)
    return LostReport(
        frame=_by_group(counts, names, level) if by else _with_shares(whole, level),
        periods=_with_shares(whole, level),
        groups=_compared(counts, names, level) if by else None,
        accounts=lost_accounts(stays, account_share, int(periods.edges[0])),
        organic=organic_return(stays, sent, getattr(base, "events", None), level),
        by=by,
        period=periods.period,
        level=level,
        account_share=float(account_share),
        n_pending=int(stays.pending.sum()),
        kind="contracts" if is_contract else "purchases",
        doubts=base.doubts,
        notes=(*_where(base, by), *_notes(base, stays, periods)),
        seen=(stays, periods),
        source=base.source,
        currency=base.currency,
    )


def _periods(stays: Stays, period, since) -> ReportPeriods:
    """Return the periods up to the last day whose losses are known for sure, or those from a day on."""
    if since is None:
        found = report_periods(stays.first, stays.sure, period, usual_gap=stays.usual_gap)
        kept = found.edges[min(max(int(found.of(np.array(stays.judged))), 0), found.n - 1) :]
        return replace(found, edges=kept)
    day = int(np.datetime64(last_day(since, name="since").date(), "D").astype(int))
    if day >= stays.until:
        last = np.datetime64(stays.until, "D")
        raise ValueError(f"since ({since}) must be before the end of the data ({last}).")
    return report_periods(stays.first, stays.until, period, usual_gap=stays.usual_gap, since=day)


def _with_shares(frame: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return counts with the share lost, its interval, and the share lost less those who came back."""
    n = frame["n"].where(frame["n"] > 0)
    low, high = share_interval(frame["n_lost"], n, level)
    shares = {"share_lost": frame["n_lost"] / n, "share_lost_low": low, "share_lost_high": high}
    gone = frame["n_lost"] + frame["n_lost_within"] - frame["n_returned"]
    return frame.assign(**shares, net_lost=gone / n)


def _by_group(counts: pd.DataFrame, names: list[str], level: float) -> pd.DataFrame:
    """Return one row per period and group, without those whom nobody belongs to."""
    of_group = counts.groupby("group")[["n", "n_won", "n_returned"]].transform("sum").sum(axis=1)
    frame = _with_shares(counts[of_group > 0], level)
    frame = frame.assign(group=np.array(names, dtype=object)[frame["group"]])
    columns = ["start", "end", "group", *(name for name in frame if name not in ("start", "end", "group"))]
    return frame[columns].sort_values("start", kind="stable").reset_index(drop=True)


def _compared(counts: pd.DataFrame, names: list[str], level: float) -> pd.DataFrame:
    """Return one row per group over the periods known for sure, compared with what is common to all."""
    rows = counts[counts["final"]] if counts["final"].any() else counts
    known = rows["group"] < len(names) - 1
    total = rows[known].groupby("start")[["n_lost", "n"]].sum()
    rate = (total["n_lost"] / total["n"].where(total["n"] > 0)).fillna(0.0)
    rows = rows.assign(expected=rows["n"] * rows["start"].map(rate))
    added = ["n", "n_lost", "n_lost_within", "n_won", "n_returned", "money_lost", "expected"]
    frame = rows.groupby("group", as_index=False)[added].sum(min_count=1)
    common = frame.pop("expected") / frame["n"].where(frame["n"] > 0)
    found = compare_groups(frame["n_lost"][:-1], frame["n"][:-1], common[:-1].fillna(0.0), level)
    columns = {"share_lost": frame["n_lost"] / frame["n"].where(frame["n"] > 0), "common": common}
    columns |= found.columns()
    frame = frame.assign(**columns, verdict=[*found.verdict, NOT_COMPARED], group=names)
    return frame[frame["n"] + frame["n_won"] + frame["n_returned"] > 0].reset_index(drop=True)


def _where(base, by: str | None) -> tuple[str, ...]:
    """Say where a customer counts."""
    if by is None or isinstance(base, PurchaseBase):
        return ()
    if by == "manager" and base.served_by is not None:
        return ("Who serves a customer is taken from the table of service; several at a time count as one team.",)
    return (
        "A customer counts where the contract that began last puts them. A column that was overwritten when customers "
        "were handed on names the last one only, and blames them for customers whom others served.",
    )


def _notes(base, stays: Stays, periods: ReportPeriods) -> tuple[str, ...]:
    """Say how the periods came, and how many losses lie outside of them."""
    notes = []
    if periods.usual_gap is not None:
        notes.append(
            f"Periods: {periods.period.in_words}, as half of those who bought twice or more have a mean gap of "
            f"{periods.usual_gap:.0f} days or less."
        )
    before = int((stays.lost & (stays.end < periods.edges[0])).sum())
    after = int((stays.lost & (stays.end >= periods.edges[-1])).sum())
    if before + after:
        notes.append(f"Lost outside of whole periods and not reported: {before:,} before them and {after:,} after.")
    if isinstance(base, PurchaseBase):
        notes.append("Who has bought just now cannot be called lost yet, and is among those here all the same.")
        notes.append(f"Lost means {base.rule.in_words}; a purchase on or after that day is a return.")
        if base.margin_share is None:
            notes.append("What was paid is taken for margin.")
    unknown = int(np.isnan(stays.money[stays.lost]).sum())
    if 0 < unknown < int(stays.lost.sum()):
        notes.append(f"Money lost is without that of {unknown:,} whose margin is not known.")
    return tuple(notes)
