"""Which figures of the telecom study were published, and which are assumed?

Published: Kumar, Bhagwat & Zhang, Harvard Business Review, March 2016, and Journal of Marketing 79(4), 2015.
Everything else is an assumption of this simulation, named as one.
"""

from __future__ import annotations

import pandas as pd

from winback.datasets.telecom.company_assumptions import company_figures
from winback.terms.catalog import Offer, OfferCatalog

OFFERS = (
    Offer(name="discount", amount_per_month=20, months=6, paid="on_acceptance"),
    Offer(name="upgrade", amount_per_month=35, months=3, paid="on_acceptance"),
    Offer(name="bundle", amount=225, months=6, paid="on_acceptance"),
    Offer(
        name="tailored",
        tailored_by="reason",
        tailored={"price": "discount", "service": "upgrade", "both": "bundle"},
    ),
)
ARMS = tuple(offer.name for offer in OFFERS)

N_LEAVERS = 53_000
GROUP_SHARES = {**{arm: 10_000 / N_LEAVERS for arm in ARMS}, "none": 5_000 / N_LEAVERS}  # the rest is set aside
SUCCESS = {"discount": 0.45, "upgrade": 0.41, "bundle": 0.47, "tailored": 0.45}
ROI = {"discount": 6.68, "upgrade": 7.93, "bundle": 3.02, "tailored": 5.96}
FIRST_VALUE, SECOND_VALUE = 1262.0, 1410.0

# Calendar, in months
CONTRACTS_SINCE, FIRST_LOSS, LAST_LOSS, STUDY_END = -60.0, 0.0, 84.0, 130.0
MONTHS_AWAY = (1.0, 12.0)

REASON_SHARES = {"price": 0.45, "service": 0.40, "both": 0.15}
ORGANIC_RETURN, ORGANIC_RETURN_SET_ASIDE = 0.06, 0.02
TENURE_RATIO = 1.15
SECOND_VALUE_MONTHS = 84.0
DEAL_SEEKERS = 0.10

# Leaving again: who is cured of the first reason, of what one is then cured, and Weibull hazards by reason (months)
CURED = {"price": 0.45, "service": 0.65, "both": 0.55}
CURED_OF = {"price": ("price", "both"), "service": ("service", "both"), "both": ("price", "service", "both")}
SECOND_SCALES, SECOND_SHAPE = {"price": 75.0, "service": 78.0, "both": 130.0}, 1.4
OTHER_SECOND_SCALE, OTHER_SECOND_SHAPE = 95.0, 1.3  # of all other causes together

# Correlations of the three errors (return, log tenure, margin) and spreads of the last two
RHO_RETURN_TENURE, RHO_RETURN_MARGIN, RHO_TENURE_MARGIN = 0.30, 0.20, -0.10
SD_LOG_TENURE, SD_MARGIN = 0.75, 12.0

# Coefficients of the three equations; `unresolved` = complaints - complaints_resolved
RETURN_EFFECTS = {
    "service": -0.30,
    "both": -1.25,
    "referrals": 0.20,
    "unresolved": -0.40,
    "complaints_resolved": -0.03,
    "contact_attempts": 0.20,
    "months_away": -0.06,
}
TENURE_EFFECTS = {
    "service": -0.19,
    "both": -0.19,
    "log_first_tenure": 0.10,
    "referrals": 0.05,
    "unresolved": -0.06,
    "offer_upgrade": 0.14,
    "offer_bundle": -0.14,
}
MARGIN_EFFECTS = {"first_margin": 0.40, "service": 3.0, "both": 4.0, "referrals": 1.0}

# What a reader must know of the data, and what was planted in them, by what it is about
CAVEAT = (
    "The telecom study is simulated: its published figures are built in and hold exactly, so that they come out is no "
    "finding; what lies between them is assumed, and listed beside the data. Its {:.1f} months were solved "
    "for, so that the published ROI, counted over them, and the published value of a second lifetime, counted over "
    "{:g}, hold together: they are no business horizon."
)
BUILT_IN = {
    "day of the return": "in this simulation all return on the very day of the offer, so that payback is too soon",
    "tailored": "it is built into the simulated data, so that the published ROI holds, and nothing published says why",
    "months away": "in this simulation the chance of return falls with every month away, with every offer and without "
    "one, and delays were drawn at random",
    "leaving again": "that some of those who returned are cured of what drove them away, and that others came for the "
    "offer and leave with it, is built in, so that it can be seen whether it is found; second stays are log-normal "
    "here, which no Weibull hazard is.",
}


def _published() -> list[tuple]:
    return [
        ("leavers", N_LEAVERS, "customers", "more than this many left over seven years"),
        *((f"success, {arm}", SUCCESS[arm], "share", "accepted the offer") for arm in ARMS),
        *((f"ROI, {arm}", ROI[arm], "ratio", "gross, (value - cost) / cost") for arm in ARMS),
        *((f"cost, {offer.name}", offer.full_cost, "$", "per acceptor") for offer in OFFERS[:3]),
        ("first lifetime value", FIRST_VALUE, "$", "average"),
        ("second lifetime value", SECOND_VALUE, "$", "average"),
    ]


def _assumed() -> list[tuple]:
    return [
        *((f"leavers for {name}", share, "share", "stated reason") for name, share in REASON_SHARES.items()),
        ("first contract", CONTRACTS_SINCE, "month", "no contract starts earlier; losses are counted from 0"),
        ("last loss", LAST_LOSS, "month", "seven years of losses"),
        ("earliest offer", MONTHS_AWAY[0], "months after the loss", "uniform up to the latest"),
        ("latest offer", MONTHS_AWAY[1], "months after the loss", ""),
        ("end of the study", STUDY_END, "month", "every offered customer is followed for at least 34 months"),
        ("held out at random", GROUP_SHARES["none"] * N_LEAVERS, "customers", "promising, never contacted"),
        ("organic return", ORGANIC_RETURN, "share", "held out, and back without an offer"),
        ("organic return, set aside", ORGANIC_RETURN_SET_ASIDE, "share", "not promising, never contacted"),
        (
            "from the offer to the return",
            0.0,
            "months",
            "who returns is back on the day of the offer: payback is too soon",
        ),
        ("tenure ratio", TENURE_RATIO, "ratio", "mean second over mean first tenure of those who returned"),
        ("first value counted over", float("inf"), "months", "first lifetimes of those who returned, uncapped"),
        ("second value counted over", SECOND_VALUE_MONTHS, "months", "known to the truth only"),
        ("deal seekers", DEAL_SEEKERS, "share of acceptors", "leave within 2 months of their offer's end"),
        *((f"cured, left for {name}", share, "share", "of those who returned") for name, share in CURED.items()),
        *((f"leaving again for {name}", scale, "months", "Weibull scale") for name, scale in SECOND_SCALES.items()),
        ("leaving again, shape", SECOND_SHAPE, "", "Weibull, for price, service and both"),
        ("leaving again for another cause", OTHER_SECOND_SCALE, "months", "Weibull scale, of all such causes together"),
        ("leaving again for another cause, shape", OTHER_SECOND_SHAPE, "", "Weibull, for each of them"),
        ("correlation return-tenure", RHO_RETURN_TENURE, "", "of the unexplained parts"),
        ("correlation return-margin", RHO_RETURN_MARGIN, "", "of the unexplained parts"),
        ("correlation tenure-margin", RHO_TENURE_MARGIN, "", "of the unexplained parts"),
        ("sd of log tenure", SD_LOG_TENURE, "log months", "unexplained part"),
        ("sd of margin", SD_MARGIN, "$ per month", "unexplained part"),
        *((f"effect on return: {term}", size, "probit", "") for term, size in RETURN_EFFECTS.items()),
        *((f"effect on tenure: {term}", size, "log months", "") for term, size in TENURE_EFFECTS.items()),
        *((f"effect on margin: {term}", size, "$ per month", "") for term, size in MARGIN_EFFECTS.items()),
    ]


def assumptions_frame() -> pd.DataFrame:
    """Return every figure behind the study: name, value, unit, source (published or assumed) and meaning."""
    found = {"published": _published(), "assumed": [*_assumed(), *company_figures()]}
    rows = [(*row[:3], source, row[3]) for source, figures in found.items() for row in figures]
    return pd.DataFrame(rows, columns=["name", "value", "unit", "source", "meaning"])


def telecom_offers(value_window: float) -> OfferCatalog:
    """Return the four offers, with the window in which their value is counted."""
    return OfferCatalog(OFFERS, currency="$", horizon_months=value_window, annual_discount=0.0)
