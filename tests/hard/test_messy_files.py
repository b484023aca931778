"""Do a German shop's files and an e-mail trial become the right trial, in at most two attempts?"""

import messy_files
import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.report import write_report


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


def test_an_e_mail_trial_is_read_with_its_holdout(tmp_path):
    rows = messy_files.mail_rows()
    rows.to_csv(tmp_path / "mail.csv", index=False)
    (tmp_path / "offers.toml").write_text(messy_files.MAIL_OFFERS)
    trial = wb.read_trial(tmp_path / "mail.csv", tmp_path / "offers.toml")
    assert trial.arms == ("ten percent off", "call", "none")
    assert trial.known == ("past_orders",)
    assert "opened and clicked" in str(trial.design.describe()) + str(trial.design.details())
    np.testing.assert_allclose(trial.value, 0.4 * rows["revenue"])
    sent = rows[rows["Offer"] == "Ten Percent Off"]
    np.testing.assert_allclose(trial.cost[trial.arm == 0], 0.1 * sent["revenue"] + 0.02)


def test_a_first_attempt_names_everything_and_the_second_is_right(tmp_path):
    rows = messy_files.mail_rows()
    bad = pd.concat([rows, rows.head(3)]).replace({"Offer": {"Holdout": "Group C"}})
    bad.loc[bad["Came back"] == "Yes", "Came back"] = "Bought"
    bad.to_csv(tmp_path / "mail.csv", index=False)
    (tmp_path / "offers.toml").write_text(messy_files.MAIL_OFFERS)
    with pytest.raises(wb.TableError, match="3 problems") as caught:
        wb.read_trial(tmp_path / "mail.csv", tmp_path / "offers.toml")
    for said in ("Group C (801)", "control=", "must be true or false", "Bought", "must be unique", 'keep="first"'):
        assert said in str(caught.value)
    bad["Came back"] = bad["Came back"].replace("Bought", "Yes")
    trial = wb.read_trial(bad, tmp_path / "offers.toml", control="Group C", keep="first")
    assert trial.arms == ("ten percent off", "call", "none")
    assert len(trial.lapsed) == len(rows)


@pytest.mark.slow
def test_the_report_of_a_german_shop_lists_its_own_customers(tmp_path):
    rows = messy_files.shop_rows()
    (tmp_path / "offers.toml").write_text(messy_files.SHOP_OFFERS, encoding="utf-8")
    path = messy_files.write_german_csv(rows, tmp_path / "kunden.csv")
    write_report(path, tmp_path / "offers.toml", out=tmp_path / "out")
    page = (tmp_path / "out" / "offer-roi.html").read_text(encoding="utf-8")
    for said in ("€", "was read as customer_id", "Windows-1252", "were taken for those who were sent nothing"):
        assert said in page
    listed = pd.read_csv(tmp_path / "out" / "contact-list.csv", dtype=str)["customer_id"]
    assert len(listed)
    assert set(listed) <= set(rows["id"])


@pytest.mark.slow
def test_the_report_of_an_e_mail_trial_leaves_out_what_came_after(tmp_path):
    rows = messy_files.mail_rows()
    rows.to_csv(tmp_path / "mail.csv", index=False)
    (tmp_path / "offers.toml").write_text(messy_files.MAIL_OFFERS)
    write_report(tmp_path / "mail.csv", tmp_path / "offers.toml", out=tmp_path / "out")
    page = (tmp_path / "out" / "offer-roi.html").read_text(encoding="utf-8")
    assert "opened and clicked" in page
    assert "10.0% of what a customer pays" in page
    listed = pd.read_csv(tmp_path / "out" / "contact-list.csv")
    assert set(listed["customer_id"]) <= set(rows["Customer ID"])
