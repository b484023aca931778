"""Does the command line say what is wrong, in one message, and leave nothing half-written?"""

import messy_files
import pandas as pd
import pytest
from click.testing import CliRunner
from sentences import ONE_OF_MANY

import winback as wb
from winback.cli import main

OFFERS = """currency = "$"
horizon_months = 12
annual_discount = 0.1
[[offer]]
name = "discount"
amount = 20
paid = "on_acceptance"
"""


@pytest.fixture
def campaign(tmp_path):
    """Write a small campaign's two files."""
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=5)
    table = study.lapsed[study.lapsed["offer"].isin(["discount", "none"])]
    table.to_csv(tmp_path / "customers.csv", index=False)
    (tmp_path / "offers.toml").write_text(OFFERS)
    return tmp_path


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_check_passes_a_good_table(campaign):
    result = run("check", campaign / "customers.csv", "--offers", campaign / "offers.toml")
    assert result.exit_code == 0
    assert "no problem found" in result.output
    assert "control group" in result.output


def test_check_lists_every_mistake_at_once(campaign):
    table = pd.read_csv(campaign / "customers.csv")
    table["second_tenure"] = table["second_tenure"].astype(object)
    back = table.index[table["returned"]]
    table.loc[back[0], "second_tenure"] = "a year"
    table.loc[back[1], "second_tenure"] = -3
    table.loc[table.index[5], "customer_id"] = table.loc[table.index[4], "customer_id"]
    table["complaints_resolved"] = table["complaints"] + 1
    table.to_csv(campaign / "mistakes.csv", index=False)
    result = run("check", campaign / "mistakes.csv")
    assert result.exit_code == 1
    for part in ("must be a number", "must be > 0", "must be unique", "a year", "complaints_resolved"):
        assert part in result.output
    assert "Traceback" not in result.output


def test_check_names_a_cell_thousands_of_times_the_rest_with_and_without_offers(campaign):
    table = pd.read_csv(campaign / "customers.csv")
    table.loc[table.index[3], "first_margin"] = 999_999_999
    table.to_csv(campaign / "slip.csv", index=False)
    for more in ((), ("--offers", campaign / "offers.toml")):
        said = run("check", campaign / "slip.csv", *more).output
        assert f'"first margin" is 999,999,999 for customer {table["customer_id"].iloc[3]}; all others are' in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\xff", "cannot be read|is not text"),
        ("table.docx", b"x", "has the ending .docx"),
        ("broken.xlsx", b"not a workbook", "cannot be read"),
    ],
)
def test_check_refuses_what_is_no_table(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    result = run("check", tmp_path / name)
    assert result.exit_code == 1
    assert pd.Series([result.output]).str.contains(says).all(), result.output


def test_check_other_tables(tmp_path):
    (tmp_path / "contracts.csv").write_text("customer_id,start,end\n1,2024-02-01,2024-01-01\n")
    result = run("check", tmp_path / "contracts.csv", "--table", "contracts")
    assert result.exit_code == 1
    assert "must not be before `start`" in result.output


def test_columns_can_be_mapped(tmp_path):
    (tmp_path / "kunden.csv").write_text("Kunde;Angebot\n1;none\n2;discount\n")
    result = run("check", tmp_path / "kunden.csv", "--column", "customer_id=Kunde", "--column", "offer=Angebot")
    assert result.exit_code == 0
    assert "2 rows" in result.output


@pytest.mark.parametrize(
    ("word", "says"), [("customer_id", "not of the form"), ("customer_id=Nummer", "is not a column")]
)
def test_a_wrong_mapping_is_refused(tmp_path, word, says):
    (tmp_path / "kunden.csv").write_text("Kunde\n1\n")
    result = run("check", tmp_path / "kunden.csv", "--column", word)
    assert result.exit_code != 0
    assert says in result.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no-such.csv", "--offers", "offers.toml"], "There is no file"),
        (["customers.csv"], "needs two files"),
        (["customers.csv", "--offers", "offers.toml", "--annual-discount", "10"], "Write 0.1 for 10%"),
        (["customers.csv", "--offers", "offers.toml", "--horizon-months", "-1"], "must be above 0"),
        (["customers.csv", "--offers", "offers.toml", "--horizon-months", "999"], "reaches beyond the data"),
        (["customers.csv", "--offers", "other.toml"], "Unknown key 'amuont'"),
        (["customers.csv", "--offers", "lacking.toml"], "names an offer whose cost is not stated"),
    ],
)
def test_report_refuses_bad_input_and_writes_nothing(campaign, monkeypatch, words, says):
    (campaign / "other.toml").write_text(OFFERS.replace("amount", "amuont"))
    (campaign / "lacking.toml").write_text(OFFERS.replace('"discount"', '"upgrade"'))
    monkeypatch.chdir(campaign)
    before = sorted(campaign.rglob("*"))
    result = run("report", *words)
    assert result.exit_code == 1
    assert says in result.output
    assert "Traceback" not in result.output
    assert sorted(campaign.rglob("*")) == before


class WorkError(Exception):
    """The long work was begun."""


def works(*_, **__):
    raise WorkError


@pytest.mark.parametrize("below", [".", "new/deep"])
@pytest.mark.parametrize(
    ("words", "work"),
    [
        (["report"], "winback.report.comparable_trial"),
        (["data", "telecom"], "winback.datasets.files.load_telecom_study"),
        (["data", "retail"], "winback.datasets.files.simulate_shop_study"),
        (["data", "hillstrom"], "winback.datasets.files.load_hillstrom"),
    ],
)
def test_a_file_named_as_the_folder_is_refused_before_the_work(tmp_path, monkeypatch, words, work, below):
    (tmp_path / "there").write_text("old")
    monkeypatch.setattr(work, works)
    result = run(*words, "--out", tmp_path / "there" / below)
    assert result.exit_code == 1
    assert result.output.endswith(f"Error: {tmp_path / 'there'} is a file; name a folder to write into.\n")
    assert (tmp_path / "there").read_text() == "old"
    assert isinstance(run(*words, "--out", tmp_path / "new").exception, WorkError)
    assert not (tmp_path / "new").exists()


def test_a_list_longer_than_a_sheet_is_said_before_the_work(campaign, monkeypatch):
    files = (campaign / "customers.csv", "--offers", campaign / "offers.toml")
    said = "A spreadsheet program shows only the first 99 of the "
    assert said not in run("check", *files).output
    monkeypatch.setattr("winback.tables.spreadsheets.ROWS_OF_A_SHEET", 100)
    monkeypatch.setattr("winback.pages.written.run_notebook", works)
    report = run("report", *files, "--out", campaign / "out")
    assert isinstance(report.exception, WorkError)
    for output in (report.output, run("check", *files).output):
        assert said in output
        assert "rows of contact-list.csv. offer-roi.xlsx holds them all, in several sheets.\n" in output


@pytest.mark.slow
def test_data_writes_a_ready_campaign(tmp_path):
    result = run("data", "telecom", "--out", tmp_path / "study")
    assert result.exit_code == 0
    customers, offers = tmp_path / "study" / "leavers.csv.gz", tmp_path / "study" / "offers.toml"
    frame = wb.compare_offers(wb.read_trial(wb.tables.load_table(customers), wb.load_offers(offers))).to_frame()
    study = wb.load_telecom_study()
    expected = wb.compare_offers(study.trial).to_frame()
    pd.testing.assert_frame_equal(frame, expected)


def test_data_writes_a_shop_s_log(tmp_path):
    result = run("data", "retail", "--out", tmp_path / "shop")
    assert result.exit_code == 0
    names = ["purchases.csv.gz", "later.csv.gz", "customers.csv.gz", "parameters.csv"]
    assert result.output.split() == [str(tmp_path / "shop" / name) for name in names]
    result = run("check", tmp_path / "shop" / "later.csv.gz", "--table", "purchases")
    assert "no problem found" in result.output


def test_data_without_the_public_file_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("WINBACK_DATA_DIR", str(tmp_path))
    result = run("data", "hillstrom", "--out", tmp_path / "trial")
    assert result.exit_code == 1
    assert "Fetch it by hand" in result.output
    assert not (tmp_path / "trial").exists()


def test_the_version_is_shown():
    assert wb.__version__ in run("--version").output


@pytest.fixture
def without_holdout(campaign):
    """Leave only customers who were sent an offer."""
    table = pd.read_csv(campaign / "customers.csv")
    table[table["offer"] == "discount"].to_csv(campaign / "offered.csv", index=False)
    return campaign / "offered.csv", "--offers", campaign / "offers.toml"


@pytest.mark.parametrize("words", [["--organic", "0.05"], ["--organic", "0.02:0.08", "--organic-value", "300"]])
def test_an_organic_return_can_be_assumed_where_nobody_was_held_out(without_holdout, words):
    assert run("check", *without_holdout, *words).exit_code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--organic", "five"], "'five' is no share and no LOW:HIGH, such as 0.05 or 0.02:0.08"),
        (["--organic", "0.1:0.2:0.3"], "is no share and no LOW:HIGH"),
        (["--organic", "5"], "organic must be a share from 0 to 1; got 5.0"),
        (["--organic", "0.3:0.1"], "organic must be (low, high); got (0.3, 0.1)"),
        (["--organic-value", "-3"], "organic_value must be an amount of money above 0"),
    ],
)
@pytest.mark.parametrize("command", ["check", "report"])
def test_an_organic_return_that_cannot_be_used_is_refused_in_words(without_holdout, command, words, says):
    result = run(command, *without_holdout, *words)
    assert result.exit_code > 0
    assert says in result.output
    assert "Traceback" not in result.output


def test_an_organic_return_is_refused_where_the_untreated_show_it(campaign):
    result = run("check", campaign / "customers.csv", "--offers", campaign / "offers.toml", "--organic", "0.05")
    assert result.exit_code == 1
    assert "here the untreated show it" in result.output


def test_check_says_what_was_read_as_what_and_what_was_not_looked_at(tmp_path):
    rows = messy_files.shop_rows()
    path = messy_files.write_german_csv(rows, tmp_path / "kunden.csv")
    result = run("check", path, "--column", "value=Deckungsbeitrag")
    assert result.exit_code == 0
    for said in (
        "Windows-1252",
        'below "Rückgewinnung',
        '"Kunden-Nr." was read as customer_id',
        "ja and nein read as yes or no",
        'Looked at: "Kunden-Nr." as customer_id (ids are there',
        "Not looked at, and kept as they are: Jahresumsatz, Region.",
        "randomisation were not looked at: that takes --offers",
        "900 rows, 6 columns, no problem found",
    ):
        assert said in result.output


def test_check_takes_what_says_how_a_table_is_to_be_read(tmp_path):
    rows = "".join(f"{n};{'x' if n % 2 else 'Gruppe B'};{'ja' if n % 3 else 'nein'};1.234\n" for n in range(80))
    (tmp_path / "table.csv").write_text("customer_id;offer;returned;value\n" + rows.replace("nein;1.234", "nein;"))
    (tmp_path / "offers.toml").write_text('[[offer]]\nname = "x"\namount = 1\npaid = "per_contact"\n')
    words = ["check", tmp_path / "table.csv", "--offers", tmp_path / "offers.toml"]
    first = run(*words)
    assert first.exit_code == 1
    for said in ('say --control "..."', "Gruppe B (40)", '--decimal ","', "2 problems"):
        assert said in first.output
    second = run(*words, "--control", "Gruppe B", "--decimal", ",", "--margin-share", "0.5")
    assert second.exit_code == 0, second.output
    assert "50.0% of the revenue" in second.output


def test_check_of_a_sheet_and_of_dates(tmp_path):
    sheets = {"notes": pd.DataFrame({"a": ["b"]}), "log": pd.DataFrame({"Kundennr": ["007"], "Datum": ["03/02/2024"]})}
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    words = ["check", tmp_path / "book.xlsx", "--table", "purchases", "--sheet", "2"]
    assert "can be read in two ways" in run(*words).output
    result = run(*words, "--day-first")
    assert result.exit_code == 0, result.output
    assert "dates with the day first" in result.output


def test_what_says_how_a_table_is_read_needs_a_table(tmp_path):
    result = run("report", "--control", "kein", "--out", tmp_path)
    assert result.exit_code == 1
    assert "control: that is for a table of your own" in result.output


def test_one_finding_is_not_called_findings(tmp_path):
    (tmp_path / "offers.toml").write_text(messy_files.MAIL_OFFERS)
    messy_files.mail_rows().drop(columns="clicked").to_csv(tmp_path / "mails.csv", index=False)
    output = run("check", tmp_path / "mails.csv", "--offers", tmp_path / "offers.toml").output
    assert output.count("warning  ") == 1
    assert "usable, with 1 finding above to look at" in output
    assert ONE_OF_MANY.search(output) is None


def test_messages_name_the_table_s_own_columns_and_the_options_that_help(tmp_path):
    """An analyst at the command line has `spend` and --keep: no `value`, and no argument of Python."""
    (tmp_path / "table.csv").write_text(
        "Nr,segment,conversion,spend\n"
        + "".join(f"{n},{'call' if n % 2 else 'No Mail'},{n % 3},{n % 3}\n" for n in range(18) if n % 3 < 2)
    )
    (tmp_path / "offers.toml").write_text('[[offer]]\nname = "call"\namount = 1\npaid = "per_contact"\n')
    names = ["--column", "customer_id=Nr", "--column", "returned=conversion", "--column", "value=spend"]
    words = ["check", tmp_path / "table.csv", "--offers", tmp_path / "offers.toml", *names]
    said = run(*words, "--column", "offer=Gruppe").output
    assert "1 problem in" in said  # and not that `offer` is missing, too
    said = run(*words, "--column", "offer=segment", "--control", "Gruppe B").output
    assert "1 problem in" in said
    assert "`segment` (offer) has no label 'Gruppe B'" in said
    (tmp_path / "table.csv").write_text("Nr,segment,conversion,spend\n7,call,1,\n7,No Mail,0,5\n8,call,2,0\n9,,0,0\n")
    said = run(*words, "--column", "offer=segment").output
    for each in ("`spend` (value) must be there", "Set `conversion` to true", '--keep "first"', 'say --control ""'):
        assert each in said
    assert "=" not in said.replace("--column ", "")


def test_check_gives_no_better_verdict_than_what_was_there_to_be_looked_at(tmp_path):
    (tmp_path / "table.csv").write_text("Customer No,segment,conversion\n1,No E-Mail,1\n2,Mens,0\n")
    said = run("check", tmp_path / "table.csv").output
    assert "only the ids were checked; offer, returned and value were not there to be looked at." in said
    assert '--column "offer=segment"' in said
    assert "no problem found" not in said


@pytest.mark.parametrize(
    ("heading", "row", "table"),
    [("Kunde;Beginn;Ende", "1;2020-01-01;", "contracts"), ("Customer;Order Date;Total", "1;2020-01-01;5", "purchases")],
)
def test_check_of_a_log_says_which_table_it_is_and_not_to_delete_rows(tmp_path, heading, row, table):
    (tmp_path / "log.csv").write_text(f"{heading}\n{row}\n{row}\n")
    said = run("check", tmp_path / "log.csv").output
    assert f"--table {table}" in said
    assert "Keep one row" not in said
    assert "must be unique" in run("check", tmp_path / "log.csv", "--table", "lapsed").output
