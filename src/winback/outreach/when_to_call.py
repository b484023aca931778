"""Is it better to call earlier? Who came back, by months away, under each offer: `when_to_call`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.clusters import part_of
from winback.doors import door
from winback.outreach.calling_times import CallingTimes, verdict_of
from winback.outreach.reached_later import holm, reached_later
from winback.outreach.return_by_delay import DelayCurve, counted_returns, fit_delay_curve, parts_of
from winback.tables import LAPSED_TABLE, NO_OFFER, ProblemList
from winback.tables.likeness import nearest
from winback.trial.same_terms import check_is_trial
from winback.trial.trial import Trial
from winback.uncertainty import normal_interval, normal_quantile

AWAY, FOLLOWED = "months_away", "followed"
DIFFERENCES = ["best", "best_from", "best_to", "first", "last"]


@door
def when_to_call(
    trial: Trial, *, offer: str | None = None, random_delays: bool = False, level: float = 0.95
) -> CallingTimes:
    """Return who came back by months away, under each offer: counted month by month, and as a smooth curve.

    The curve is a binomial regression on a natural spline, drawn over the months that were seen and never beyond, and
    tested against one chance at all times; of several offers p-values are Holm's. Where a group was sent nothing, it is
    shown beside, and what the offer brought above it.

    Parameters
    ----------
    trial : Trial
        From `read_trial`, of customers with ``months_away``.
    offer : str, optional
        One of the offers sent; by default all of them.
    random_delays : bool
        Chance alone decided how soon each customer was reached. Otherwise those reached later may be others, and what
        is known of them is compared. It is compared here, too, and a claim that it contradicts does not hold.
    level : float
        Of intervals; each month's is for itself.

    Raises
    ------
    TableError
        When months away are not in the table, or known of nobody who was sent the offer.
    ValueError
        When the offer was not sent.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.load_telecom_study().trial
    >>> found = wb.outreach.when_to_call(trial, offer="discount", random_delays=True)
    >>> found.offers["verdict"].tolist()
    ['earlier is better']
    """
    check_is_trial(trial)
    normal_quantile(level)
    names = _asked(trial, offer)
    known = _known(trial, names)
    away = trial.customers[AWAY].to_numpy(dtype=float, na_value=np.nan)
    parts = parts_of(away[known])
    counted, curves = [], {}
    for name in names:
        rows = known & (trial.arm == trial.arms.index(name))
        own = away[rows], trial.returned[rows].astype(bool)
        if rows.any():
            clusters = part_of(trial.clusters, rows)
            counted.append(counted_returns(*own, parts, clusters, level).assign(offer=name))
            curves[name] = fit_delay_curve(*own, clusters)
    sent = [name for name in curves if name != NO_OFFER]
    rows = known & np.isin(trial.arm, [trial.arms.index(name) for name in sent])
    table = trial.customers[rows].reset_index(drop=True)
    arm, clusters = trial.arm[rows], part_of(trial.clusters, rows)
    others = [name for name in trial.known if name != AWAY]
    return CallingTimes(
        frame=_in_words(pd.concat(counted, ignore_index=True)),
        curve=_curve_frame(curves, level),
        offers=_verdicts(curves, level),
        balance=reached_later(table, others, arm, clusters),
        followed=reached_later(table, [FOLLOWED] if FOLLOWED in table else [], arm, clusters),
        random_delays=random_delays,
        n_unknown=int((np.isin(trial.arm, [trial.arms.index(name) for name in names]) & ~known).sum()),
        least_followed=float(table[FOLLOWED].min()) if FOLLOWED in table else np.nan,
        level=level,
        trial=trial,
    )


def _asked(trial: Trial, offer: str | None) -> tuple[str, ...]:
    """Return the groups that are looked at: the offers asked for, and those who were sent nothing."""
    if offer is None:
        return trial.arms
    if offer not in trial.sent:
        near = nearest(offer, trial.sent)
        meant = "" if near is None else f"Did you mean {near!r}? "
        raise ValueError(f"offer {offer!r} was not sent. {meant}Sent were {', '.join(trial.sent)}.")
    return (offer, *(name for name in trial.arms if name == NO_OFFER))


def _known(trial: Trial, names: tuple[str, ...]) -> np.ndarray:
    """Return of whom it is known how long they had been away, (n,) bool; refused where it is known of nobody."""
    problems = ProblemList(LAPSED_TABLE, trial.customers)
    remedy = "Give the months from the loss to the offer, or the days `left_on` and `offered_on`."
    if AWAY not in trial.customers:
        problems.add(AWAY, "is missing", remedy)
        problems.raise_if_any()
    known = np.isfinite(trial.customers[AWAY].to_numpy(dtype=float, na_value=np.nan))
    sent = np.isin(trial.arm, [trial.arms.index(name) for name in names if name != NO_OFFER])
    if not (known & sent).any():
        problems.add(AWAY, "is known of nobody who was sent an offer", remedy)
    problems.raise_if_any()
    return known


def _in_words(counted: pd.DataFrame) -> pd.DataFrame:
    """Say which months each row counts: one of them by its beginning and its end."""
    ends = zip(counted["months_from"], counted["months_to"], strict=True)
    counted.insert(0, "away", [f"{low:g} to {high:g}" for low, high in ends])
    return counted[["offer", *counted.columns.drop("offer")]]


def _curve_frame(curves: dict[str, DelayCurve | None], level: float) -> pd.DataFrame:
    """Return the curves, with what each offer brought above those who were sent nothing after the same months."""
    control, frames = curves.get(NO_OFFER), []
    for name, curve in curves.items():
        if curve is None:
            continue
        low, high = curve.ends(level)
        columns = {"offer": name, AWAY: curve.months, "chance": curve.chance, "chance_low": low, "chance_high": high}
        if control is not None and name != NO_OFFER:
            seen = (curve.months >= control.months[0]) & (curve.months <= control.months[-1])
            beside, error = (np.interp(curve.months, control.months, each) for each in (control.chance, control.error))
            added = np.where(seen, curve.chance - beside, np.nan)
            columns["added"] = added
            columns["added_low"], columns["added_high"] = normal_interval(added, np.hypot(curve.error, error), level)
        frames.append(pd.DataFrame(columns))
    empty = pd.DataFrame(columns=["offer", AWAY, "chance", "chance_low", "chance_high"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def _verdicts(curves: dict[str, DelayCurve | None], level: float) -> pd.DataFrame:
    """Return one row per offer sent: what is shown, which months are best, and the chances at both ends."""
    sent = {name: curve for name, curve in curves.items() if name != NO_OFFER}
    p_values = holm([np.nan if curve is None else curve.p_value for curve in sent.values()])
    rows = []
    for (name, curve), p_value in zip(sent.items(), p_values, strict=True):
        row = {"offer": name, "verdict": verdict_of(curve, p_value, level), "p_value": p_value}
        if curve is not None:
            good = curve.months[curve.as_good_as_the_best(level)]
            figures = curve.months[curve.chance.argmax()], good[0], good[-1], *curve.chance[[0, -1]]
            row |= dict(zip(DIFFERENCES, figures, strict=True))
        rows.append(row)
    return pd.DataFrame(rows, columns=["offer", "verdict", "p_value", *DIFFERENCES])
