"""Is a list for new leavers in another file theirs, with their columns, and are its errors named by that file?"""

import messy_files
import pandas as pd
import pytest
from click.testing import CliRunner

import winback as wb
from winback.cli import main
from winback.policies.new_leavers import leavers_looked_at, read_leavers, with_labels_of
from winback.report import write_report

PAIRS = (("Price", "price"), ("SERVICE", "service"))
GERMAN = {"value": "Deckungsbeitrag"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Write a German shop's trial, its offers, and its new leavers under the same headings."""
    folder = tmp_path_factory.mktemp("shop")
    rows = messy_files.shop_rows()
    messy_files.write_german_csv(rows, folder / "kunden.csv")
    (folder / "offers.toml").write_text(messy_files.SHOP_OFFERS, encoding="utf-8")
    new = messy_files.german_shop(messy_files.shop_rows(60, rng=8))[["Kunden-Nr.", "Jahresumsatz", "Region"]]
    new["Kunden-Nr."] = [f"9{number:04d}" for number in range(60)]
    new.assign(Name="Frau Ü.").to_csv(folder / "neu.csv", index=False, sep=";", encoding="cp1252")
    return folder


@pytest.fixture(scope="module")
def policy(shop):
    trial = wb.read_trial(shop / "kunden.csv", shop / "offers.toml")
    return wb.learn_policy(trial, by=["Region"], splits=wb.Splits(repeats=2))


def test_the_list_is_of_the_new_leavers_with_their_columns(shop, policy):
    found = policy.contact_list(shop / "neu.csv")
    assert found.whom == "customers of neu.csv"
    assert len(found.frame) + found.n_left_alone == 60
    assert found.frame["customer_id"].astype(str).str.startswith("9").all()
    assert {"Name", "Jahresumsatz", "Region"} <= set(found.frame)
    assert "contacts with customers of neu.csv" in str(found.describe())
    assert '"Kunden-Nr." was read as customer_id' in str(found.details())


def test_a_file_and_its_frame_are_listed_alike(shop, policy):
    frame = wb.tables.map_columns(wb.tables.load_table(shop / "neu.csv"), {"customer_id": "Kunden-Nr."})
    ours, theirs = policy.contact_list(shop / "neu.csv").frame, policy.contact_list(frame).frame
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


def test_columns_that_were_mapped_for_the_trial_are_found_by_that_name(tmp_path, study):
    table = study.lapsed.groupby("offer", observed=True).head(300).rename(columns={"reason": "Warum"})
    trial = wb.read_trial(table, study.offers, columns={"reason": "Warum"})
    table.head(50)[["customer_id", "Warum"]].to_csv(tmp_path / "new.csv", index=False)
    found = wb.learn_policy(trial, by="reason", splits=wb.Splits(repeats=1)).contact_list(tmp_path / "new.csv")
    assert "reason" in found.frame
    assert "50 of them were in the trial already." in str(found.details())


def test_labels_are_read_as_the_trial_s_but_for_case_blanks_and_punctuation(tmp_path, study):
    trial = wb.read_trial(study.lapsed.groupby("offer", observed=True).head(300), study.offers)
    (tmp_path / "new.csv").write_text("customer_id,reason\n90001,Price \n90002,SERVICE\n90003,price\n90004,prices\n")
    found = read_leavers(tmp_path / "new.csv", trial)
    assert found.frame["reason"].tolist() == ["price", "service", "price", "prices"]
    said = [note for note in found.notes if "as in the trial" in note]
    assert said == [f'The reason for leaving "{a}" was read as {b}, as in the trial.' for a, b in PAIRS]


def test_a_label_that_may_be_two_of_the_trial_s_stays_as_it_is(study):
    trial = wb.read_trial(study.lapsed.groupby("offer", observed=True).head(300), study.offers)
    two = trial.lapsed.assign(reason=trial.lapsed["reason"].astype(object).replace("service", "Price"))
    frame, said = with_labels_of(pd.DataFrame({"reason": ["PRICE", None]}), wb.read_trial(two, study.offers))
    assert frame["reason"].iloc[0] == "PRICE"
    assert not said


def test_an_earlier_offer_s_outcome_in_that_file_is_not_looked_at(tmp_path, policy):
    (tmp_path / "neu.csv").write_text("Kunden-Nr.;Angebot;Deckungsbeitrag\n90001;Gratis;viel\n")
    found = policy.contact_list(tmp_path / "neu.csv").frame
    assert found[["customer_id", "Angebot", "Deckungsbeitrag"]].to_numpy().tolist() == [[90001, "Gratis", "viel"]]


def test_numbers_that_can_be_read_in_two_ways_are_read_as_the_trial_s(tmp_path, shop, study):
    (tmp_path / "neu.txt").write_text("customer_id\tfirst_margin\n90001\t42,500\n")
    german = wb.read_trial(shop / "kunden.csv", shop / "offers.toml")
    assert read_leavers(tmp_path / "neu.txt", german).frame["first_margin"].tolist() == [42.5]
    with pytest.raises(wb.TableError, match="can be read in two ways"):
        read_leavers(tmp_path / "neu.txt", study.trial)
    (tmp_path / "both.csv").write_text('customer_id,first_margin,first_tenure\n90001,"42,500","3,5"\n')
    assert read_leavers(tmp_path / "both.csv", german).frame["first_margin"].tolist() == [42.5]
    (tmp_path / "own.txt").write_text("customer_id\tfirst_margin\n90001\t42.5\n")  # its cells tell
    assert read_leavers(tmp_path / "own.txt", german).frame["first_margin"].tolist() == [42.5]


def test_what_is_neither_yes_nor_no_is_told_with_the_rest_by_file_and_line(tmp_path, study):
    (tmp_path / "new.csv").write_text("customer_id;Consent call;left_on\n7;yes;2024-01-31\n8;maybe;2024-02-31\n")
    with pytest.raises(wb.TableError, match=r"(?s)2 problems in the .*, new\.csv:.*Consent call.*line 3") as refused:
        leavers_looked_at(tmp_path / "new.csv", study.trial, flags=["consent_call"])[1].raise_if_any()
    assert "left_on" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Region\nSüd\n", r"table of whom to contact, neu.csv:\n  1. `customer_id` is missing"),
        ("Kunden-Nr.\n7\n7\n", r"table of whom to contact, neu.csv:\n  1. `Kunden-Nr.` \(customer_id\) must be unique"),
        ("", "neu.csv"),
    ],
)
def test_what_is_wrong_is_said_of_that_file_before_the_work(shop, tmp_path, monkeypatch, content, says):
    (tmp_path / "neu.csv").write_text(content, encoding="utf-8")
    monkeypatch.setattr("winback.pages.written.run_notebook", pytest.fail)
    with pytest.raises(ValueError, match=says):
        write_report(shop / "kunden.csv", shop / "offers.toml", whom=tmp_path / "neu.csv", out=tmp_path)


def test_a_page_without_a_list_takes_no_leavers(shop, tmp_path):
    words = ["report", shop / "kunden.csv", "--offers", shop / "offers.toml", "--out", tmp_path / "out"]
    words += ["--notebook", "09", "--whom", shop / "neu.csv"]
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 1
    assert "Leave --whom out, or ask for a page that has a contact list" in result.output


@pytest.mark.slow
@pytest.mark.parametrize("words", [[], ["--notebook", "07"]])
def test_the_page_and_its_list_are_of_the_new_leavers(shop, tmp_path, words):
    files = ["report", shop / "kunden.csv", "--offers", shop / "offers.toml", "--whom", shop / "neu.csv"]
    result = CliRunner().invoke(main, [str(word) for word in [*files, *words, "--out", tmp_path]])
    assert result.exit_code == 0, result.output
    pages = [page.read_text(encoding="utf-8") for page in tmp_path.glob("*.html")]
    assert sum("customers of neu.csv" in page for page in pages) == 1
    if not words:
        assert "customers of neu.csv" in result.output
        listed = pd.read_csv(tmp_path / "contact-list.csv")
        assert listed["customer_id"].between(90_000, 90_059).all()
        assert {"Name", "Jahresumsatz", "Region"} <= set(listed)
