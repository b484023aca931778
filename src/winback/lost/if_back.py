"""What would come in if some of the lost came back? A scenario: which share will, no table of losses says."""

from __future__ import annotations

from winback.money import format_alike
from winback.results import format_percent, join_words

SHARES = (
    0.05,
    0.1,
    0.2,
)  # who come back, or come back beyond those who do anyway: from few to as many as for good offers


def if_back(total: float, currency: str = "$") -> str:
    """Say what so many of those would bring who would bring a total if all came back.

    Examples
    --------
    >>> if_back(1_000_000.0)
    '$50,000 if 5% of them came back, $100,000 if 10% and $200,000 if 20%'
    """
    amounts = format_alike([share * total for share in SHARES], currency)
    first, *others = zip(amounts, (format_percent(share, 0) for share in SHARES), strict=True)
    return join_words(
        [f"{first[0]} if {first[1]} of them came back", *(f"{money} if {share}" for money, share in others)]
    )
