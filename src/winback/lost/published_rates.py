"""What do others lose, and how many come back to them? Published figures, each with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A figure of others beside which one's own is set."""

    kind: str  # of figure: lost or net (a share in so many months), returned (within so many months of the loss), gains
    months: float
    shares: tuple[float, float]  # lowest and highest
    whose: str
    evidence: str  # an article, survey of a company, one company, rule of thumb; whether it could be looked up
    source: str = ""  # where it stands; empty where nothing was found that could be looked up

    def words_for(self, months: float) -> str:
        """Say what the figure is, for so many months."""
        span = {12: "a year", 1: "a month"}.get(months, f"{months:g} months")
        return {
            "lost": f"lost in {span}",
            "net": f"lost in {span}, less those who came back",
            "returned": f"back within {span} of the loss",
            "ever": "back at any time",
            "gains": "of those who came, had been customers before",
        }[self.kind]


ARTICLE, SURVEY = "an article", "survey of a company"
UNCHECKED = "as consultants tell it, not checked"
ONE, RULE = f"one company, {UNCHECKED}", f"rule of thumb, {UNCHECKED}"
_STREAMING = "streaming subscribers (Antenna 2024)"
_APPS = "app subscriptions, {} plans (RevenueCat 2026)"
_HBR = "https://hbr.org/2016/03/winning-back-lost-customers"
_CHURN = "https://antenna.live/post/a-case-for-rethinking-churn"
_RETURNS = "https://screenvoice.cz/en/foreign-news/streamers-doing-a-better-job-of-winning-back-departed-viewers"
_REVENUECAT = "https://revenuecat.github.io/codelabs/monetization-success-formula/reactivation/index.html"
PUBLISHED = (
    Published("lost", 12, (0.09, 0.11), "excellent firms", RULE),
    Published("lost", 1, (0.03, 0.03), "mobile telephony, at its worst", ARTICLE, source=_HBR),
    Published("lost", 1, (0.052, 0.052), _STREAMING, SURVEY, source=_CHURN),
    Published("net", 1, (0.035, 0.035), _STREAMING, SURVEY, source=_CHURN),
    Published("gains", 1, (1 / 3, 1 / 3), _STREAMING, SURVEY, source=_CHURN),
    Published("returned", 3, (0.25, 0.25), _STREAMING, SURVEY, source=_RETURNS),
    Published("returned", 6, (0.34, 0.34), _STREAMING, SURVEY, source=_RETURNS),
    Published("returned", 12, (0.45, 0.45), _STREAMING, SURVEY, source=_RETURNS),
    Published("returned", 12, (0.201, 0.201), _APPS.format("monthly"), SURVEY, source=_REVENUECAT),
    Published("returned", 12, (0.09, 0.09), _APPS.format("weekly"), SURVEY, source=_REVENUECAT),
    Published("returned", 12, (0.052, 0.052), _APPS.format("yearly"), SURVEY, source=_REVENUECAT),
    Published("ever", 1, (0.9, 0.9), "ten clients of an agency who had gone to freelancers", ONE),
)


def over_months(share: float, months: float, instead: float) -> float:
    """Return the share lost in another time at the same rate.

    Examples
    --------
    >>> round(over_months(0.03, 1, 12), 3), round(over_months(0.09, 12, 1), 4)
    (0.306, 0.0078)
    """
    return 1 - (1 - share) ** (instead / months)
