"""Do second reasons follow the law of repeat churn, and does the base tell the same ones?"""

import numpy as np
import pandas as pd
import pytest

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.second_reasons import REASONS, draw_second_reasons

N = 400_000


def lives_by_the_law(first, rng):
    """Return length and reason of stays drawn forwards: who is cured first, then the earliest of all reasons."""
    shares = np.array([*planted.OTHER_CAUSES.values()])
    scales = {name: scale for name, scale in assumed.SECOND_SCALES.items()}
    cured = rng.random(N) < assumed.CURED[first]
    months = np.empty((N, len(REASONS)))
    for place, reason in enumerate(REASONS):
        if reason in scales:
            months[:, place] = scales[reason] * rng.weibull(assumed.SECOND_SHAPE, N)
        else:  # the earliest of all others is Weibull, its cause drawn by the shares
            rate = planted.OTHER_CAUSES[reason] / shares.sum()
            spread = rng.exponential(size=N) / rate
            months[:, place] = assumed.OTHER_SECOND_SCALE * spread ** (1 / assumed.OTHER_SECOND_SHAPE)
        if reason in assumed.CURED_OF[first]:
            months[cured, place] = np.inf
    return months.min(axis=1), months.argmin(axis=1)


@pytest.mark.parametrize("first", assumed.REASON_SHARES)
def test_reasons_drawn_given_the_length_are_those_of_lives_drawn_forwards(first):
    rng = np.random.default_rng(1)
    months, place = lives_by_the_law(first, rng)
    drawn = draw_second_reasons(pd.Series([first] * N), months, rng).codes
    for low, high in ((0, 10), (10, 30), (30, 80), (80, np.inf)):
        rows = (months > low) & (months <= high)
        for reason in range(len(REASONS)):
            share = (place[rows] == reason).mean()
            error = np.sqrt(2 * share * (1 - share) / rows.sum())
            assert (drawn[rows] == reason).mean() == pytest.approx(share, abs=4.5 * error + 1e-12)


def test_the_table_and_the_base_tell_the_same_reasons_of_those_who_have_left(study):
    lapsed = study.lapsed
    left = lapsed["returned"] & lapsed["second_ended"].fillna(False)
    assert (lapsed["second_reason"].notna() == left).all()
    seen = study.base.lapsed(sent=study.sent).to_frame().set_index("customer_id")["second_reason"].dropna()
    own = lapsed.set_index("customer_id")["second_reason"].astype(object)
    assert len(seen) > 0.99 * left.sum()
    assert (seen.astype(object) == own[seen.index]).all()
