"""Which lost accounts were a large part of turnover, and what became of them?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.contract_lives import dates_of
from winback.lost.stays import Stays
from winback.periods import DAYS_IN_YEAR


def lost_accounts(stays: Stays, share: float, since: int) -> pd.DataFrame:
    """Return the losses since a day of those who were a share of turnover or more, the largest first.

    ``money`` is what each brought in within the year before they left, ``share`` its part of what all brought in then;
    ``returned_on``, ``money_back`` and ``share_back`` are the same of the last year of the stay that followed. Nobody
    is judged before the base had been watched for a year.
    """
    begun = int(stays.start.min()) + DAYS_IN_YEAR
    part = stays.money / np.where(stays.turnover > 0, stays.turnover, np.nan)
    rows = np.flatnonzero(stays.lost & (stays.end >= max(since, begun)) & (np.nan_to_num(part) >= share))
    rows = rows[np.argsort(-part[rows], kind="stable")]
    following = np.minimum(rows + 1, len(part) - 1)
    back = (following > rows) & (stays.customer[following] == stays.customer[rows])
    groups = stays.spells.at(stays.customer[rows], stays.end[rows])
    frame = pd.DataFrame(
        {
            "customer_id": stays.ids[stays.customer[rows]],
            "group": [stays.names[code] if code >= 0 else None for code in groups],
            "lost_on": dates_of(stays.end[rows]),
            "money": stays.money[rows],
            "share": part[rows],
            "returned_on": pd.Series(dates_of(stays.start[following])).where(back),
            "money_back": np.where(back, stays.money[following], np.nan),
            "share_back": np.where(back, part[following], np.nan),
        }
    )
    return frame if len(stays.names) > 1 else frame.drop(columns="group")
