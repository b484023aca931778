"""Are the sentences of the front page true in each of their cases, and their figures those of the results behind?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from asked_trials import valued
from sentences import hold_to_three

import winback as wb
from winback.datasets.telecom import assumptions
from winback.datasets.telecom.published import published_answers, published_offers
from winback.offers.by_group import offers_by_group
from winback.policies import judged_alike
from winback.questions import answer_questions
from winback.questions.headline import headline
from winback.questions.how_long import how_long, watched_months
from winback.questions.strategy import leaders, which_strategy
from winback.questions.which_offer import Tailoring, rule_of, tailoring, which_offer
from winback.questions.who import returns_by, who_comes_back
from winback.questions.who import said as who_said
from winback.results import format_percent
from winback.second_lifetime.first_and_second import first_and_second_value


def told(trial):
    """Return the headline of a trial whose customers are not told apart."""
    return headline(wb.compare_offers(trial), tailoring(trial))


def test_it_says_three_sentences_and_answers_every_question(answered):
    hold_to_three(answered)
    assert len(answered.frame) == 4
    assert all(answered.frame["answer"].str.endswith("."))
    assert answered.what_to_do() == answered.head.do


def test_the_head_holds_the_figures_of_the_comparison(answered):
    comparison = answered.found["comparison"]
    first = comparison.frame.iloc[0]
    assert first["offer"] in answered.head.do
    assert comparison.interval(first, "incremental_profit", "money").partition(" ")[2] in answered.head.gain
    assert answered.head.amount in answered.head.gain
    assert format_percent(first["break_even_organic"]) in answered.head.limit


@pytest.mark.parametrize(
    ("trial", "do", "gain"),
    [
        (lambda: valued(0.5, 0.2), "Send a to all who can still be won.", "A earns $40.00 more per customer than"),
        (lambda: valued(0.5, 0.5), "Send a or b to all who can still be won: which of them", "more per customer than"),
        (lambda: valued(0.05, 0.05), "Send none of these offers to all yet", "which includes zero"),
        (lambda: valued(0.01, 0.01, control=0.5), "Send none of these offers: even the best loses", "A loses $49"),
        (lambda: valued(0.5, 0.2, control=None), "Leave a random part without an offer", "which is not known"),
        (lambda: valued(0.5), "Send a to all who can still be won.", "A earns $40.00 more per customer than"),
    ],
)
def test_what_to_do_in_each_case(trial, do, gain):
    found = told(trial())
    assert found.do.startswith(do)
    assert gain in found.gain
    assert found.picture.label.startswith("Per customer sent ")


def test_an_assumed_organic_return_is_called_so():
    trial = valued(0.5, 0.2, control=None).over(organic=(0.02, 0.08))
    found = told(trial)
    assert "assumed organic return of 2.0% to 8.0%" in found.gain
    assert "assumed" in found.picture.label
    assert "assumed to come back anyway" in found.picture.caption
    assert "without an offer assumed 5%" in who_comes_back(trial).answer


def test_shares_by_reason_are_those_of_the_table(small_trial):
    found = returns_by(small_trial, "reason")
    sent = small_trial.customers[small_trial.customers["offer"] != "none"]
    counted = sent.groupby("reason", observed=True)["returned"].mean().sort_values(ascending=False)
    assert found.frame["group"].tolist() == counted.index.tolist()
    np.testing.assert_allclose(found.frame["returned"], counted, rtol=1e-12)
    alone = small_trial.customers.loc[small_trial.customers["offer"] == "none", "returned"].mean()
    assert found.alone[0] == pytest.approx(alone)
    card = who_comes_back(small_trial)
    first, last = counted.iloc[0], counted.iloc[-1]
    assert card.answer == (
        f"{format_percent(first, 0)} of those who left for price came back after an offer, {format_percent(last, 0)} "
        f"of those who left for price and service; without an offer {format_percent(alone, 0)}."
    )


def test_each_group_is_held_against_its_own_without_an_offer(study):
    """Of the study 6% of all came back by themselves, but hardly anybody who left for both reasons."""
    trial = study.trial
    found = returns_by(trial, "reason")
    held = trial.customers[trial.customers["offer"] == "none"]
    alone = held.groupby("reason", observed=True)["returned"].agg(["mean", "sum", "size"]).loc[found.frame["group"]]
    assert found.frame["alone_returned"].tolist() == pytest.approx(alone["mean"].tolist())
    assert found.frame["alone_n"].tolist() == alone["size"].tolist()
    card = who_comes_back(trial, comparison=wb.compare_offers(trial))
    first, last = (format_percent(alone["mean"].iloc[place], 0) for place in (0, -1))
    assert card.answer.endswith(f"; without an offer {first} and {last}.")
    dashed = [line.get_xdata()[0] for line in card.picture.draw().axes[0].lines if line.get_linestyle() == "--"]
    assert dashed == pytest.approx(alone["mean"].tolist())
    assert "without an offer few came back of price and service" in card.here
    assert "not futile, by what is assumed here" in card.here


def test_groups_of_whom_few_were_held_out_are_held_against_all(study):
    found = returns_by(study.trial, "reason")
    assert found.alone_by_group
    few = replace(found, frame=found.frame.assign(alone_n=[29, 900, 900]))
    assert not few.alone_by_group
    assert who_said(few).endswith("; without an offer 6%.")


def test_a_tie_between_reasons_is_no_order():
    card = who_comes_back(valued(0.5, 0.5, reason=["price", "service"]))
    assert (
        card.answer
        == "No group is shown to come back more often than another: 50% after an offer; without an offer 5%."
    )
    assert card.here.startswith("not clearly different")


def test_few_groups_of_many_are_shown_and_the_others_counted():
    found = returns_by(valued(0.5, 0.4, n=900, area=list("abcdefgh")), "area")
    assert len(found.frame) == 5
    assert found.n_more == 3
    assert found.frame["returned"].is_monotonic_decreasing


def test_a_missing_reason_is_named_with_its_remedy():
    card = who_comes_back(valued(0.5, 0.2))
    assert card.answer == "35% of those sent an offer came back; without an offer 5%."
    assert "This column is missing: reason (why each customer left" in card.missing
    assert "Add what is known" in card.missing
    assert card.is_answered


def test_without_an_untreated_group_nothing_is_said_of_them():
    card = who_comes_back(valued(0.5, 0.2, control=None, reason=["price", "service"]))
    assert "without an offer" not in card.answer
    assert "how many come back without an offer is not known" in card.here


def test_few_who_came_back_are_said():
    card = who_comes_back(valued(0.1, 0.1, n=100, reason=["price", "service"]))
    assert "few came back of price and service" in card.here or "few came back of service and price" in card.here


def test_second_lives_are_set_beside_first_ones(small_trial):
    card = how_long(small_trial)
    months = watched_months(small_trial.lapsed)
    sent = small_trial.part((small_trial.lapsed["offer"] != "none").to_numpy())
    row = first_and_second_value(sent, horizon_months=months, annual_discount=0.0).frame.iloc[0]
    assert card.found.value.frame.iloc[0]["difference"] == pytest.approx(row["difference"])
    length = card.found.months.frame.iloc[0]
    back = sent.lapsed[sent.lapsed["returned"]]
    assert length["first_value"] == pytest.approx(back["first_tenure"].mean())
    assert f"{months:g} months" in card.here


def lives(longer, richer, n=400):
    """Return a trial all of whose returners stay and bring as said, to within a little."""
    rng = np.random.default_rng(4)
    rows = pd.DataFrame(
        {"customer_id": range(n), "offer": ["a", "none"] * (n // 2), "returned": [True, True, False, True] * (n // 4)}
    )
    rows["first_tenure"] = 10 + rng.uniform(-1, 1, n)
    rows["first_margin"] = 20.0
    back = rows["returned"]
    rows.loc[back, "second_tenure"] = (10 + longer + rng.uniform(-1, 1, n))[back]
    rows.loc[back, "second_margin"] = 20.0 + richer
    rows["second_ended"] = pd.Series([True] * n, dtype=object).where(back, None)
    return wb.read_trial(
        rows, [wb.Offer(name="a", amount=1.0, paid="on_acceptance")], horizon_months=6, annual_discount=0
    )


@pytest.mark.parametrize(
    ("longer", "richer", "said"),
    [
        (4, 2, "Second lives are longer than first ones and worth"),
        (4, -12, "Second lives are longer than first ones but worth"),
        (-3, 0, "Second lives are shorter than first ones and worth"),
        (0, 8, "Second lives are not shown to be longer or shorter than first ones but worth"),
        (
            0,
            0,
            "Second lives are not shown to be longer or shorter than first ones and not shown to be worth",
        ),
    ],
)
def test_length_and_worth_each_go_their_way(longer, richer, said):
    assert how_long(lives(longer, richer), life_months=20).answer.startswith(said)


def test_a_table_of_values_cannot_say_how_long():
    card = how_long(valued(0.5, 0.2))
    assert not card.is_answered
    assert card.answer == "Cannot be answered from this table."
    for column in ("first_tenure", "second_tenure", "second_ended", "second_margin"):
        assert column in card.missing


def test_the_ways_of_tailoring_are_those_of_the_package(answered, small_trial):
    found = answered.found["tailoring"]
    assert found.judged["a tree"].honest_gain == wb.learn_policy(small_trial).honest_gain
    rule, by = rule_of(small_trial)
    assert found.judged["a rule by reason"].honest_gain == wb.evaluate_policy(small_trial, rule, by=by).honest_gain
    assert set(found.judged) == {"a tree", "a rule by reason", "a model"}
    alike = judged_alike(found.policy)["the model"]
    assert found.judged["a model"].honest_gain == alike.honest_gain  # the figure of the page behind


def test_tailoring_that_pays_is_recommended():
    rng = np.random.default_rng(2)
    n = 1200
    frame = pd.DataFrame({"customer_id": range(3 * n), "offer": np.repeat(["a", "b", "none"], n)})
    frame["reason"] = np.tile(["price", "service"], 3 * n // 2)
    suits = ((frame["offer"] == "a") & (frame["reason"] == "price")) | (
        (frame["offer"] == "b") & (frame["reason"] == "service")
    )
    frame["returned"] = rng.random(3 * n) < np.where(suits, 0.6, 0.1)
    frame["value"] = frame["returned"] * 100.0
    offers = [wb.Offer(name=name, amount=10.0, paid="on_acceptance") for name in "ab"]
    trial = wb.read_trial(frame, offers)
    found = tailoring(trial, {"price": "a", "service": "b"}, "reason")
    comparison = wb.compare_offers(trial)
    assert set(found.paying) == {"a tree", "a rule by reason"}
    card, head = which_offer(trial, comparison, found), headline(comparison, found)
    assert card.answer.startswith("Tailored by a ")
    assert head.do.startswith("Send each customer the offer that suits them: a ")
    assert "Telling customers apart earns" in head.on_top


def test_a_rule_that_cannot_be_followed_is_said_and_the_others_stand():
    trial = valued(0.5, 0.2, n=600, reason=["price", "service"])
    found = tailoring(trial, {"price": "a"}, "reason")
    assert list(found.judged) == ["a tree"]
    card = which_offer(trial, wb.compare_offers(trial), found)
    assert card.answer == "A for all alike: a tree did not earn more."
    assert card.missing.startswith("Not tried: a rule by reason.")


def test_one_offer_alone_leaves_nothing_to_tailor_or_to_choose():
    trial = valued(0.5, control=None)
    comparison, found = wb.compare_offers(trial), tailoring(trial)
    assert not which_offer(trial, comparison, found).is_answered
    assert which_strategy(comparison).answer == "There is one offer, a, and nothing to choose between."


def test_who_leads_on_what(answered):
    comparison = answered.found["comparison"]
    found, frame = leaders(comparison), comparison.frame.set_index("offer")
    assert found.by["profit"] == comparison.winners
    assert found.by["roi"] == [frame["gross_roi"].idxmax()]
    assert found.by["back"][0] == frame["acceptance"].idxmax()
    assert "wins back most" in answered.cards[3].answer


UNSURE_A = "A earns most, a or b returns most on its cost (not clearly different), a wins back most."
UNSURE_BOTH = "A or b earns most, returns most on its cost and wins back most (not clearly different)."


@pytest.mark.parametrize(
    ("trial", "said"),
    [
        (lambda: valued(0.5, 0.2), UNSURE_A),
        (lambda: valued(0.5, 0.5), UNSURE_BOTH),
        (lambda: valued(0.05, 0.02), "No offer is shown to pay; a"),
        (lambda: valued(0.01, 0.01, control=0.5), "No offer pays; a or b wins back most (not clearly different)."),
    ],
)
def test_the_strategy_in_each_case(trial, said):
    assert which_strategy(wb.compare_offers(trial())).answer.startswith(said)


def test_a_free_offer_has_no_return_on_its_cost():
    frame = valued(0.5, 0.2).customers
    offers = [
        wb.Offer(name="a", amount=0.0, paid="on_acceptance"),
        wb.Offer(name="b", amount=5.0, paid="on_acceptance"),
    ]
    card = which_strategy(wb.compare_offers(wb.read_trial(frame, offers)))
    assert card.answer == "A earns most and wins back most."
    assert "a costs nothing, so it has no ROI" in card.here


def test_published_figures_are_typed_once():
    answers = published_answers()
    assert f"${assumptions.FIRST_VALUE:,.0f}" in answers[2]
    assert f"{assumptions.ROI['tailored']:.0%}" in answers[3]
    assert all(f"{roi:.0%}" in answers[4] for roi in assumptions.ROI.values())
    table = published_offers()
    assert dict(zip(table["offer"], table["roi"], strict=True)) == {
        name: roi for name, roi in assumptions.ROI.items() if name != "tailored"
    }


@pytest.mark.slow
def test_the_study_shows_its_published_figures():
    found = answer_questions(wb.load_telecom_study().trial)
    assert found.head.do == "Send discount to all who look promising."
    assert "$148 more" in found.cards[1].answer
    assert "gross ROI 596%" in found.cards[2].here
    assert found.cards[3].answer == "Discount earns most, upgrade returns most on its cost, bundle wins back most."


def test_whether_an_offer_pays_for_those_who_come_back_least_stands_beside_what_was_published(answered, small_trial):
    groups = offers_by_group(answered.found["comparison"], "reason").frame
    best = groups[groups["group"] == "both"].iloc[0]
    here = answered.cards[0].here
    if best["profit_low"] > 0:
        assert f"even so {best['offer']} earns " in here
        assert "per customer who left for price and service: not futile" in here
    else:
        assert "no offer is shown to pay for those who left for price and service" in here
    assert ("though few came back" in here) == bool(best["few"] and best["profit_low"] > 0)
    assert "futile" in published_answers()[1]


@pytest.mark.parametrize(
    ("brought", "said"),
    [(300.0, "even so a earns $"), (12.0, "no offer is shown to pay for those who left for service")],
)
def test_of_few_who_come_back_an_offer_may_pay_or_not(brought, said):
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"customer_id": range(4_000), "offer": ["a", "none"] * 2_000})
    rows["reason"] = np.repeat(["price", "service"], 2_000)
    share = np.where(rows["reason"] == "price", 0.6, 0.2) * np.where(rows["offer"] == "a", 1.0, 0.2)
    rows["returned"] = rng.random(4_000) < share
    rows["value"] = rows["returned"] * brought
    trial = wb.read_trial(rows, [wb.Offer(name="a", amount=10.0, paid="on_acceptance")])
    assert said in who_comes_back(trial, comparison=wb.compare_offers(trial)).here
    assert "futile" not in who_comes_back(trial).here


def test_what_is_not_known_of_the_least_is_not_said():
    gross = valued(0.5, 0.2, control=None, reason=["price", "service"])
    assert "futile" not in who_comes_back(gross, comparison=wb.compare_offers(gross)).here


def test_profit_and_roi_of_the_last_card_are_each_called_what_they_are(answered):
    card = answered.cards[3]
    assert "ROI is gross as it was published" in card.picture.caption
    assert published_answers()[4].startswith("gross ROI ")
    assert "gross ROI" in published_answers()[3]


def test_the_headline_names_whom_in_one_phrase_and_says_who_they_are(answered):
    comparison, trial = answered.found["comparison"], answered.found["comparison"].trial
    some = len(trial.lapsed) - trial.n_not_promising
    assert "all who look promising" in answered.head.do
    assert f"Promising are {some:,} of {len(trial.lapsed):,} lost customers" in answered.head.limit
    assert "all who look promising" in comparison.what_to_do() + answered.found["tailoring"].policy.what_to_do()
    assert "Promising" not in headline(wb.compare_offers(valued(0.5, 0.2)), Tailoring(None, {})).limit


def test_lives_are_as_long_as_their_difference_says(answered):
    row = answered.cards[1].found.months.frame.iloc[0]
    first = row[answered.cards[1].found.which.replace("difference", "first_value")]
    assert f"in {first:.1f} months" in answered.cards[1].picture.label
    assert f"in {row['second_value']:.1f} months" in answered.cards[1].picture.label


def test_what_a_tailored_offer_earns_less_is_its_rule_and_the_rest(answered):
    comparison, found = answered.found["comparison"], answered.found["tailoring"]
    less = comparison.differences.set_index(["first", "second"])["difference"]
    less = abs(
        next(amount for pair, amount in less.items() if set(pair) == {"tailored", comparison.frame["offer"].iloc[0]})
    )
    costs = replace(found.judged["a rule by reason"], gains=found.judged["a rule by reason"].gains)
    for gain, said in ((-less / 4, True), (-2 * less, False), (less / 4, False)):
        frame = costs.frame.assign(honest_gain=gain)
        judged = {"a rule by reason": replace(costs, frame=frame)}
        card = which_offer(comparison.trial, comparison, replace(found, judged=judged))
        assert (f": its rule costs ${less / 4:.2f} of that, the way it was carried out the rest" in card.here) == said
    assert "its rule costs" not in which_offer(comparison.trial, comparison, replace(found, own_rule=False)).here
