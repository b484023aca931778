"""Which of the stories that the study's company tells were built in? Said once where a page tells them as found."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.managers import NAMES, NEVER, departures, indifferent
from winback.datasets.telecom.study import TelecomStudy
from winback.lost.losses_reported import LostReport
from winback.lost.small_groups import MORE
from winback.results import Sentences, Shown, format_count, format_percent, join_words
from winback.retention.found_moments import KeyMoments
from winback.retention.moments import LEAVING, RETURNING

SOON = 2.0  # months after their offer's end within which those leave who came back for it alone
OF_RETURN = ("new_service",)  # after which the lost come back
STORIES = (
    "a new competitor",
    "the end of welcome discounts, renewals and price changes, after which more leave",
    "complaints, made mostly by new customers on days in a row, after which more leave",
    "settlements and referrals, after which no more do",
    "customers who follow {} employees who left",
    "{} employees who leave customers indifferent",
    "ratings of the seller that go with staying",
    "hours that go to those who bring little",
    "how satisfied those who left had been ({} as in the survey; {} of those who stayed)",
    "volume that shrinks in the months before a loss",
    "word of a new service, after which some of the lost come back within {} days",
)


def built_in(report: LostReport | None = None) -> Sentences:
    """Say that the study's customers are simulated, what was built in, and which manager stands out by chance.

    Parameters
    ----------
    report : LostReport, optional
        Of the study's base, by manager: whether one of them stands out by chance.
    """
    satisfied = (format_percent(planted.SATISFIED[stays], 0) for stays in (False, True))
    days = format_count(planted.NEW_SERVICE_DAYS)
    number = iter((*map(format_count, (len(planted.DEPARTURES), planted.N_INDIFFERENT)), *satisfied, days))
    stories = [each.format(*(next(number) for _ in range(each.count("{}")))) for each in STORIES]
    lines = [
        "These customers are simulated. What stands out among them was built in, so that it can be seen whether it is "
        f"found: {join_words(stories)}."
    ]
    if report is not None and (odd := by_chance(report)):
        verb, whom = ("lies", "that manager") if len(odd) == 1 else ("lie", "these managers")
        lines.append(
            f"{join_words(odd)} {verb} above the band by bad luck alone: nothing was built in for {whom}. On one's own "
            "customers nobody could tell, so it is a question and no verdict."
        )
    return Sentences.of(lines)


def planted_days(of: str = LEAVING) -> dict[str, int]:
    """Return the days after each moment within which the hazard was made to jump, as `key_moments` takes them.

    Examples
    --------
    >>> planted_days(of="returning")
    {'new_service': 183}
    """
    return {event: days for event, _, _, days in planted.MOMENTS if (event in OF_RETURN) == (of == RETURNING)}


def planted_beside(found: KeyMoments) -> Shown:
    """Return the ratios that were built in beside those found, of the moments looked at.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> found = wb.key_moments(base, planted_days())
    >>> planted_beside(found).frame["Built in"].tolist()[:2]
    ['6.00', '2.50']
    """
    built: dict[str, list[str]] = {}
    for event, among, ratio, _ in planted.MOMENTS:
        built.setdefault(event, []).append(f"{ratio:.2f} {among}".strip())
    rows = [
        {
            "After": row["in_words"],
            "Days after it": format_count(row["window_days"]),
            "Built in": join_words(built[row["moment"]]),
            "Found": found.interval(row, "ratio", "times"),
        }
        for row in found.ranked().to_dict("records")
        if row["moment"] in built
    ]
    return Shown(pd.DataFrame(rows))


def seekers_beside(found: KeyMoments, study: TelecomStudy) -> Shown:
    """Return how many came back for an offer alone, as built in, beside how many are found to have left with it.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> found = wb.key_moments(study.trial, of="leaving again")
    >>> list(seekers_beside(found, study).frame)
    ['After', 'Built in', 'Found']
    """
    outcomes, lapsed = study.truth.potential_outcomes, study.lapsed
    ends = {offer.name: offer.months for offer in assumed.OFFERS if not offer.tailored}
    after = np.array([outcomes[f"second_tenure_{name}"] - end for name, end in ends.items()])
    seeks = ((after >= 0) & (after <= SOON)).all(axis=0)  # whichever the offer is, they leave just after it
    left = lapsed["returned"].to_numpy(bool) & lapsed["second_ended"].to_numpy(bool, na_value=False)
    built = lapsed["offer"][seeks & left].astype(str).value_counts()
    rows = [
        {
            "After": row["in_words"],
            "Built in": format_count(built.get(row["moment"], 0)),
            "Found": found.interval(row, "excess", "count"),
        }
        for row in found.ranked().to_dict("records")
    ]
    return Shown(pd.DataFrame(rows))


def by_chance(report: LostReport) -> list[str]:
    """Return the managers, or teams of them, who are said to lose more though nothing was built in for it."""
    if report.groups is None:
        return []
    made = {*NAMES[departures() < NEVER], *NAMES[indifferent()]}
    more = report.groups.loc[report.groups["verdict"] == MORE, "group"]
    return [name for name in more if not made & set(name.replace(" and ", ", ").split(", "))]
