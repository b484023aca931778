"""Do the shop's files hold the simulated shop, and does its dictionary name all of it?"""

from pathlib import Path

import pandas as pd
import pytest

import winback as wb
from winback.datasets.files import write_retail
from winback.tables import PURCHASES

FOLDER = Path(__file__).parents[2] / "data" / "retail"


@pytest.fixture(scope="module")
def shop():
    return wb.simulate_shop_study()


@pytest.fixture(scope="module")
def dictionary():
    return (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["purchases", "later"])
def test_the_logs_are_the_simulated_ones(shop, name):
    read = wb.tables.load_table(FOLDER / f"{name}.csv.gz")
    log = getattr(shop, name)
    pd.testing.assert_frame_equal(
        read.assign(date=pd.to_datetime(read["date"])).fillna({"customer_id": "nobody"}),
        log.fillna({"customer_id": "nobody"}),
        check_exact=True,
    )


def test_the_log_is_summarised_the_same_from_its_file(shop):
    read, drawn = (
        wb.summarize_purchases(log, period="W", until="2024-06-30")
        for log in (wb.tables.load_table(FOLDER / "purchases.csv.gz"), shop.purchases)
    )
    pd.testing.assert_frame_equal(read.customers, drawn.customers)
    pd.testing.assert_frame_equal(read.frame, drawn.frame)


def test_the_customers_are_the_simulated_ones(shop):
    read = wb.tables.load_table(FOLDER / "customers.csv.gz")
    pd.testing.assert_frame_equal(read, shop.customers.astype({"channel": object}), check_exact=True)


def test_the_parameters_are_the_simulated_ones(shop):
    read = pd.read_csv(FOLDER / "parameters.csv", float_precision="round_trip")
    pd.testing.assert_frame_equal(read, shop.truth.parameters, check_exact=True)


def test_writing_the_shop_again_gives_the_same_bytes_for_all_but_the_compression(tmp_path):
    written = write_retail(tmp_path)
    assert {path.name for path in written} == {path.name for path in FOLDER.iterdir()} - {"README.md"}
    for path in written:
        if path.suffix != ".gz":
            assert path.read_bytes() == (FOLDER / path.name).read_bytes()


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 400_000


def test_the_dictionary_names_every_column_with_its_unit_and_meaning(shop, dictionary):
    for column in PURCHASES:
        assert f"| {column.name} | {column.unit} | {column.meaning} |" in dictionary
    assert any(line.startswith("| channel |") and "shop, web, newsletter" in line for line in dictionary)
    for name in {*shop.purchases, *shop.customers}:
        assert any(line.startswith(f"| {name} |") for line in dictionary)


def test_the_dictionary_names_every_parameter_with_its_value(shop, dictionary):
    for row in shop.truth.parameters.itertuples():
        assert f"| {row.parameter} | {row.value:g} | {row.meaning} |" in dictionary


def test_the_dictionary_names_every_file(dictionary):
    for path in FOLDER.iterdir():
        assert path.name == "README.md" or any(line.startswith(f"| `{path.name}` |") for line in dictionary)


def test_the_dictionary_tells_the_days_of_both_logs(shop, dictionary):
    text = "\n".join(dictionary)
    for log in (shop.purchases, shop.later):
        assert f"{log['date'].min():%Y-%m-%d} to {log['date'].max():%Y-%m-%d}" in text
