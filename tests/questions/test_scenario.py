"""Is a scenario called one, in one's own money, and never measured? Where nothing was offered yet."""

import pandas as pd
import pytest
from html_tags import Tags

import winback as wb
from winback.datasets.telecom import assumptions
from winback.datasets.telecom.published import published_offers
from winback.questions import answer_questions
from winback.questions.scenario import figures_of, scenario_of


def leavers(n=200, back=0.2, **columns):
    frame = pd.DataFrame({"customer_id": range(n), "returned": [place < back * n for place in range(n)]})
    return frame.assign(**columns)


@pytest.fixture(scope="module")
def of_shop():
    return answer_questions(base=wb.load_shop_study().base)


def test_it_is_called_a_scenario_wherever_figures_of_the_study_stand(of_shop):
    shown = of_shop._repr_html_()
    Tags(shown)
    assert shown.count("Scenario, not measured") == 3
    assert "if your customers answered as those of the study did" in shown.lower()
    assert of_shop.head.label == "Scenario, not measured"
    assert "Scenario" in of_shop.head.picture.label
    assert "Not measured" in of_shop.head.picture.caption


def test_what_only_a_trial_answers_names_its_columns_and_the_remedy(of_shop):
    for card in of_shop.cards[2:]:
        assert card.answer == "Cannot be answered from this table."
        assert "offer (what each was sent" in card.missing
        assert "Send the offers to a random part" in card.missing


def test_shares_and_roi_are_the_published_ones_and_money_is_ones_own():
    table = leavers(400, first_margin=20.0, first_tenure=30.0)
    found = scenario_of(table)
    frame, published = found.economics.frame.set_index("offer"), published_offers().set_index("offer")
    assert found.n == 320
    assert found.scale == pytest.approx(600.0 / assumptions.FIRST_VALUE)
    for name in published.index:
        assert frame.loc[name, "acceptance"] == published.loc[name, "acceptance"]
        assert frame.loc[name, "gross_roi"] == pytest.approx(published.loc[name, "roi"])
        cost = published.loc[name, "cost"] * published.loc[name, "acceptance"] * found.scale
        assert frame.loc[name, "cost_per_customer"] == pytest.approx(cost)


def test_doubling_all_money_doubles_the_scenario_and_moves_no_share():
    one, two = (scenario_of(leavers(first_margin=margin, first_tenure=10.0)) for margin in (20.0, 40.0))
    for name, times in (("gross_profit", 2), ("cost_per_customer", 2), ("acceptance", 1), ("gross_roi", 1)):
        assert (two.economics.frame[name] / one.economics.frame[name]).tolist() == pytest.approx([times] * 3)


def test_the_counts_are_shares_of_those_who_are_still_away():
    found = answer_questions(base=leavers(1000, 0.1))
    assert "405 of your 900 leavers" in found.head.gain
    table = found.sections[0].table
    assert table["Would come back"].tolist() == ["405", "369", "423"]


def test_without_money_the_studys_own_is_shown_and_called_so():
    found = answer_questions(base=leavers())
    assert "money is the study's own" in found.sections[0].why
    assert "In the study that was $361 per customer" in found.head.on_top


def test_a_table_that_does_not_say_who_came_back_asks_for_it():
    found = answer_questions(base=leavers().drop(columns="returned"))
    assert "returned (whether they came back)" in found.cards[0].missing
    assert "Nobody is known to have come back" in found.cards[1].missing
    share = figures_of(found.found["scenario"]).set_index("offer").loc["none", "acceptance"]
    assert share == assumptions.ORGANIC_RETURN
    assert "assumed in the simulation" in found.assumptions()


def test_the_pilot_is_planned_for_those_there_are_and_holds_some_out():
    found = answer_questions(base=leavers(3000, 0.1, first_margin=20.0, first_tenure=30.0))
    pilot = found.sections[1]
    assert "With the 2,700 customers at hand" in " ".join(pilot.lines)
    assert "random 10% without an offer" in pilot.why
    assert figures_of(found.found["scenario"]).set_index("offer").loc["none", "acceptance"] == pytest.approx(0.1)


def test_who_came_back_is_told_by_reason_where_that_is_known():
    table = leavers(400, 0.5, reason=["price", "service"] * 200)
    card = answer_questions(base=table).cards[0]
    assert card.answer.startswith("No group is shown to come back more often than another: 50% so far")
    table["returned"] = table["reason"] == "price"
    card = answer_questions(base=table).cards[0]
    assert card.answer == "100% of those who left for price came back so far, 0% of those who left for service."


def test_offers_that_were_sent_are_read_as_a_trial():
    with pytest.raises(ValueError, match="read it as a trial, with what each offer costs"):
        answer_questions(base=leavers(offer=["gift", "none"] * 100))


def test_nobody_lost_is_refused():
    days = pd.DataFrame({"customer_id": [1], "start": "2022-01-01", "end": [None], "margin": 10.0})
    with pytest.raises(ValueError, match="Nobody was lost"):
        answer_questions(base=wb.read_contracts(days, until="2024-12-31"))
    with pytest.raises(wb.TableError, match="has no rows"):
        answer_questions(base=leavers(0))


def test_nothing_to_ask_is_refused():
    with pytest.raises(ValueError, match="Give a trial, or a base"):
        answer_questions()


def test_a_base_of_contracts_and_a_file_are_asked_alike(tmp_path):
    table = leavers(300, 0.2, first_margin=20.0, first_tenure=30.0)
    table.to_csv(tmp_path / "lost.csv", index=False)
    assert answer_questions(base=str(tmp_path / "lost.csv")).head.gain == answer_questions(base=table).head.gain
    days = {"start": "2022-01-01", "end": ["2023-01-01", None, "2023-06-30"], "margin": 10.0}
    base = wb.read_contracts(pd.DataFrame({"customer_id": [1, 2, 3], **days}), until="2024-12-31")
    assert "of your 2 leavers" in answer_questions(base=base).head.gain
