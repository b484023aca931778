"""Does the sentence on the lost of a year say the number that its figure shows, however they had come?"""

import numpy as np
import pandas as pd
import pytest

from winback.lost.year_in_words import year_in_words

PERIODS = pd.DataFrame({"start": pd.to_datetime(["2023-01-01"]), "end": pd.to_datetime(["2023-12-31"])})


@pytest.mark.parametrize("money", [np.nan, 1234.0])
@pytest.mark.parametrize(
    ("n", "lost", "within", "said"),
    [
        (
            50,
            10,
            3,
            "13 customers were lost{who}: 10 of the 50 here at its start (20.0%) and 3 who joined since",
        ),
        (50, 10, 0, "10 of the 50 customers here at its start were lost (20.0%){they}"),
        (50, 1, 0, "1 of the 50 customers here at its start was lost (2.0%){they}"),
        (0, 0, 3, "3 customers were lost, all of whom joined since{they}"),
        (50, 0, 1, "1 customer was lost{who}: 0 of the 50 here at its start (0.0%) and 1 who joined since"),
    ],
)
def test_all_the_lost_are_counted_first_and_then_their_parts(n, lost, within, said, money):
    row = pd.Series({"n": n, "n_lost": lost, "share": lost / (n or np.nan), "n_lost_within": within, "money": money})
    brought = "" if np.isnan(money) else "had brought in $1,234 in the year before they left"
    parts = {"who": brought and f", who {brought}", "they": brought and f"; they {brought}"}
    assert year_in_words(row, PERIODS) == f"in the year to 2023-12-31, {said.format(**parts)}"
