"""Is the way out said where a table does not tell what returned customers brought, and nothing taken that is unsure?"""

import pandas as pd
import pytest
from click.testing import CliRunner

import winback as wb
from winback.cli import main
from winback.tables.columns import LAPSED
from winback.tables.likeness import matched
from winback.tables.reading import Reading

MAILS = pd.DataFrame(
    {
        "user_id": ["a", "b", "c", "d", "e", "f"],
        "treatment": ["none", "none", "none", "mail", "mail", "mail"],
        "converted": [1, 0, 0, 1, 1, 0],
        "revenue": [10.0, 0, 0, 20, 40, 0],
    }
)
OFFERS = [wb.Offer(name="mail", amount=0.1, paid="per_contact")]
DATED = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "offer": ["none", "none", "mail", "mail"],
        "offered_on": ["2024-01-01"] * 4,
        "returned_on": ["2024-02-01", None, "2024-02-01", None],
        "ended_on": [None] * 4,
        "monthly_margin": [5.0, None, 6.0, None],
    }
)


def names(*given):
    return list(matched(Reading(pd.DataFrame([[1] * len(given)], columns=given)), LAPSED).frame)


def refused(table, **how):
    with pytest.raises(wb.TableError) as caught:
        wb.read_trial(table, OFFERS, **how)
    return caught.value


def test_the_table_of_a_mail_program_is_read_and_revenue_becomes_margin():
    trial = wb.read_trial(MAILS, OFFERS, margin_share=0.4)
    assert trial.lapsed["value"].tolist() == [4, 0, 0, 8, 16, 0]
    assert trial.lapsed["returned"].tolist() == [True, False, False, True, True, False]
    assert any('"revenue" was read as value' in note for note in trial.reading)
    assert any("40.0% of the revenue" in note for note in trial.reading)


def test_without_a_share_one_problem_says_the_way_out():
    error = refused(MAILS)
    assert error.problems["column"].tolist() == ["value"]
    for said in ("`revenue` looks like it", "margin_share", "or second_tenure, second_ended, second_margin"):
        assert said in str(error)


@pytest.mark.parametrize("more", ["sales", "revenue_last_year"])
def test_two_columns_that_look_like_revenue_are_asked(more):
    error = refused(MAILS.assign(**{more: 1.0}), margin_share=0.4)
    assert f"`revenue` and `{more}` look like it" in str(error)


def test_revenue_of_another_time_is_not_taken():
    assert "nothing says" in str(refused(MAILS.rename(columns={"revenue": "revenue_last_year"}), margin_share=0.4))


@pytest.mark.parametrize("name", ["user_id", "client_id", "subscriber_id", "email_id", "contactId"])
def test_ids_of_other_programs_are_found(name):
    assert names(name, "offer") == ["customer_id", "offer"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["offer", "conversion"], ["offer", "returned"]),
        (["offer", "returned", "conversion"], ["offer", "returned", "conversion"]),
        (["offer", "returned_on", "conversion"], ["offer", "returned_on", "conversion"]),
        (["conversion"], ["conversion"]),
        (["returned_on", "monthly_margin"], ["returned_on", "second_margin"]),
        (["returned_on", "first_margin", "monthly_margin"], ["returned_on", "first_margin", "monthly_margin"]),
        (["returned_on", "value", "monthly_margin"], ["returned_on", "value", "monthly_margin"]),
        (["monthly_margin"], ["monthly_margin"]),
    ],
)
def test_a_word_means_a_column_only_beside_others(given, wanted):
    assert names(*given) == wanted


def test_what_dates_supply_is_not_asked_for():
    assert refused(DATED).problems["column"].tolist() == ["until"]
    without = refused(DATED.drop(columns="monthly_margin"))
    assert sorted(without.problems["column"]) == ["second_margin", "until"]
    trial = wb.read_trial(DATED, OFFERS, until="2024-12-31", horizon_months=6, annual_discount=0)
    assert any('"monthly_margin" was read as second_margin' in note for note in trial.reading)


@pytest.fixture
def checked(tmp_path):
    """Check a table at the command line, without offers."""

    def run(table, *words):
        table.to_csv(tmp_path / "table.csv", index=False)
        return CliRunner().invoke(main, ["check", str(tmp_path / "table.csv"), *words])

    return run


def test_check_says_that_money_is_not_there(checked):
    assert "What returned customers brought is not there" in checked(MAILS).output
    assert "`revenue` looks like it" in checked(MAILS).output
    assert "is not there: it was" not in checked(MAILS.rename(columns={"revenue": "value"})).output


def test_check_takes_the_share_of_margin(checked):
    output = checked(MAILS, "--margin-share", "0.4").output
    assert "40.0% of the revenue" in output
    assert "is not there: it was" not in output
    assert checked(MAILS, "--margin-share", "40").exit_code == 1
