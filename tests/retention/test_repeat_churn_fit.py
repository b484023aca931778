"""Does a fit of repeat churn say of customers what its law says, and what became of them?"""

import dataclasses

import numpy as np
import pytest
from repeat_churners import REASONS, churners

import winback as wb
from winback.retention.repeat_churn_sample import for_words
from winback.retention.repeat_churn_words import headline, left_again, soon_left
from winback.retention.watch_list import WatchTerms, watch_list

FORMULAS = {"formula": "reason + complaints", "hazards": "fast"}


@pytest.fixture(scope="module")
def table():
    return churners(6_000, 1)


@pytest.fixture(scope="module")
def fit(table):
    return wb.fit_repeat_churn(table, **FORMULAS)


@pytest.mark.slow
def test_chances_are_those_of_simulated_customers(fit):
    drawn = churners(20_000, 2, watched=(200, 201))
    for horizon in (6.0, 24.0):
        found = fit.predict(drawn, horizon)
        left = (drawn["second_tenure"] <= horizon).to_numpy() & drawn["second_ended"].to_numpy()
        for reason in REASONS:
            happened = left & (drawn["second_reason"] == reason).to_numpy()
            error = np.sqrt(happened.mean() / 6_000 + happened.mean() / 20_000)
            assert found[reason].mean() == pytest.approx(happened.mean(), abs=4 * error)
    assert found[list(REASONS)].sum(axis=1).to_numpy() == pytest.approx(found["chance"].to_numpy(), abs=1e-12)


def test_chances_after_some_months_follow_from_those_before(fit, table):
    some = table.head(50)
    early, late, whole = (fit.predict(some, months)["chance"] for months in (5.0, 12.0, 17.0))
    later = fit.predict(some, 12.0, after_months=5.0)["chance"]
    np.testing.assert_allclose((1 - early) * (1 - later), 1 - whole, rtol=1e-10)
    assert (late < whole).all()


def test_who_is_susceptible_is_told_apart(fit, table):
    """Posterior chances are right on average, in every fifth of them, on the truth that only the draw knows."""
    found = fit.susceptible(table)
    truth = table["susceptible"].to_numpy()
    fifths = np.array_split(np.argsort(found["now"].to_numpy(), kind="stable"), 5)
    for rows in fifths:
        chance = found["now"].to_numpy()[rows]
        error = np.sqrt((chance * (1 - chance)).sum()) / len(rows)
        assert truth[rows].mean() == pytest.approx(chance.mean(), abs=4 * error + 0.02)  # of the fit itself
    known = fit.sample.again
    assert (found["now"][known] == 1).all()
    here = ~table["second_ended"].to_numpy()
    assert (found["now"] < found["on_return"])[here].all()


def test_fitted_incidence_goes_with_what_was_observed(fit):
    frame = fit.incidence
    assert set(frame["reason"]) == set(REASONS)
    assert np.abs(frame["fitted"] - frame["observed"]).max() < 0.02
    assert ((frame["low"] <= frame["observed"]) & (frame["observed"] <= frame["high"])).all()


def test_sentences_name_reasons_as_people_do(fit):
    said = fit.describe().splitlines()
    assert len(said) == 3
    n, again = fit.n_ended, int(fit.frame["n_again"].iloc[-1])
    assert said[0] == f"{left_again(fit)}."
    until, soon = soon_left(fit)
    assert until == 24
    assert f"{n:,} ({n / fit.n:.1%}) have left again, {soon.sum():.0%} within 24 months; " in said[0]
    assert said[0].endswith(f"{again:,} ({again / fit.n:.1%}) for their first reason, alone or beside another.")
    plain = wb.fit_repeat_churn(churners(1_500, 5, first={"price": 1.0}, reasons=("price", "moved")), "1", hazards="1")
    assert plain.describe().splitlines()[0].endswith(" for their first reason.")  # none of which is one of several
    assert said[1].startswith(headline(fit))
    details = str(fit.details())
    rows = fit.frame.iloc[:-1]
    for row in rows.itertuples():  # what was seen stands beside what the model says
        assert f"while {row.n_again / row.n:.1%} have left for it again" in details
    for which in (rows["cured"].idxmax(), rows["cured"].idxmin()):
        assert f"{rows['cured'][which]:.0%} of those who left {for_words(rows['reason'][which])}" in said[1]
    assert "Nobody can see a cure" in said[2]
    assert "who left for price and service not for price, for service and for price and service" in details
    assert "long enough to tell" in details
    assert "another shape than assumed" not in details
    assert not {"second_tenure", "second_reason"} & set(details.split())
    first, cause = fit.sample.table["reason"].astype(str).to_numpy(), fit.sample.cause
    largest = rows.loc[rows["n"].idxmax(), "reason"]
    left = np.bincount(cause[(first == largest) & (cause >= 0)])
    most, share = fit.reasons[left.argmax()], left.max() / (first == largest).sum()
    most = "for it again" if most == largest else for_words(most)
    ask = f"those who first left {for_words(largest)} left most often {most} ({share:.0%})"
    assert fit.what_to_do().startswith(f"Ask the {fit.n - n:,} still here what they would leave for now")
    assert ask in fit.what_to_do()
    assert len(str(fit).splitlines()) <= 12
    assert fit.table().iloc[-1, 0] == "all of them"


def test_early_leaving_counts_by_window(fit):
    found = fit.early_leaving(by=None)
    row = found.frame.iloc[0]
    months, ended = fit.sample.months, fit.sample.cause >= 0
    early = np.minimum(months, 3).sum()
    assert row["n_left"] == (ended & (months <= 3)).sum()
    assert row["months_watched"] == pytest.approx(early)
    assert row["hazard"] == row["n_left"] / row["months_watched"]
    assert row["later"] == pytest.approx((ended.sum() - row["n_left"]) / (months.sum() - early))
    assert row["ratio"] == pytest.approx(row["hazard"] / row["later"])
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]
    assert "within the first three months than later" in found.describe()
    assert found.details()


def test_a_fragility_at_first_is_found_where_there_is_one():
    """A hazard three times as high in the first three months, in everybody."""
    rng = np.random.default_rng(8)
    first, later = rng.exponential(10, 2_000), 3 + rng.exponential(30, 2_000)
    stay = np.where(first < 3, first, later)
    seen = rng.uniform(20, 60, 2_000)
    table = churners(2_000, 9).assign(second_tenure=np.minimum(stay, seen), second_ended=stay <= seen)
    table["second_reason"] = table["second_reason"].fillna("moved").where(table["second_ended"])
    found = wb.fit_repeat_churn(table, "1", hazards="1").early_leaving(by=None)
    row = found.frame.iloc[0]
    assert row["ratio_low"] < 3 < row["ratio_high"]
    assert found.describe().startswith("More leave within the first three months than later")
    assert found.what_to_do().startswith("Be in touch from the first day")


@pytest.mark.slow
def test_the_planted_deal_seekers_leave_after_their_offers_end_and_nobody_is_fragile_at_first(study):
    fit = wb.fit_repeat_churn(study.trial)
    found = fit.early_leaving()
    assert (found.frame["ratio_high"] < 1).all()
    share = found.at_end.frame["excess"].sum() / len(fit.sample.table[fit.sample.cause >= 0])
    said = f"More leave just after the offer's end than in the months around it: {share:.0%} of all who left again."
    assert said in found.describe()
    assert "in every group" in found.describe()
    assert not found.what_to_do()
    moments = wb.key_moments(study.trial, of="leaving again")
    assert fit.what_to_do().splitlines()[-1] == moments.what_to_do()
    assert "tailored after 3 or 6 months" in moments.what_to_do()


def test_the_watch_list_has_the_newly_returned_by_what_is_at_risk(fit):
    drawn = churners(4_000, 3, watched=(0.0, 20.0))
    found = fit.watch_list(drawn, newly_months=4, within_months=3, horizon_months=12)
    new = drawn[~drawn["second_ended"] & (drawn["second_tenure"] <= 4)]
    assert sorted(found.frame["customer_id"]) == sorted(new["customer_id"])
    assert found.frame["value_at_risk"].is_monotonic_decreasing
    first = found.frame.iloc[0]
    row = drawn[drawn["customer_id"] == first["customer_id"]]
    months = np.linspace(0, 3, 16)
    chances = np.array([0, *(fit.predict(row, u, after_months=first["months_back"])["chance"][0] for u in months[1:])])
    assert first["chance_fitted"] == pytest.approx(chances[-1], rel=1e-10)
    times = np.log1p(-first["chance"]) / np.log1p(-chances[-1])
    lost = np.diff(1 - (1 - chances) ** times) * (12 - (months[1:] + months[:-1]) / 2)
    assert first["value_at_risk"] == pytest.approx(first["margin"] * lost.sum(), rel=1e-3)
    assert (found.frame["value_at_risk_low"] < found.frame["value_at_risk"]).all()
    assert (found.frame["value_at_risk"] < found.frame["value_at_risk_high"]).all()
    assert found.frame["call_at_most"].isna().all()
    assert len(found.first(5).frame) == 5
    assert len(found.describe().splitlines()) == 3
    assert found.what_to_do()


def test_a_watch_list_without_margins_or_customers(fit):
    drawn = churners(500, 4, watched=(0.0, 10.0)).drop(columns="second_margin")
    found = fit.watch_list(drawn)
    assert found.frame["chance"].is_monotonic_decreasing
    assert "of margin" not in found.describe()
    nobody = fit.watch_list(drawn.assign(second_ended=True, second_reason="price"))
    assert nobody.frame.empty
    assert "there is nobody to watch" in nobody.describe()
    assert str(nobody)
    with pytest.raises(ValueError, match=r"horizon_months \(2\) must not be shorter than within_months \(3\)"):
        fit.watch_list(drawn, horizon_months=2)
    with pytest.raises(ValueError, match="after_months must be at least 0"):
        fit.predict(drawn, 3, after_months=-1)
    with pytest.raises(ValueError, match=r"share_prevented must be a share from 0 to 1; got 1\.5"):
        fit.watch_list(drawn, share_prevented=1.5)


def test_a_call_may_cost_the_share_it_prevents_of_what_is_at_risk(fit):
    drawn = churners(4_000, 3, watched=(0.0, 20.0))
    found = fit.watch_list(drawn, newly_months=4, share_prevented=0.25)
    np.testing.assert_allclose(found.frame["call_at_most"], found.frame["value_at_risk"] / 4)
    assert "prevents 25% of these losses, which is assumed" in found.describe()
    mean, most = (f"${100 * found.frame['call_at_most'].agg(each):.0f}" for each in ("mean", "max"))  # in cents
    assert found.what_to_do().splitlines()[0].replace(".", "") == (
        f"Of the {len(found.frame)} who came back lately call only those for whom a call costs less than it saves: "
        f"{mean} on average, {most} at most"
    )
    unknown = fit.watch_list(drawn, newly_months=4)
    assert unknown.what_to_do().splitlines()[0].endswith("for whom a call costs less than it saves.")
    assert list(found.table()) == [
        *("Customer", "Months back", "Chance to leave soon", "Likeliest reason", "A call may cost"),
    ]


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        (["none"], "all of them without an offer"),
        (["discount"], "all of them for an offer"),
        (["none", "none", "discount"], "without an offer, "),
    ],
)
def test_it_is_said_whom_the_list_holds(offers, said):
    fit = wb.fit_repeat_churn(churners(1_500, 5).assign(offer="discount"), "1", hazards="1")
    drawn = churners(60, 5, watched=(0.0, 10.0))
    found = fit.watch_list(drawn.assign(offer=np.resize(offers, 60)), newly_months=9)
    assert said in found.describe()
    assert "an offer" not in fit.watch_list(drawn, newly_months=9).describe()
    n, low, high = (found.frame[f"chance{end}"].sum() for end in ("", "_low", "_high"))
    assert f"{n:.1f} [{low:.1f}, {high:.1f}]" in found.describe() or n >= 10


def test_whose_offer_ends_soon_comes_first_whatever_is_at_risk():
    offers = wb.load_telecom_study().trial.offers
    table = churners(3_000, 6).assign(offer="discount")  # it ends after six months
    fit = wb.fit_repeat_churn(table, "1", hazards="1")
    drawn = churners(400, 7, watched=(0.0, 8.0)).assign(offer="discount", second_ended=False, second_reason=None)
    found = watch_list(dataclasses.replace(fit, offers=offers), drawn, WatchTerms(8.0, 2.0, 12.0, 0.2))
    frame = found.frame
    ends_in = 6 - frame["months_back"]
    np.testing.assert_allclose(frame["offer_ends_in"], ends_in.where(ends_in >= 0))
    soon = ends_in.between(0, 2)
    assert 0 < soon.sum() < len(frame)
    assert soon.to_numpy()[: soon.sum()].all()
    assert f"first the {soon.sum()} customers whose offer ends soon" in found.what_to_do()
    assert "Offer ends in (months)" in found.table()
    assert "Months back" not in found.table()
