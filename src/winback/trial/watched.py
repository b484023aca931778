"""For how long can second lifetimes be counted? As long as enough who came back after each offer are still watched."""

from __future__ import annotations

import numpy as np

from winback.trial.trial import Trial

YEAR = 12.0
WATCHED = 100  # customers of every offer at the end of the longest time: of fewer the end of a curve is a guess


def longest_watched(trial: Trial) -> float | None:
    """Return the longest time in whole years, in months, after which enough of every offer are still watched.

    None where value was measured directly, or too few came back, or were watched for less than a year.

    Examples
    --------
    >>> import winback as wb
    >>> longest_watched(wb.load_telecom_study().trial)
    84.0
    """
    if "second_tenure" not in trial.customers or not trial.sent:
        return None
    tenure = trial.customers["second_tenure"].to_numpy(dtype=float)
    places = [trial.arms.index(name) for name in trial.sent]
    stays = [np.sort(tenure[(trial.arm == place) & trial.returned]) for place in places]
    if min(map(len, stays)) < WATCHED:
        return None
    return min(float(each[-WATCHED]) for each in stays) // YEAR * YEAR or None
