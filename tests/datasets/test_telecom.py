"""Does the study show what was published, exactly, and what was planted in it, beyond chance?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.tables import LAPSED

ARMS = ("discount", "upgrade", "bundle", "tailored")
COSTS = {"discount": 120, "upgrade": 105, "bundle": 225}
KNOWN_BEFORE = (
    "first_tenure",
    "first_margin",
    "referrals",
    "complaints",
    "complaints_resolved",
    "months_away",
    "contact_attempts",
    "followed",
)


@pytest.fixture(scope="module")
def offered(study):
    """Everyone who was sent an offer, with true second tenure and margin under that very offer."""
    table, truth = study.lapsed, study.truth.potential_outcomes
    offer = table["offer"].astype(object)
    own = {
        name: np.select([offer == arm for arm in ARMS], [truth[f"{name}_{arm}"] for arm in ARMS])
        for name in ("second_tenure", "second_margin")
    }
    unresolved = table["complaints"] > table["complaints_resolved"]
    kinds = np.select([unresolved, table["complaints"] > 0], ["unresolved", "resolved"], "none")
    return table.assign(
        offer=offer, complained=kinds, true_tenure=own["second_tenure"], true_margin=own["second_margin"]
    )[offer != "none"]


@pytest.fixture(scope="module")
def acceptors(offered):
    return offered[offered["returned"]]


def std_errors_apart(higher, lower):
    """By how many (Welch) standard errors one mean is above the other."""
    spread = np.sqrt(higher.var(ddof=1) / len(higher) + lower.var(ddof=1) / len(lower))
    return (higher.mean() - lower.mean()) / spread


# published


def test_the_groups_have_their_published_sizes(study):
    table = study.lapsed
    assert len(table) == 53_000
    assert table["eligible"].sum() == 45_000
    sizes = table[table["eligible"]].groupby("offer", observed=True).size()
    assert sizes.to_dict() == {**dict.fromkeys(ARMS, 10_000), "none": 5_000}


@pytest.mark.parametrize(
    ("arm", "n"), [("discount", 4_500), ("upgrade", 4_100), ("bundle", 4_700), ("tailored", 4_500)]
)
def test_success_is_exact(acceptors, arm, n):
    assert (acceptors["offer"] == arm).sum() == n


def test_organic_return_is_six_percent_held_out_and_two_percent_set_aside(study):
    untreated = study.lapsed.query("offer == 'none'").groupby("eligible")["returned"]
    assert untreated.sum().to_dict() == {True: 300, False: 160}


def test_nobody_set_aside_is_sent_an_offer(study):
    assert (study.lapsed.loc[~study.lapsed["eligible"], "offer"] == "none").all()


def value_of_an_acceptor(acceptors, arm, months):
    rows = acceptors[acceptors["offer"] == arm]
    return (rows["second_margin"] * np.minimum(rows["second_tenure"], months)).mean()


def cost_of_an_acceptor(acceptors, arm):
    by_reason = dict.fromkeys(("price", "service", "both"), arm)
    if arm == "tailored":
        by_reason = {"price": "discount", "service": "upgrade", "both": "bundle"}
    reasons = acceptors.loc[acceptors["offer"] == arm, "reason"].value_counts(normalize=True)
    return sum(share * COSTS[by_reason[reason]] for reason, share in reasons.items())


@pytest.mark.parametrize(("arm", "roi"), [("discount", 6.68), ("upgrade", 7.93), ("bundle", 3.02), ("tailored", 5.96)])
def test_roi_is_exact(study, acceptors, arm, roi):
    cost = cost_of_an_acceptor(acceptors, arm)
    value = value_of_an_acceptor(acceptors, arm, study.value_window)
    assert (value - cost) / cost == pytest.approx(roi, abs=2e-5)


@pytest.mark.parametrize(("arm", "profit"), [("discount", 360.72), ("upgrade", 341.3865), ("bundle", 319.365)])
def test_net_profit_per_offer_is_exact(study, acceptors, arm, profit):
    gained = value_of_an_acceptor(acceptors, arm, study.value_window) - COSTS[arm]
    success = (acceptors["offer"] == arm).sum() / 10_000
    assert success * gained == pytest.approx(profit, abs=1e-3)


def test_the_first_lifetime_value_is_1262(acceptors):
    assert (acceptors["first_margin"] * acceptors["first_tenure"]).mean() == pytest.approx(1262, abs=0.005)


def test_the_second_lifetime_value_is_1410_within_84_months(acceptors):
    value = acceptors["true_margin"] * np.minimum(acceptors["true_tenure"], 84)
    assert value.mean() == pytest.approx(1410, abs=0.005)


def test_second_lifetimes_are_longer_by_15_percent(acceptors):
    assert acceptors["true_tenure"].mean() / acceptors["first_tenure"].mean() == pytest.approx(1.15, abs=1e-5)


def test_the_published_figures_are_named_as_published(study):
    figures = study.assumptions.query("source == 'published'").set_index("name")["value"].to_dict()
    assert figures == {
        "leavers": 53_000,
        **{"success, discount": 0.45, "success, upgrade": 0.41, "success, bundle": 0.47, "success, tailored": 0.45},
        **{"ROI, discount": 6.68, "ROI, upgrade": 7.93, "ROI, bundle": 3.02, "ROI, tailored": 5.96},
        **{"cost, discount": 120, "cost, upgrade": 105, "cost, bundle": 225},
        **{"first lifetime value": 1262, "second lifetime value": 1410},
    }


# calendar


def test_customers_leave_within_seven_years_and_joined_at_most_five_years_before(study):
    table = study.lapsed
    left = 130 - table["followed"] - table["months_away"]
    assert left.between(-1e-9, 84 + 1e-9).all()
    assert (table["first_tenure"] <= left + 60 + 1e-9).all()


def test_offers_go_out_a_month_to_a_year_after_the_loss(study):
    assert study.lapsed["months_away"].agg(["min", "max"]).tolist() == [1, 12]


def test_everybody_is_followed_past_the_value_window(study):
    assert study.lapsed["followed"].min() == 34 > study.value_window


def test_who_is_still_here_has_the_tenure_seen_so_far(study):
    still = study.lapsed["returned"] & ~study.lapsed["second_ended"].fillna(True).astype(bool)
    assert still.sum() > 1_000
    assert (study.lapsed["second_tenure"] == study.lapsed["followed"])[still].all()


def test_second_lives_are_there_for_those_who_returned_and_for_nobody_else(study):
    table = study.lapsed
    for name in ("second_tenure", "second_ended", "second_margin"):
        assert (table[name].notna() == table["returned"]).all()


def test_what_is_observed_is_the_potential_outcome_under_the_offer_sent(study):
    table, truth = study.lapsed, study.truth.potential_outcomes
    assert (table["customer_id"] == truth["customer_id"]).all()
    for arm in (*ARMS, "none"):
        sent = table["offer"] == arm
        seen, true = table[sent], truth.loc[sent].filter(regex=f"_{arm}$")
        returned = true[f"returned_{arm}"]
        tenure, back = true[f"second_tenure_{arm}"][returned], seen[seen["returned"]]
        assert (seen["returned"] == returned).all()
        assert (back["second_tenure"] == np.minimum(tenure, back["followed"])).all()
        assert (back["second_ended"] == (tenure <= back["followed"])).all()
        assert (back["second_margin"] == true[f"second_margin_{arm}"][returned]).all()


def test_every_column_is_known(study):
    assert set(study.lapsed) <= {column.name for column in LAPSED}


def test_the_table_passes_the_check_unchanged_and_complete_but_for_the_chances_of_those_set_aside(study):
    needs = [name for name in study.lapsed if name not in ("offer_probability", "second_reason")]
    pd.testing.assert_frame_equal(wb.tables.check_lapsed(study.lapsed, needs), study.lapsed)
    promising = study.lapsed[study.lapsed["eligible"]]
    needs = [name for name in promising if name != "second_reason"]
    pd.testing.assert_frame_equal(wb.tables.check_lapsed(promising, needs), promising)


# planted


@pytest.mark.parametrize(("longer", "shorter"), [("upgrade", "discount"), ("discount", "bundle")])
def test_second_lives_last_longer_under(acceptors, longer, shorter):
    tenure = acceptors.groupby("offer")["true_tenure"]
    assert std_errors_apart(tenure.get_group(longer), tenure.get_group(shorter)) > 4


@pytest.mark.parametrize(
    ("column", "more", "less"),
    [("true_tenure", "price", "service"), ("true_margin", "service", "price")],
)
def test_returned_leavers_differ_by_reason(acceptors, column, more, less):
    groups = acceptors.groupby("reason", observed=True)[column]
    assert std_errors_apart(groups.get_group(more), groups.get_group(less)) > 4


@pytest.mark.parametrize(
    ("column", "more", "less"),
    [
        ("reason", "price", "service"),
        ("reason", "service", "both"),
        ("complained", "none", "unresolved"),
        ("complained", "resolved", "unresolved"),
    ],
)
def test_more_return_among(offered, column, more, less):
    groups = offered.groupby(column, observed=True)["returned"]
    assert std_errors_apart(groups.get_group(more), groups.get_group(less)) > 4


def test_more_return_among_those_who_referred_others(offered):
    referred = offered["referrals"] > 0
    assert std_errors_apart(offered["returned"][referred], offered["returned"][~referred]) > 4


# screening and random groups


def test_the_set_aside_left_for_both_reasons_and_unheard_far_more_often(study):
    table = study.lapsed
    both, unresolved = table["reason"] == "both", table["complaints"] > table["complaints_resolved"]
    promising = table["eligible"]
    assert both[~promising].mean() > 10 * both[promising].mean()
    assert unresolved[~promising].mean() > 2 * unresolved[promising].mean()


def test_chance_alone_decides_who_is_sent_what(study):
    promising = study.lapsed[study.lapsed["eligible"]]
    known = promising[[*KNOWN_BEFORE]].join(pd.get_dummies(promising["reason"].astype(str), dtype=float))
    apart = [
        std_errors_apart(known.loc[promising["offer"] == arm, name], known.loc[promising["offer"] != arm, name])
        for arm in (*ARMS, "none")
        for name in known
    ]
    assert len(apart) == 55
    assert max(map(abs, apart)) < 4


def test_the_probability_of_an_offer_is_its_share_of_the_promising(study):
    promising = study.lapsed[study.lapsed["eligible"]]
    chances = promising.groupby("offer", observed=True)["offer_probability"].unique().explode().to_dict()
    assert chances == {**dict.fromkeys(ARMS, 0.222222), "none": 0.111111}
    assert study.lapsed.loc[~study.lapsed["eligible"], "offer_probability"].isna().all()
