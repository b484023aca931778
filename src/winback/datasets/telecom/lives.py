"""Who else was a customer, when did they come and leave, and who came back? All lives, the study's among them.

Losses beside the study come at a steady rate, and tenures follow the law of the study's first tenures [see
`leavers`]: who would leave after the end of the study is still a customer then. So everybody's whole life is known
here, also what lies after the end, and everything else is drawn given these lives.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, SHORTEST_GAP, day_of, study_days, whole_days
from winback.datasets.telecom.leavers import (
    COMPLAINT_RATES,
    MEDIAN_MARGIN,
    REFERRAL_RATE,
    RESOLVED_SHARE,
    SD_LOG_FIRST_TENURE,
    SD_LOG_MARGIN,
    SHORTEST_TENURE,
    Streams,
    draw_tenures,
)
from winback.tables.months_from_dates import DAYS_IN_MONTH

STUDY_REASONS = tuple(assumed.REASON_SHARES)
REASONS = (*STUDY_REASONS, *planted.OTHER_CAUSES)
LOSSES_A_MONTH = assumed.N_LEAVERS / (assumed.LAST_LOSS - assumed.FIRST_LOSS)
LATEST_RETURN = 540  # days after the loss, of those who come back by themselves


def draw_lives(lapsed: pd.DataFrame, outcomes: pd.DataFrame, scale: float, streams: Streams) -> pd.DataFrame:
    """Return every life, in order of customer and start.

    Columns: ``customer_id``, ``life`` (1, 2, 3), ``start`` and ``end`` (days from month 0; the true end, also where it
    lies after the end of the study), ``reason`` of its end, ``margin``, ``complaints``, ``complaints_resolved``,
    ``referrals``, ``in_study``, ``told`` (of the new service, after this life).
    """
    of_study = _first_lives(lapsed)
    others = _other_lives(len(lapsed), scale, streams)
    others["told"] = _told(others, streams["told"])
    second = _second_lives(lapsed, outcomes, streams)
    back = _back_later(others, second, streams)
    lives = pd.concat([of_study.assign(told=False), others, second, back], ignore_index=True)
    lives = lives[lives["start"] <= LAST_DAY].sort_values(["customer_id", "life"], kind="stable", ignore_index=True)
    return lives.assign(reason=pd.Categorical(lives["reason"], categories=REASONS))


def _first_lives(lapsed: pd.DataFrame) -> pd.DataFrame:
    days = study_days(lapsed)
    counts = lapsed[["complaints", "complaints_resolved", "referrals"]]
    return pd.DataFrame(
        {
            "customer_id": lapsed["customer_id"],
            "life": 1,
            "start": days["start"],
            "end": days["end"],
            "reason": lapsed["reason"].astype(object),
            "margin": lapsed["first_margin"],
            **counts,
            "in_study": True,
        }
    )


def _other_lives(n_study: int, scale: float, streams: Streams) -> pd.DataFrame:
    """Draw the first lives beside the study, numbered after it in order of their start."""
    rng = streams["other_losses"]
    size = n_study / assumed.N_LEAVERS
    months, reasons = [], []
    for reason in REASONS:
        found = _loss_months(reason, size, rng)
        months.append(found)
        reasons.append(np.full(len(found), reason, dtype=object))
    left = np.concatenate(months)
    tenure = draw_tenures(left, streams["other_tenures"])
    here = (left - tenure) * DAYS_IN_MONTH < LAST_DAY
    left, tenure, reason = left[here], tenure[here], np.concatenate(reasons)[here]
    end = np.rint(left * DAYS_IN_MONTH).astype(np.int64)
    start = end - np.maximum(whole_days(tenure), whole_days(SHORTEST_TENURE))
    order = np.argsort(start, kind="stable")
    drawn = {"start": start[order], "end": end[order], "reason": reason[order]}
    ids = n_study + 1 + np.arange(len(order))
    return _with_counts(pd.DataFrame({"customer_id": ids, "life": 1, **drawn}), scale, streams["other_counts"])


def _loss_months(reason: str, size: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the months in which others leave for a reason: a rising rate before month 0, a steady one after it."""
    rate = size * LOSSES_A_MONTH * {**assumed.REASON_SHARES, **planted.OTHER_CAUSES}[reason]
    since, until = assumed.CONTRACTS_SINCE, assumed.STUDY_END + planted.LONGEST_FUTURE
    begin = assumed.LAST_LOSS if reason in STUDY_REASONS else assumed.FIRST_LOSS
    rising = since * (1 - np.sqrt(rng.uniform(size=rng.poisson(rate * -since / 2))))
    steady = rng.uniform(begin + 0.1, until, rng.poisson(rate * (until - begin)))
    found = [np.minimum(rising, -0.1), steady]
    if reason == "competitor":
        more = rng.poisson(rate * (planted.COMPETITOR_RATIO - 1) * planted.COMPETITOR_MONTHS)
        found.append(planted.COMPETITOR_ENTERS + rng.uniform(0, planted.COMPETITOR_MONTHS, more))
    return np.concatenate(found)


def _with_counts(lives: pd.DataFrame, scale: float, rng: np.random.Generator) -> pd.DataFrame:
    """Add margin, complaints and referrals, by the laws of the study's leavers."""
    n = len(lives)
    rates = {**dict.fromkeys(REASONS, COMPLAINT_RATES["price"]), **planted.COMPLAINTS}
    medians = {**dict.fromkeys(REASONS, np.mean([*MEDIAN_MARGIN.values()])), **MEDIAN_MARGIN}
    complaints = rng.poisson(lives["reason"].map(rates).to_numpy(float))
    median = scale * lives["reason"].map(medians).to_numpy(float)
    return lives.assign(
        margin=(median * np.exp(SD_LOG_MARGIN * rng.standard_normal(n))).round(2),
        complaints=complaints,
        complaints_resolved=rng.binomial(complaints, RESOLVED_SHARE),
        referrals=rng.poisson(REFERRAL_RATE, n),
        in_study=False,
    )


def _second_lives(lapsed: pd.DataFrame, outcomes: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Return the study's second lives: from the offer on, with reason, margin and tenure as there."""
    back = lapsed["returned"].to_numpy(bool)
    known, start = lapsed[back], study_days(lapsed)["offered"].to_numpy()[back]
    tenure = own_outcome(known["offer"], outcomes[back], "second_tenure")
    ended = known["second_ended"].to_numpy(bool)
    end = start + whole_days(np.where(ended, known["second_tenure"], tenure))
    rng = streams["second_lives"]
    lives = pd.DataFrame(
        {
            "customer_id": known["customer_id"].to_numpy(),
            "life": 2,
            "start": start,
            "end": np.where(ended, end, np.maximum(end, LAST_DAY + 1)),
            "reason": _later_reasons(len(known), rng),
        }
    )
    drawn = _with_counts(lives, 1.0, rng)  # by a reason drawn apart: so complaints stay what they were, everybody's
    reason = outcomes["second_reason"].astype(object).to_numpy()[back]
    return drawn.assign(reason=reason, margin=known["second_margin"].to_numpy(), in_study=True, told=False)


def own_outcome(offer: pd.Series, outcomes: pd.DataFrame, figure: str) -> np.ndarray:
    """Return a potential outcome of each customer under the offer that was sent."""
    arms = list(offer.cat.categories)
    found = np.column_stack([outcomes[f"{figure}_{arm}"] for arm in arms])
    return found[np.arange(len(offer)), offer.cat.codes.to_numpy()]


def _later_reasons(n: int, rng: np.random.Generator) -> np.ndarray:
    weights = np.array([*{**assumed.REASON_SHARES, **planted.OTHER_CAUSES}.values()])
    return np.array(REASONS, dtype=object)[rng.choice(len(REASONS), size=n, p=weights / weights.sum())]


def _told(others: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    return told_or_not(others) & (rng.uniform(size=len(others)) < planted.TOLD)


def told_or_not(lives: pd.DataFrame) -> np.ndarray:
    """Return which lives ended soon enough before the new service, for a cause that somebody can mend."""
    launch = day_of(planted.NEW_SERVICE)
    lost = lives["end"].between(day_of(planted.NEW_SERVICE - planted.NEW_SERVICE_LOST_SINCE), launch - SHORTEST_GAP)
    mendable = ~lives["reason"].isin(planted.NOBODY_CAN_MEND)
    return (lost & mendable & ~lives["in_study"] & (lives["life"] == 1)).to_numpy()


def _back_later(others: pd.DataFrame, second: pd.DataFrame, streams: Streams) -> pd.DataFrame:
    """Draw who comes back beside the study: by themselves, for the new service, or a third time."""
    rng = streams["back"]
    lives = pd.concat([others, second], ignore_index=True)
    of_service, is_second = told_or_not(lives), (lives["life"] == 2).to_numpy()
    chance = np.select(
        [is_second, of_service & lives["told"], of_service, lives["reason"].isin(planted.NOBODY_CAN_MEND)],
        [planted.BACK_AGAIN, planted.BACK_TOLD, planted.BACK_UNTOLD, 0.0],
        planted.BACK_BY_THEMSELVES,
    )
    after_service = day_of(planted.NEW_SERVICE) + rng.integers(1, planted.NEW_SERVICE_DAYS + 1, len(lives))
    by_themselves = lives["end"] + rng.integers(SHORTEST_GAP, LATEST_RETURN + 1, len(lives))
    start = np.where(of_service, after_service, by_themselves)
    back = (rng.uniform(size=len(lives)) < chance) & (start <= LAST_DAY)
    months = planted.MEDIAN_LATER_TENURE * np.exp(SD_LOG_FIRST_TENURE * rng.standard_normal(back.sum()))
    known = lives[back]
    later = pd.DataFrame(
        {
            "customer_id": known["customer_id"].to_numpy(),
            "life": known["life"].to_numpy() + 1,
            "start": start[back],
            "end": start[back] + whole_days(np.maximum(months, SHORTEST_TENURE)),
            "reason": _later_reasons(len(known), rng),
        }
    )
    drawn = _with_counts(later, 1.0, rng)
    return drawn.assign(margin=known["margin"].to_numpy(), in_study=known["in_study"].to_numpy(), told=False)
