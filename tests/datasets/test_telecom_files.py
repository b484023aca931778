"""Do the study's files hold the study, and does its dictionary name all of it?"""

from pathlib import Path

import pandas as pd
import pytest

import winback as wb
from winback.datasets.files import write_telecom
from winback.datasets.telecom.dictionary import columns_of, events_frame
from winback.tables import LAPSED

FOLDER = Path(__file__).parents[2] / "data" / "telecom"
COMPANY = ("contracts", "events", "served_by", "sent")
DATES = ("start", "end", "date", "from", "to", "offered_on")


@pytest.fixture(scope="module")
def dictionary():
    return (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()


def test_the_table_is_the_simulated_one(study):
    read = wb.tables.check_lapsed(wb.tables.load_table(FOLDER / "leavers.csv.gz"))
    pd.testing.assert_frame_equal(read, study.lapsed, check_categorical=False, check_exact=True)
    for name in ("offer", "reason"):
        assert (read[name].astype(object) == study.lapsed[name].astype(object)).all()


def test_plain_pandas_reads_the_same_numbers(study):
    read = pd.read_csv(FOLDER / "leavers.csv.gz", keep_default_na=False, na_values=[""])
    numbers = study.lapsed.select_dtypes("number")
    pd.testing.assert_frame_equal(read[list(numbers)], numbers, check_exact=True)
    assert list(read) == list(study.lapsed)


def test_the_offers_are_the_simulated_ones(study):
    assert wb.load_offers(FOLDER / "offers.toml") == study.offers


def test_the_assumptions_are_the_simulated_ones(study):
    read = pd.read_csv(FOLDER / "assumptions.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(read, study.assumptions, check_exact=True)


def test_the_parameters_are_the_simulated_ones(study):
    read = pd.read_csv(FOLDER / "parameters.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(read, study.truth.parameters, check_exact=True)


@pytest.mark.parametrize("table", [pytest.param("contracts", marks=pytest.mark.slow), *COMPANY[1:]])
def test_the_companys_tables_are_the_simulated_ones(study, table):
    drawn = getattr(study, table)
    dates = [name for name in DATES if name in drawn]
    path = FOLDER / f"{table}.csv.gz"
    read = pd.read_csv(path, parse_dates=dates, keep_default_na=False, na_values=[""], low_memory=False)
    labels = {name: object for name in drawn.select_dtypes(["category", "object"])}
    plain = drawn.astype(labels)
    missing = {name: plain[name].where(plain[name].notna(), None) for name in labels}
    read = read.assign(**{name: read[name].astype(object).where(read[name].notna(), None) for name in labels})
    pd.testing.assert_frame_equal(read, plain.assign(**missing), check_exact=True)


@pytest.mark.slow
def test_contracts_and_events_pass_their_checks_as_files(study):
    contracts = wb.tables.check_contracts(FOLDER / "contracts.csv.gz", needs=["start", "margin"])
    events = wb.tables.check_events(FOLDER / "events.csv.gz", needs=["date", "event"])
    assert (contracts["customer_id"] == study.contracts["customer_id"]).all()
    assert len(events) == len(study.events)


def test_all_data_together_stay_under_ten_megabytes():
    assert sum(path.stat().st_size for path in FOLDER.parent.rglob("*") if path.is_file()) < 10_000_000


@pytest.mark.slow
def test_writing_the_study_again_gives_the_same_bytes_for_all_but_the_compression(tmp_path):
    written = write_telecom(tmp_path)
    assert {path.name for path in written} == {path.name for path in FOLDER.iterdir()} - {"README.md"}
    for path in written:
        if path.suffix != ".gz":
            assert path.read_bytes() == (FOLDER / path.name).read_bytes()


def test_the_dictionary_names_every_column_with_its_unit_and_meaning(study, dictionary):
    known = {column.name: column for column in LAPSED}
    for name in study.lapsed:
        assert f"| {name} | {known[name].unit} | {known[name].meaning} |" in dictionary


def test_the_dictionary_names_every_column_and_event_of_the_company(dictionary):
    for frame in (*map(columns_of, COMPANY), events_frame()):
        for row in frame.itertuples(index=False):
            assert f"| {' | '.join(row)} |" in dictionary


def test_the_dictionary_names_every_figure_published_or_assumed_with_its_value(study, dictionary):
    published, assumed = dictionary.index("## Published"), dictionary.index("## Assumed")
    for figure in study.assumptions.itertuples():
        row = f"| {figure.name} | {figure.value:g} | {figure.unit} | {figure.meaning} |"
        place = dictionary.index(row)
        assert (place > assumed) if figure.source == "assumed" else (published < place < assumed)


def test_the_dictionary_names_every_file(dictionary):
    for path in FOLDER.iterdir():
        assert path.name == "README.md" or any(line.startswith(f"| `{path.name}` |") for line in dictionary)


def test_few_leavers_for_both_reasons_returned_as_the_dictionary_warns(study, dictionary):
    assert any("Fewer than 300 of those who left for both reasons came back" in line for line in dictionary)
    assert 0 < study.lapsed.query("reason == 'both'")["returned"].sum() < 300
