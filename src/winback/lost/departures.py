r"""Do customers follow an employee who leaves? Losses after departures, against before and against customers of others.

For each departure the customers of who left, and those of employees who stayed, are watched in the same days before
and after it. With :math:`d` losses in :math:`Y` customer-months, by departure j, group g and period t,

.. math:: E[d_{jgt}] = Y_{jgt} \exp(a_{jg} + b_{jt} + \theta\, 1\{g = \text{left}\} 1\{t = \text{after}\})

:math:`e^\theta` is how many times as often customers leave after a departure: what changed for everybody at the time,
and what always was different about the customers of who left, cancel out (difference in differences of log rates).
Errors are those of a Poisson regression, widened where departures differ by more than chance.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.base.lives import latest_so_far
from winback.periods import DAYS_IN_MONTH
from winback.uncertainty import normal_interval

STILL = 2**30  # a last day of service that has not come
RUN_AWAY = 10.0  # a log ratio, or its error, that no losses can have given
ALONE, SEVERAL = "by one", "by several"


@dataclass(frozen=True, eq=False)
class Service:
    """Who served whom in which life: n rows, days whole numbers."""

    customer: np.ndarray  # (n,) place of the customer
    manager: np.ndarray  # (n,) name
    since: np.ndarray  # (n,) first day of the service, within the life
    until: np.ndarray  # (n,) its last day; that of the data where it goes on
    end: np.ndarray  # (n,) last day of the customer's life, that of the data where it goes on
    ended: np.ndarray  # (n,) bool: the customer was lost on that day
    shared: np.ndarray  # (n,) bool: another employee served the customer at the same time

    def only(self, rows: np.ndarray) -> Service:
        """Return some of the rows."""
        return Service(*(getattr(self, each.name)[rows] for each in fields(self)))


def service_of(base) -> Service:
    """Return who served each life of a base of contracts, from its table of who serves whom."""
    table, lives = base.served_by, base.all_lives
    last = base.last
    customer = places_among(table["customer_id"], base.ids)
    since = _days(table["from"])
    until = np.where(table["to"].isna(), STILL, _days(table["to"])) if "to" in table else np.full(len(table), STILL)
    rows = pd.DataFrame({"customer": customer, "manager": table["manager"].astype(str), "since": since, "until": until})
    alive = pd.DataFrame({"customer": lives.customer, "start": lives.start, "end": lives.end, "ended": lives.ended})
    found = rows[customer >= 0].merge(alive, on="customer").query("since <= end and until >= start")
    begin, stop = np.maximum(found["since"], found["start"]), np.minimum(found["until"], found["end"])
    found = found.assign(since=begin, until=np.minimum(stop, last))
    found = found.drop_duplicates(["customer", "manager", "since"]).sort_values(["customer", "since"], kind="stable")
    columns = {name: found[name].to_numpy() for name in ("customer", "manager", "since", "until", "end", "ended")}
    return Service(**columns, shared=_shared(columns["customer"], columns["since"], columns["until"]))


def departures_of(base) -> pd.Series:
    """Return the day on which each employee left, by name, from the events; none where they do not say."""
    if base.events is None or "manager" not in base.events:
        return pd.Series(dtype=np.int64)
    events = base.events[(base.events["event"].astype(str) == "manager_left") & base.events["manager"].notna()]
    days = pd.Series(_days(events["date"]), index=events["manager"].astype(str).to_numpy())
    return days.groupby(level=0).min()


def rates_around(service: Service, left: pd.Series, n_days: int, first_last: tuple[int, int]) -> pd.DataFrame:
    """Return losses and customer-months before and after each departure, of who left and of those who stayed.

    Returns
    -------
    pandas.DataFrame
        ``served`` (by one, by several), ``manager`` who left, ``group`` (left, stayed), ``after``, ``n_customers``,
        ``losses``, ``months``. A departure without that many days around it in the data is left out.
    """
    rows = []
    for name, day in left.items():
        if day - n_days < first_last[0] or day + n_days > first_last[1]:
            continue
        near = left.index[(left - day).abs() <= 2 * n_days]  # customers of others who left then are no comparison
        of_near = np.unique(service.customer[np.isin(service.manager, near)])
        groups = {"left": service.manager == name, "stayed": ~np.isin(service.customer, of_near)}
        for group, who in groups.items():
            for served, kept in ((ALONE, ~service.shared), (SEVERAL, service.shared)):
                rows += _windows(service.only(who & kept), day, n_days, (served, name, group))
    names = ["served", "manager", "group", "after", "n_customers", "losses", "months"]
    return pd.DataFrame(rows, columns=names)


def difference_in_differences(rates: pd.DataFrame, level: float) -> dict[str, float]:
    """Return how many times as often customers leave after a departure, with its interval; missing where unknown.

    Examples
    --------
    >>> rates = pd.DataFrame({"manager": "m", "group": ["left", "left", "stayed", "stayed"],
    ...     "after": [False, True, False, True], "losses": [10, 40, 50, 100], "months": [100.0, 100.0, 500.0, 500.0]})
    >>> {name: round(figure, 2) for name, figure in difference_in_differences(rates, 0.95).items()}
    {'ratio': 2.0, 'ratio_low': 0.92, 'ratio_high': 4.33}
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning, SingularMatrixWarning

    unknown = dict.fromkeys(["ratio", "ratio_low", "ratio_high"], np.nan)
    kept = rates[rates["months"] > 0].reset_index(drop=True)
    by = kept.groupby("manager")
    # a departure tells something if all four rates are there, and neither group nor period is without any loss
    whole = by["months"].transform("size") == 4
    lost_in = [kept.groupby(["manager", name])["losses"].transform("sum") > 0 for name in ("group", "after")]
    kept = kept[whole & lost_in[0] & lost_in[1]]
    cells = kept[(kept["group"] == "left")].groupby("after")["losses"].sum()
    if len(cells) < 2 or not cells.all():
        return unknown
    group, period = (kept["manager"] + "|" + kept[name].astype(str) for name in ("group", "after"))
    after_leaving = ((kept["group"] == "left") & kept["after"]).to_numpy(dtype=float)
    fixed = pd.concat([pd.get_dummies(group, dtype=float), _first_dropped(period, kept)], axis=1).to_numpy()
    design = np.column_stack([after_leaving, fixed])
    losses, months = (kept[name].to_numpy(dtype=float) for name in ("losses", "months"))
    model = sm.GLM(losses, design, sm.families.Poisson(), offset=np.log(months))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # one departure: its four rates are met exactly; several with few losses: the ratio may run away
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", SingularMatrixWarning)
        fit = model.fit()
        freedom = len(kept) - design.shape[1]
        widen = max(1.0, fit.pearson_chi2 / freedom) if freedom > 0 else 1.0
        error = fit.bse[0] * np.sqrt(widen)
    if not abs(fit.params[0]) + error < RUN_AWAY:
        return unknown
    figures = np.exp([fit.params[0], *normal_interval(fit.params[0], error, level)]).tolist()
    return dict(zip(unknown, figures, strict=True))


def _first_dropped(period: pd.Series, kept: pd.DataFrame) -> pd.DataFrame:
    """Return one column for the time after each departure; the time before it is in the columns of the groups."""
    return pd.get_dummies(period[kept["after"]], dtype=float).reindex(kept.index, fill_value=0.0)


def _windows(who: Service, day: int, n_days: int, named: tuple[str, str, str]) -> Iterator[tuple]:
    """Yield losses and months of customers before and after a day; those served until then are followed after it.

    Whoever serves them afterwards: who left has nobody any more. Each life counts once, however many served it.
    """
    begin, stop = day - n_days, day + n_days
    before = _each_life(who.only((who.since < day) & (who.until > begin)))
    lost = before.ended & (before.end == before.until) & (before.until <= day)
    days = np.minimum(before.until, day) - np.maximum(before.since, begin)
    yield *named, False, len(before.customer), int(lost.sum()), float(days.sum()) / DAYS_IN_MONTH
    after = _each_life(who.only((who.since < day) & (who.until >= day) & (who.end > day)))
    lost, days = after.ended & (after.end <= stop), np.minimum(after.end, stop) - day
    yield *named, True, len(after.customer), int(lost.sum()), float(days.sum()) / DAYS_IN_MONTH


def _each_life(who: Service) -> Service:
    """Return one row per life; rows are sorted by customer and first day."""
    new = np.append(True, (who.customer[1:] != who.customer[:-1]) | (who.end[1:] != who.end[:-1]))
    return who.only(new[: len(who.customer)])


def _shared(customer: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
    """Return which rows overlap with another one of the same customer by more than a day; sorted by both."""
    if not len(customer):
        return np.zeros(0, dtype=bool)
    same = customer[1:] == customer[:-1]
    before = np.append(False, same & (latest_so_far(customer, until)[:-1] > since[1:]))
    return before | np.append(same & (since[1:] < until[:-1]), False)


def _days(dates: pd.Series) -> np.ndarray:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)
