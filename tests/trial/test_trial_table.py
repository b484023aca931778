"""Does one round name every problem of a file, its table and its offers, and is what was taken for what kept?"""

import pandas as pd
import pytest

import winback as wb

OFFERS = """[columns]
customer_id = "Nr"
[[offer]]
name = "call"
amount = 2
paid = "per_contact"
"""
DATED = """Nr;offer;offered_on;returned_on;ended_on;second_margin
1;call;1.3.2024;1.4.2024;;10,5
2;call;1.3.2024;;;
3;none;1.3.2024;15.4.2024;1.6.2024;9,0
4;none;1.3.2024;;;
5;call;1.3.2024;1.4.2024;9999-12-31;11,0
"""
TERMS = {"horizon_months": 2, "annual_discount": 0}


@pytest.fixture
def put(tmp_path):
    """Write the customers' table beside the offers and return both paths."""

    def write(text, name="customers.csv"):
        (tmp_path / "offers.toml").write_text(OFFERS)
        (tmp_path / name).write_text(text)
        return tmp_path / name, tmp_path / "offers.toml"

    return write


def test_dates_and_an_end_make_a_trial(put):
    trial = wb.read_trial(*put(DATED), until="2024-07-01", **TERMS)
    assert trial.lapsed["returned"].tolist() == [True, False, True, False, True]
    days = trial.lapsed["second_tenure"] * 365.25 / 12
    assert days.round(6).tolist()[::2] == [91, 47, 91]
    assert trial.lapsed["second_ended"].tolist()[::2] == [False, True, False]
    assert any(note.startswith("Months were counted from dates") for note in trial.reading)
    for note in trial.reading:
        assert note in trial.details()
        assert note in trial.design.details()
        assert note in set(trial.design.to_frame()["finding"])


def test_a_name_given_overrides_the_offers_file_and_is_said(put):
    text = DATED.replace("Nr;", "Nr;Kunde;").replace(";call;", ";K;call;").replace(";none;", ";L;none;")
    rows = text.replace(";K;", ";{};").replace(";L;", ";{};").format("a", "b", "c", "d", "e")
    trial = wb.read_trial(*put(rows), until="2024-07-01", columns={"customer_id": "Kunde"}, **TERMS)
    assert trial.lapsed["customer_id"].tolist() == list("abcde")
    assert "columns.customer_id" in trial.details()


def test_one_round_names_every_problem(put):
    text = (
        "Nr;offer;offer;returned;value\n1;call;x;ja;1.234\n1;brief;x;vielleicht;2.500\n"
        "3;none;x;nein;#N/A\n#REF!;call;x;ja;5.000\n"
    )
    with pytest.raises(wb.TableError) as caught:
        wb.read_trial(*put(text))
    found = caught.value.problems
    assert {"customer_id", "returned", "offer", "value"} <= set(found["column"])
    for said in (
        "`offer` is the name of more than one column",
        "names an offer whose cost",
        "errors of a spreadsheet",
        "unique",
        "two ways",
    ):
        assert said in str(caught.value)


def test_a_table_without_a_surprise_has_nothing_to_say():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=2)
    assert wb.read_trial(study.lapsed, study.offers).reading == ()


@pytest.mark.parametrize("mark", [";", "point"])
def test_a_decimal_mark_that_is_none_is_refused(put, mark):
    with pytest.raises(ValueError, match=r'decimal must be "," or "."'):
        wb.read_trial(*put(DATED), decimal=mark, until="2024-07-01", **TERMS)


def test_the_callers_frame_is_not_changed():
    table = pd.DataFrame(
        {
            "Customer Id": [1, 2, 2],
            "Offer": ["CALL", "kein", "kein"],
            "returned": ["ja", "nein", "nein"],
            "value": ["5 €", "", ""],
        }
    )
    same = table.copy(deep=True)
    with pytest.raises(wb.TableError, match="single customer"):
        wb.read_trial(table, [wb.Offer(name="call", amount=1, paid="per_contact")], keep="last")
    pd.testing.assert_frame_equal(table, same)
