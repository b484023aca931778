"""Are second lifetimes counted as long as enough are watched, and no longer?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.trial.watched import longest_watched


def trial_of(**months):
    """Return a trial in which all come back, each for so many months after an offer."""
    table = [(offer, stay) for offer, stays in months.items() for stay in stays]
    frame = pd.DataFrame(table, columns=["offer", "second_tenure"])
    frame = frame.assign(customer_id=range(len(frame)), returned=frame["second_tenure"].notna(), second_margin=10.0)
    frame["second_margin"] = frame["second_margin"].where(frame["returned"])
    frame["second_ended"] = np.where(frame["returned"], np.arange(len(frame)) % 2 == 0, None)
    offers = [wb.Offer(name=name, amount=10.0, paid="on_acceptance") for name in months if name != "none"]
    return wb.read_trial(frame, offers, horizon_months=6, annual_discount=0)


LONG, SHORT, AWAY = [30.0] * 150, [14.0] * 150, [np.nan] * 50


@pytest.mark.parametrize(
    ("months", "longest"),
    [
        ({"a": LONG + AWAY}, 24),
        ({"a": LONG + AWAY, "b": SHORT + AWAY}, 12),  # the offer that was watched least decides
        ({"a": LONG + AWAY, "none": [8.0] * 20 + AWAY}, 24),  # who was sent nothing does not
        ({"a": LONG[:99] + [3.0] * 100}, None),  # one too few after more than a quarter of a year
        ({"a": LONG[:100] + [3.0] * 100}, 24),
        ({"a": LONG[:60] + AWAY}, None),
    ],
)
def test_a_hundred_of_every_offer_are_still_watched_at_the_end(months, longest):
    assert longest_watched(trial_of(**months)) == longest
