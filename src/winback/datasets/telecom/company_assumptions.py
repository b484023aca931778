"""What is planted in the company around the study's leavers? All of it is assumed, and named as assumed.

Shares are of customers or of lives; a ratio multiplies the hazard of leaving within a window of days after a moment.
"""

from __future__ import annotations

import math

# Why others leave: losses a month for each loss a month with one of the study's reasons
OTHER_CAUSES = {
    "competitor": 0.16,
    "quality": 0.10,
    "indifference": 0.08,
    "needs changed": 0.08,
    "moved": 0.06,
    "died": 0.02,
    "closed": 0.02,
}
NOBODY_CAN_MEND = ("moved", "died", "closed")
LONGEST_FUTURE = 240.0  # months after the end of the study that losses are drawn for: they are the customers still here
COMPETITOR_ENTERS, COMPETITOR_MONTHS, COMPETITOR_RATIO = 40.0, 12.0, 2.0  # losses to the competitor while it is new

WELCOME_SHARES = {6: 0.10, 12: 0.30}  # length of the welcome discount in months: share of first lives
WELCOME_RATIO, WELCOME_DAYS, WELCOME_AMOUNT = 2.5, 61, 10.0
TERM_MONTHS, TERM_SHARE, TERM_RATIO, TERM_DAYS = 24, 0.40, 1.8, 31
PRICE_CHANGES, PRICE_SHARE, PRICE_RATIO, PRICE_DAYS, PRICE_AMOUNT = (30.0, 66.0, 102.0), 0.30, 1.6, 61, 3.0

COMPLAINTS = {"service": 0.80, "both": 0.90, "quality": 0.80, "indifference": 0.60}  # a life; others as for price
COMPLAINT_RATIO, COMPLAINT_DAYS, SETTLED_RATIO = 6.0, 91, 1.0
REFERRAL_RATIO, REFERRAL_DAYS, REFERRAL_AGE = 1.0, 61, 30.0  # mean age in days

NEW_SERVICE, NEW_SERVICE_DAYS = 97.0, 183  # month of the launch; days within which they are back
NEW_SERVICE_LOST_SINCE = 36.0  # months before the launch
TOLD, BACK_TOLD, BACK_UNTOLD = 0.50, 0.12, 0.02
BACK_BY_THEMSELVES, BACK_AGAIN = 0.03, 0.04  # other leavers; those who ended a second life
MEDIAN_LATER_TENURE = 25.0  # months, of lives after the first that the study does not tell

PLAN_CHANGES, GAP_AT_CHANGE, LONGEST_GAP_AT_CHANGE = 0.12, 0.30, 28  # share of lives in two contracts; with a gap; days

N_TEAMS, TEAM_SIZE = 14, 3
SERVED_ALONE, SERVED_BY_TEAM = 0.24, 0.08  # shares of lives; all others have no manager of their own
DEPARTURES = (9.0, 18.0, 27.0, 37.0, 46.0, 55.0, 64.0, 73.0, 82.0, 91.0, 103.0, 115.0)  # months, one in a team
ALONE_RATIO, TEAM_RATIO, MANAGER_DAYS = 4.0, 1.3, 92
N_INDIFFERENT, INDIFFERENT_RATIO = 2, 6.0  # managers; losses for indifference among their customers

SURVEYS, ASKED = (12.0, 36.0, 60.0, 84.0, 108.0), 0.15
STAY_DAYS = 365
SATISFIED = {True: 0.83, False: 0.80}  # 4 or 5 of 5, by whether the customer stays for a year
TOP_RATED_STAYERS, RATING_ODDS = 0.60, 12.0  # 5 of 5; odds of staying for a year against all other ratings

VOLUME_SAMPLE, VOLUME_MONTHS = 20_000, ("2011-03", "2012-02")
SHRINKS, SHRINKING = (
    0.50,
    (0.40, 0.55, 0.70, 0.85),
)  # leavers whose volume shrinks; factor in the last months, last first
SD_LOG_VOLUME_LEVEL, SD_LOG_VOLUME = 0.60, 0.20

EFFORT_YEAR = 2015
LOW_PROFIT, LOW_HOURS, HOURS_EACH, HOURS_SHAPE = 0.145, 0.60, 4.0, 2.0

TEXT_SHARE = 0.60  # of those lost
REPORTED_BY = {"customer": 0.75, "employee": 0.25}
UNTRUE = {("customer", False): 0.04, ("customer", True): 0.20, ("employee", False): 0.10, ("employee", True): 0.40}
WENT_TO_KNOWN = 0.50
COMPETITORS = {"Northtel": 0.5, "Vox Mobile": 0.3, "Fonix": 0.2}

# After which moments does the hazard of leaving, or of coming back, jump? Event, among whom, ratio, days
MOMENTS = (
    ("welcome_discount_end", "", WELCOME_RATIO, WELCOME_DAYS),
    ("renewal", "", TERM_RATIO, TERM_DAYS),
    ("price_change", "", PRICE_RATIO, PRICE_DAYS),
    ("complaint", "", COMPLAINT_RATIO, COMPLAINT_DAYS),
    ("complaint_resolved", "", SETTLED_RATIO, COMPLAINT_DAYS),
    ("referral", "", REFERRAL_RATIO, REFERRAL_DAYS),
    ("manager_left", "served alone", ALONE_RATIO, MANAGER_DAYS),
    ("manager_left", "served by a team", TEAM_RATIO, MANAGER_DAYS),
    ("new_service", "", math.log1p(-BACK_TOLD) / math.log1p(-BACK_UNTOLD), NEW_SERVICE_DAYS),
)


def company_figures() -> list[tuple]:
    """Return name, value, unit and meaning of everything planted in the company."""
    return [*_lives(), *_moments(), *_people(), *_words()]


def _lives() -> list[tuple]:
    return [
        *(
            (f"leavers for {name}", share, "per loss for one of the study's reasons", "beside the study, a month")
            for name, share in OTHER_CAUSES.items()
        ),
        ("a new competitor", COMPETITOR_RATIO, "ratio", "losses to competitors within its first months"),
        ("a new competitor comes", COMPETITOR_ENTERS, "month", ""),
        ("a new competitor is new for", COMPETITOR_MONTHS, "months", ""),
        ("back by themselves", BACK_BY_THEMSELVES, "share", "leavers beside the study, but those nobody can mend"),
        ("back a third time", BACK_AGAIN, "share", "of second lives of the study that ended"),
        ("new service", NEW_SERVICE, "month", "some of those lost beside the study are told of it"),
        ("told of the new service", TOLD, "share", "drawn at random, lost within 36 months"),
        ("back for the new service", BACK_TOLD, "share", "told, and back within half a year"),
        ("back without being told", BACK_UNTOLD, "share", "not told, and back within half a year"),
        ("median later tenure", MEDIAN_LATER_TENURE, "months", "later lives that the study does not tell"),
        ("change of contract", PLAN_CHANGES, "share", "lives in two contracts, at most 28 days apart"),
    ]


def _moments() -> list[tuple]:
    return [
        *(
            (f"welcome discount, {months} months", share, "share", "first lives")
            for months, share in WELCOME_SHARES.items()
        ),
        ("end of the welcome discount", WELCOME_RATIO, "hazard ratio", "61 days after it"),
        ("contract with a term", TERM_SHARE, "share", "first lives, renewed every 24 months"),
        ("renewal", TERM_RATIO, "hazard ratio", "31 days after it"),
        ("customers of a price change", PRICE_SHARE, "share", "of three, in months 30, 66 and 102"),
        ("price change", PRICE_RATIO, "hazard ratio", "61 days after it"),
        *((f"complaints, {reason}", rate, "per life", "beside the study") for reason, rate in COMPLAINTS.items()),
        ("complaint", COMPLAINT_RATIO, "hazard ratio", "91 days after it; whoever complains does so on days in a row"),
        ("complaint was settled", SETTLED_RATIO, "hazard ratio", "settled on its day; beside a complaint that was not"),
        ("referral", REFERRAL_RATIO, "hazard ratio", "no effect, at a rate that falls with age"),
        ("mean age at a referral", REFERRAL_AGE, "days", "of lives that go on; the number does not depend on the end"),
        ("shrinking volume", SHRINKS, "share", "of those who leave, but those nobody can mend"),
        *(
            (f"volume, {place} months before", factor, "ratio", "where it shrinks; whole months before the loss")
            for place, factor in enumerate(SHRINKING, start=1)
        ),
        ("sample with volume", VOLUME_SAMPLE, "customers", "at random of all who were here in these 12 months"),
    ]


def _people() -> list[tuple]:
    return [
        ("served by one manager", SERVED_ALONE, "share", "lives"),
        ("served by a team", SERVED_BY_TEAM, "share", "lives; three managers each"),
        ("managers who leave", len(DEPARTURES), "managers", f"of {N_TEAMS * TEAM_SIZE}, in {N_TEAMS} teams"),
        ("manager left, served alone", ALONE_RATIO, "hazard ratio", "92 days after it"),
        ("manager left, served by a team", TEAM_RATIO, "hazard ratio", "92 days after it"),
        ("indifferent managers", N_INDIFFERENT, "managers", ""),
        ("losses for indifference", INDIFFERENT_RATIO, "ratio", "customers of an indifferent manager"),
        ("satisfied stayers", SATISFIED[True], "share", "4 or 5 of 5, and still here a year later"),
        ("satisfied leavers", SATISFIED[False], "share", "4 or 5 of 5, and lost within a year"),
        ("rating of the seller", RATING_ODDS, "odds ratio", "of staying for a year, 5 of 5 against less"),
        ("hours on low profits", LOW_HOURS, "share", f"of the managers' hours of {EFFORT_YEAR}"),
        ("low profits", LOW_PROFIT, "share", f"of the profit of {EFFORT_YEAR}, customers with the lowest"),
    ]


def _words() -> list[tuple]:
    return [
        ("exit texts", TEXT_SHARE, "share", "of losses; in English, German, French and Russian"),
        *((f"reported by {who}", share, "share", "of losses with a text") for who, share in REPORTED_BY.items()),
        *(
            (
                f"untrue, {who}, {'complained' if complained else 'no complaint'}",
                share,
                "share",
                "said price; it was an indifferent employee",
            )
            for (who, complained), share in UNTRUE.items()
        ),
        ("where they went is known", WENT_TO_KNOWN, "share", "of losses for price or to a competitor"),
    ]
