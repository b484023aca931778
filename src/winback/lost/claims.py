"""What has been said of why customers leave, and by whom? Claims, to be set beside what one's own data say."""

from __future__ import annotations

from typing import NamedTuple

SURVEY = "survey"  # as named by Peppers & Rogers; neither its questions nor whom it asked were consulted


class Claim(NamedTuple):
    """A figure that somebody has published, with the kind of evidence it rests on."""

    said: str
    low: float
    high: float
    evidence: str = SURVEY


INDIFFERENT = Claim("left over indifferent sales people", 0.60, 0.60)
POOR_SERVICE = Claim("left over poor service", 0.70, 0.70)
WERE_SATISFIED = Claim("had called themselves satisfied before they left", 0.80, 0.80)
EXCEPTIONAL_SELLER = Claim("likelier to stay with a seller found exceptional", 10.0, 15.0)
