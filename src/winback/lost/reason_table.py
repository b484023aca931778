r"""What did each reason for leaving cost, who came back, and is mending it worth the money? `reason_table`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.doors import door
from winback.lost.behaviour import behaviour_of
from winback.lost.brought_in import brought_in_before_first_loss
from winback.lost.codebook import Codebook
from winback.lost.differences import Differences, differences
from winback.lost.mending import check_by_reason, mended, since_remedied
from winback.lost.reason_figures import ReasonTable
from winback.lost.stated import Stated, stated_reasons
from winback.skewness import TOO_SKEWED, skewed_interval, standardised
from winback.tables import label_codes, label_text
from winback.tables.months_from_dates import last_day
from winback.uncertainty import normal_quantile, shares_together

MOST_GROUPS = 12  # of those who reported reasons, and of competitors: the largest


@door
def reason_table(
    base: Base,
    codebook: Codebook | Mapping | str | Path | None = None,
    *,
    remedied: Mapping[str, datetime.date | str] | None = None,
    mending_cost: Mapping[str, float] | None = None,
    chance: float | Mapping[str, float] | None = None,
    since: datetime.date | str | None = None,
    level: float = 0.95,
) -> ReasonTable:
    r"""Count customers and money lost by reason: who came back, what was remedied, what mending would have to bring.

    Every customer counts once, with the first loss. Who named several reasons counts in each of them, so shares may add
    to more than one. The interval of a share is Wilson's; with k reasons each is at the level
    :math:`1 - (1 - \text{level}) / k`, so that all k hold together (for one reason each: Goodman 1965). As Bonferroni's
    inequality holds however counts hang together, they do so also where customers have several reasons. Money is
    what they brought in within the year before they left, as in `lost_report`; its intervals are those of a sum over as
    many lost customers, corrected for skewness [1]_.

    Parameters
    ----------
    base : Base
        With ``reason`` of those who left, or ``exit_text``.
    codebook : Codebook, mapping or path, optional
        By which exit texts are coded, see `code_reasons`. Without it reasons are those stated in the table; where it
        has none, texts are coded by the shipped codebook.
    remedied : mapping, optional
        Reason -> day since which it no longer holds. By default those of the column ``remedied_on``, if there is one.
    mending_cost : mapping, optional
        Reason -> what it would cost a year to mend it.
    chance : float or mapping, optional
        Assumed share of the value at stake that mending would bring back within a year, for all or by reason. Nothing
        in the table measures it: what follows from it is shown as assumed.
    since : date or text, optional
        First day of losses that count; by default all that are known. What was remedied is then not looked at, as that
        sets losses before a day against those after it.
    level : float
        Chance with which all intervals of a column hold together.

    Returns
    -------
    ReasonTable
        ``to_frame()`` has one row per reason, the most frequent first; ``behaviour``, ``reporters`` and ``went_to``
        set reasons against what customers did, who reported them, and where they went.

    Raises
    ------
    TableError
        When nobody was lost, or nobody's reason is known.
    ValueError
        When a cost, a chance or a day is of a reason that nobody named, or makes no sense.

    References
    ----------
    .. [1] Goodman, L. A. (1965). On simultaneous confidence intervals for multinomial proportions. Technometrics 7.
       Hall, P. (1992). On the removal of skewness by transformation. JRSS B 54.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": range(6), "start": "2022-01-01", "end": ["2023-12-31"] * 5 + [None],
    ...     "margin": [20, 30, 10, 20, 40, 25], "reason": ["price", "price", "service", "price", None, None]})
    >>> table = wb.reason_table(wb.read_contracts(contracts, until="2024-12-31"), mending_cost={"price": 420})
    >>> table.to_frame()[["reason", "n", "share", "money", "least_chance"]]
        reason  n  share  money  least_chance
    0    price  3   0.75  840.0           0.5
    1  service  1   0.25  120.0           NaN
    2     None  1    NaN  480.0           NaN
    """
    normal_quantile(level)
    if remedied is not None:
        base.needs_calendar("Who left since a reason was remedied")
    stated = stated_reasons(base, codebook, _first_day(base, since, remedied))
    check_by_reason(mending_cost, stated.names, "mending_cost")
    of_each = chance if isinstance(chance, Mapping) or chance is None else dict.fromkeys(stated.names, chance)
    check_by_reason(of_each, stated.names, "chance", most=1.0)
    yearly = brought_in_before_first_loss(base).reindex(stated.lost["customer_id"]).to_numpy()
    yearly = None if np.isnan(yearly).all() else yearly
    frame = pd.concat(
        [
            _counted(stated, level),
            *([] if yearly is None else [_money(stated, yearly, level)]),
            *([since_remedied(stated, remedied, base.until)] if since is None else []),
            mended(stated, yearly, mending_cost or {}, of_each or {}),
        ],
        axis=1,
    )
    order = np.lexsort((frame["reason"].astype(str), -frame["n"]))
    return ReasonTable(
        frame=pd.concat([frame.iloc[order], _not_known(stated, yearly)], ignore_index=True),
        behaviour=_behaviour(base, stated, level),
        reporters=_by(stated, "reported_by", level),
        went_to=_by(stated, "went_to", level),
        n_lost=len(stated.lost),
        n_several=stated.several,
        n_alike=stated.n_alike,
        n_without_money=0 if yearly is None else int(np.isnan(yearly).sum()),
        coded=stated.coded,
        since=None if since is None else last_day(since, name="since").date(),
        level=level,
        source=base.source,
        currency=base.currency,
    )


def _first_day(base: Base, since, remedied) -> pd.Timestamp | None:
    """Return the first day of losses that count; None for all."""
    if since is None:
        return None
    base.needs_calendar("Why customers left since a day")
    if remedied is not None:
        raise ValueError("since and remedied cannot both be given: what was remedied sets losses against earlier ones.")
    return last_day(since, name="since")


def _counted(stated: Stated, level: float) -> pd.DataFrame:
    """Return customers, their share of those whose reason is known, and who came back, with intervals."""
    n, known = stated.named.sum(axis=0), int(stated.known.sum())
    low, high = shares_together(n, known, level)
    columns = {"reason": stated.names, "cause": stated.causes, "words": stated.words, "involuntary": stated.involuntary}
    counts = {"n": n, "share": n / known, "share_low": low, "share_high": high}
    return pd.DataFrame({**columns, **counts, **_returned(stated, n, level)})


def _returned(stated: Stated, n: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """Return who came back, where that is known."""
    if "returned" not in stated.lost:
        return {}
    back = (stated.named & stated.returned[:, None]).sum(axis=0)
    low, high = shares_together(back, n, level)
    return {"n_returned": back, "returned": back / n, "returned_low": low, "returned_high": high}


def _money(stated: Stated, yearly: np.ndarray, level: float) -> pd.DataFrame:
    rows = stated.known & ~np.isnan(yearly)
    return money_by_reason(stated.named[rows], yearly[rows], level)


def money_by_reason(named: np.ndarray, money: np.ndarray, level: float = 0.95) -> pd.DataFrame:
    """Return the sums of money of those who named each reason, with intervals that hold together.

    They are sums over n customers of money times whether the reason was named, (n, k) bool. A reason that a single
    customer named has no interval: the spread of one amount is not known. Where few carry most of the money it is
    ``too_skewed``, and its interval holds less often than it says.

    Examples
    --------
    >>> money_by_reason(np.array([[True], [True], [False]]), np.array([3.0, 5.0, 4.0]))["money"].tolist()
    [8.0]
    """
    n, total = len(money), money @ named
    spread = named.sum(axis=0) > 1
    if not spread.any():
        return pd.DataFrame({"money": total, "money_low": np.nan, "money_high": np.nan, "too_skewed": False})
    variance = (money**2 @ named / n - (total / n) ** 2) * n / (n - 1)
    reach = normal_quantile(1 - (1 - level) / len(total))
    error = np.sqrt(np.maximum(variance, 0) / n)
    length = _length(named.mean(axis=0), money)
    low, high = (np.where(spread, n * end, np.nan) for end in skewed_interval(total / n, error, length, reach))
    too_skewed = spread & (np.abs(standardised(length, error)) > TOO_SKEWED)
    return pd.DataFrame({"money": total, "money_low": low, "money_high": high, "too_skewed": too_skewed})


def _length(share: np.ndarray, money: np.ndarray) -> np.ndarray:
    """Return third cumulant over variance of each mean, with money as skewed as that of all lost customers.

    A few customers' own money hides its skewness just when it misleads.
    """
    first, second, third = (share * (money**power).mean() for power in (1, 2, 3))
    variance, cumulant = second - first**2, third - 3 * first * second + 2 * first**3
    return np.divide(cumulant, variance, out=np.zeros(len(share)), where=variance > 0) / len(money)


def _not_known(stated: Stated, yearly: np.ndarray | None) -> pd.DataFrame:
    """Return the row of those whose reason nobody stated; none where there are none."""
    rows = ~stated.known
    if not rows.any():
        return pd.DataFrame()
    row = {"reason": None, "words": "not known", "involuntary": False, "n": int(rows.sum())}
    if "returned" in stated.lost:
        back = int(stated.returned[rows].sum())
        row |= {"n_returned": back, "returned": back / row["n"]}
    money = {} if yearly is None else {"money": float(np.nansum(yearly[rows])), "too_skewed": False}
    return pd.DataFrame([row | money])


def _behaviour(base: Base, stated: Stated, level: float) -> Differences | None:
    found, known = behaviour_of(base, stated.lost), stated.known
    if not found or len(stated.names) < 2:
        return None
    groups = {words: stated.named[known][:, place] for place, words in enumerate(stated.words)}
    things = {what: (true[known], told[known]) for what, (true, told) in found.items()}
    says = "of those who named {group}, {share} {what}, of all others {others}"
    return differences(groups, things, level=level, says=says, between="stated reasons and behaviour")


def _by(stated: Stated, column: str, level: float) -> Differences | None:
    """Return the reasons of customers with each label of a column, beside those with another one."""
    if column not in stated.lost:
        return None
    codes, labels = label_codes(stated.lost[column])
    rows = stated.known & (codes >= 0)
    sizes = np.bincount(codes[rows], minlength=len(labels))
    largest = [place for place in np.argsort(-sizes, kind="stable")[:MOST_GROUPS] if sizes[place]]
    if len(largest) < 2:
        return None
    largest = largest[1:] if len(largest) == 2 else largest  # of two, one beside the other says it all
    groups = {label_text(labels[place]): codes[rows] == place for place in largest}
    everybody = np.ones(int(rows.sum()), dtype=bool)
    things = {words: (stated.named[rows][:, place], everybody) for place, words in enumerate(stated.words)}
    of_them = {"reported_by": "reported by", "went_to": "who went to"}[column]
    says = f"of those {of_them} “{{group}}”, {{share}} named {{what}}, of all others {{others}}"
    between = {"reported_by": "those who reported reasons", "went_to": "where customers went"}[column]
    return differences(groups, things, level=level, says=says, between=between)
