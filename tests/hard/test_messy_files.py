"""Do a German shop's files and an e-mail trial become the right trial, in at most two attempts?"""

import messy_files
import numpy as np
import pytest

import winback as wb


@pytest.mark.parametrize("write", [messy_files.write_german_csv, messy_files.write_german_workbook])
def test_a_german_shop_s_files_are_read_at_once(tmp_path, write):
    rows = messy_files.shop_rows()
    (tmp_path / "offers.toml").write_text(messy_files.SHOP_OFFERS, encoding="utf-8")
    trial = wb.read_trial(
        write(rows, tmp_path / f"kunden.{'csv' if 'csv' in write.__name__ else 'xlsx'}"), tmp_path / "offers.toml"
    )
    assert trial.lapsed["customer_id"].tolist() == rows["id"].tolist()
    assert trial.lapsed["returned"].tolist() == rows["back"].tolist()
    np.testing.assert_array_equal(trial.lapsed["value"].fillna(0), rows["value"])
    np.testing.assert_array_equal(trial.lapsed["Jahresumsatz"], rows["turnover"])
    assert trial.arms == ("Gutschein", "Anruf", "none")
    said = " ".join(trial.reading)
    for part in (
        "The table starts in",
        '"Kunden-Nr." was read as customer_id',
        "decimal comma",
        "EUR",
        '"kein"',
        "ja and nein",
    ):
        assert part in said
    expected = (
        rows["value"][rows["offer"] == "Gutschein"].mean() - 10 * rows["back"][rows["offer"] == "Gutschein"].mean()
    )
    profit = trial.profit[trial.arm == 0].mean()
    assert profit == pytest.approx(expected)
