"""Who only looks for a price, who is regular, who recommends, and who moves between these stages? `base_stages`."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.fitted_rules import fit_rule
from winback.base.lives import pair_keys
from winback.base.purchase_base import PurchaseBase
from winback.base.purchase_days import PurchaseDays
from winback.doors import ArgumentError, door
from winback.lost.brought_in import YEAR_OF_PURCHASES as YEAR
from winback.lost.classes import variation
from winback.lost.staged import LOST, NEW, PARTNER, PRICE, STAGES, BaseStages
from winback.tables.months_from_dates import last_day
from winback.uncertainty import normal_quantile, share_interval

FROM_DAYS, MOST_VARIED = 4, 1.0  # purchase days of a regular, and coefficient of variation of gaps that is too much


@door
def base_stages(
    base: PurchaseBase,
    asof: datetime.date | str | None = None,
    *,
    before: datetime.date | str | None = None,
    level: float = 0.95,
) -> BaseStages:
    r"""Sort the customers of a base into stages, and say who moved between two days.

    A customer is the first that fits: *partner* (regular, and has brought somebody), *regular* (bought on four days or
    more, with gaps :math:`g_k` whose coefficient of variation :math:`\sqrt{\sum_k (g_k - \bar g)^2 / (n - 1)} / \bar g`
    is under 1), *price shopper* (on two days or more, more than half of them on discount), *one-off* (on one day),
    *occasional* (the rest). Who is lost on a day, by the base's rule as fitted to what was known then, is in no stage.

    Parameters
    ----------
    base : PurchaseBase
        From `read_purchases`. A column ``discount`` of the log (0: none) shows price shoppers, a column ``referrals``
        (new customers brought along) partners; without one that stage is not shown, and said.
    asof : date or text, optional
        The day from which all are seen; the last one of the data without it.
    before : date or text, optional
        An earlier day: who was in which stage then. A year before without it, where the log reaches back so far.
    level : float
        Of the intervals.

    Raises
    ------
    ValueError
        When a day lies outside the data, or they are in the wrong order.

    Examples
    --------
    >>> import winback as wb
    >>> found = wb.base_stages(wb.load_shop_study().base)
    >>> found.to_frame()["stage"].tolist()
    ['partner', 'regular', 'price shopper', 'one-off', 'occasional', 'lost']
    """
    normal_quantile(level)
    if isinstance(base, Base):
        base.needs_calendar("Which stage customers are in")
    if not isinstance(base, PurchaseBase):
        raise ArgumentError(
            "base_stages: `base` must be one of read_purchases, as stages are told from purchases; got "
            f"{type(base).__name__}."
        )
    day = base.until.toordinal() if asof is None else last_day(asof, name="asof").date().toordinal()
    first = base.purchase_days.first_day
    then = day - YEAR if before is None else last_day(before, name="before").date().toordinal()
    if not first <= day <= base.until.toordinal():
        raise ValueError(f"asof must lie within the data, from {_date(first)} to {base.until}; got {_date(day)}.")
    if before is not None and not first <= then < day:
        raise ValueError(f"before must lie within the data and before asof ({_date(day)}); got {_date(then)}.")
    marks = _marked_days(base)
    now = _states(base, day, marks)
    moved = then >= first
    columns = set(marks)
    shown = [
        name
        for name in STAGES
        if (name != PRICE or "discount" in columns) and (name != PARTNER or "referrals" in columns)
    ]
    return BaseStages(
        frame=_counted(base, now, day, shown, level),
        transitions=_transitions(_states(base, then, marks), now, shown, level) if moved else pd.DataFrame(),
        customers=pd.DataFrame({"customer_id": base.summary.customers["customer_id"], "stage": _named(now)}),
        asof=_date(day),
        before=_date(then) if moved else None,
        rule=base.rule.in_words,
        without=tuple(name for name in (PARTNER, PRICE) if name not in shown),
        money=base.summary.log.amount is not None,
        source=base.source,
        currency=base.currency,
    )


def _date(day: int) -> datetime.date:
    return datetime.date.fromordinal(max(day, 1))


def _marked_days(base: PurchaseBase) -> dict[str, np.ndarray]:
    """Return for each further column of the log that is there its sum on every purchase day of the base."""
    log = base.summary.log
    found = {}
    for name in ("discount", "referrals"):
        if name in log.names:
            days = replace(log, amount=name).read().customer_days(base.until.toordinal())
            place = base.days.ids.get_indexer(days.ids)[days.customer]
            marked = pd.Series(days.amount, index=pair_keys(place, days.day))
            keys = pair_keys(base.purchase_days.code, base.purchase_days.day)
            # days on which nothing was bought, such as that of a refund, are not the base's
            found[name] = marked.reindex(keys).fillna(0.0).to_numpy()
    return found


def _states(base: PurchaseBase, day: int, marks: dict[str, np.ndarray]) -> np.ndarray:
    """Return each customer's stage on a day, as place in `STAGES`, or that of lost, or not yet a customer, (n,)."""
    known = slice(None) if day >= base.until.toordinal() else base.purchase_days.day <= day
    code, on = base.purchase_days.code[known], base.purchase_days.day[known]
    n_days, days = np.bincount(code, minlength=base.n), PurchaseDays(code, on, day)
    varied = _variation_of_gaps(days, base.n)
    regular = (n_days >= FROM_DAYS) & (varied < MOST_VARIED)
    reduced = brought = np.zeros(base.n)
    if "discount" in marks:
        reduced = np.bincount(code[marks["discount"][known] > 0], minlength=base.n)
    if "referrals" in marks:
        brought = np.bincount(code, weights=marks["referrals"][known], minlength=base.n)
    fits = [regular & (brought > 0), regular, (n_days >= 2) & (2 * reduced > n_days), n_days == 1, n_days > 1]
    state = np.select(fits, range(len(STAGES)), default=len(STAGES) + 1)
    seen = days.asof(day)
    state[seen.code[fit_rule(base.rule.setting, days).is_lost(seen)]] = len(STAGES)
    return state


def _variation_of_gaps(days: PurchaseDays, n_customers: int) -> np.ndarray:
    """Return how much each customer's gaps between purchases vary, (n_customers,); missing with fewer than two."""
    found = np.full(n_customers, np.nan)
    for some in days.in_parts():
        first, same = some.code[0], some.code[1:] == some.code[:-1]
        code, gaps = (some.code[1:] - first)[same], (some.day[1:] - some.day[:-1])[same].astype(float)
        found[first : some.code[-1] + 1] = variation(code, gaps, some.code[-1] + 1 - first, least=2)
    return found


def _named(state: np.ndarray) -> np.ndarray:
    return np.array([*STAGES, LOST, NEW], dtype=object)[state]


def _counted(base: PurchaseBase, state: np.ndarray, day: int, shown: list[str], level: float) -> pd.DataFrame:
    """Return one row per stage, and the lost: customers, and what they paid in the year up to that day."""
    names = [*shown, LOST]
    rows = [[*STAGES, LOST].index(name) for name in names]
    n = np.bincount(state, minlength=len(STAGES) + 2)[rows]
    low, high = share_interval(n, n.sum(), level)
    frame = pd.DataFrame({"stage": names, "n": n, "share": n / n.sum(), "share_low": low, "share_high": high})
    if base.summary.log.amount is None:
        return frame
    kept = (base.days.day <= day) & (base.days.day > day - YEAR)
    who = state[base.days.customer[kept]]
    money = np.bincount(who, weights=base.days.amount[kept], minlength=len(STAGES) + 2)[rows]
    money = money * (base.margin_share or 1.0)
    return frame.assign(money=money, money_share=money / (money.sum() or np.nan))


def _transitions(then: np.ndarray, now: np.ndarray, shown: list[str], level: float) -> pd.DataFrame:
    """Return one row per pair of states: customers who were in one and are in the other, as a share of the first."""
    places = [*STAGES, LOST, NEW]
    size = len(places)
    counts = np.bincount(then * size + now, minlength=size * size).reshape(size, size)
    table = pd.DataFrame(counts, index=places, columns=places).loc[[*shown, LOST, NEW], [*shown, LOST]]
    rows = table[table.sum(axis=1) > 0].T.rename_axis("after").reset_index()
    frame = rows.melt("after", var_name="before", value_name="n")[["before", "after", "n"]]
    total = frame.groupby("before", sort=False)["n"].transform("sum")
    low, high = share_interval(frame["n"], total, level)
    return frame.assign(share=frame["n"] / total, share_low=low, share_high=high)
