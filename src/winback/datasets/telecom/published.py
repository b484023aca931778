"""What did the telecom study answer to its four questions? As published, in words and as a table of its offers.

Figures are those of `winback.datasets.telecom.assumptions`, where each is typed once.
"""

from __future__ import annotations

import pandas as pd

from winback.datasets.telecom import assumptions as known
from winback.money import format_alike
from winback.results import format_percent, join_words

WHOSE = "Kumar, Bhagwat & Zhang, Harvard Business Review, March 2016"
MORE = "price"  # of reasons, who came back more often than the others, as published in words
LESS = "service"
FUTILE = "both"  # who left for both reasons
JUDGED = f"Firms judge well who will return and badly who is worth it, as is reported ({WHOSE}; not checked here)"


def published_offers() -> pd.DataFrame:
    """Return the offers whose costs were published, as for `winback.offer_economics`; due on acceptance.

    Examples
    --------
    >>> published_offers()[["offer", "acceptance", "cost", "roi"]].to_numpy().tolist()[0]
    ['discount', 0.45, 120.0, 6.68]
    """
    rows = [
        {"offer": offer.name, "acceptance": known.SUCCESS[offer.name], "cost": offer.full_cost}
        | {"roi": known.ROI[offer.name], "paid": offer.paid}
        for offer in known.OFFERS
        if offer.tailored_by is None
    ]
    return pd.DataFrame(rows)


def published_answers() -> dict[int, str]:
    """Return what the study answered, by the number of the question.

    Examples
    --------
    >>> published_answers()[2]
    'worth $1,262 in the first life, $1,410 in the second, which is mostly longer'
    """
    first, second = format_alike((known.FIRST_VALUE, known.SECOND_VALUE))
    back, roi = (format_percent(figures["tailored"], 0) for figures in (known.SUCCESS, known.ROI))
    each = [f"{offer} {format_percent(figure, 0)}" for offer, figure in known.ROI.items()]
    most = max(known.SUCCESS, key=known.SUCCESS.__getitem__)
    return {
        1: f"{MORE} more than {LESS}; {FUTILE} reasons: futile",
        2: f"worth {first} in the first life, {second} in the second, which is mostly longer",
        3: f"tailored by reason: {back} came back, gross ROI {roi}",
        4: f"gross ROI {join_words(each)}; the {most} won back most",
    }
