"""Do the study's files hold the study, and does its dictionary name all of it?"""

from pathlib import Path

import pandas as pd
import pytest

import winback as wb
from winback.datasets.files import write_telecom
from winback.tables import LAPSED

FOLDER = Path(__file__).parents[2] / "data" / "telecom"


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
