"""Are the offers of a table found, with who was sent nothing, and does the filled template read that table?"""

import messy_files
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import winback as wb
from winback.cli import main
from winback.trial.own_offers import find_offers


def filled(path, **terms):
    """Fill in a template as an analyst does, line by line."""
    text = path.read_text(encoding="utf-8")
    for name, value in ({"amount": "10", "paid": '"on_acceptance"'} | terms).items():
        text = text.replace(f'{name} = "?"', f"{name} = {value}")
    path.write_text(text, encoding="utf-8")


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_from_a_german_table_to_a_checked_trial(tmp_path):
    table = messy_files.write_german_csv(messy_files.shop_rows(), tmp_path / "kunden.csv")
    offers = tmp_path / "new" / "offers.toml"
    asked = run("offers", table, "--column", "value=Deckungsbeitrag", "--out", offers)
    assert asked.exit_code == 0, asked.output
    assert "2 offers: Gutschein (300 customers) and Anruf (300 customers)" in asked.output
    assert "compared with: 300 customers" in asked.output
    assert f"winback check {table} --offers {offers}" in asked.output
    assert "horizon_months" not in offers.read_text()
    unfilled = run("check", table, "--offers", offers)
    assert unfilled.exit_code == 1
    assert unfilled.output.count("Error") == 1
    assert "Offer 'Anruf': amount, paid." in unfilled.output
    filled(offers)
    checked = run("check", table, "--offers", offers)
    assert checked.exit_code == 0, checked.output
    assert wb.read_trial(table, offers).arms == ("Gutschein", "Anruf", "none")


def test_what_stands_there_is_kept_unless_told(tmp_path):
    (tmp_path / "customers.csv").write_text("customer_id,offer,returned,value\n1,call,yes,3\n2,none,no,\n")
    (tmp_path / "offers.toml").write_text("mine")
    words = ("offers", tmp_path / "customers.csv", "--out", tmp_path / "offers.toml")
    refused = run(*words)
    assert refused.exit_code == 1
    assert "is there already, and was not changed" in refused.output
    assert (tmp_path / "offers.toml").read_text() == "mine"
    assert run(*words, "--overwrite").exit_code == 0
    assert "[[offer]]" in (tmp_path / "offers.toml").read_text()


def test_the_control_group_that_was_named_stays_named_in_the_file(tmp_path):
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"customer_id": range(200), "offer": np.where(np.arange(200) % 2, "A", None)})
    table["returned"] = rng.random(200) < 0.4
    table["value"] = np.where(table["returned"], 30.0, 0.0)
    table.to_csv(tmp_path / "customers.csv", index=False)
    offers = tmp_path / "offers.toml"
    plain = run("offers", tmp_path / "customers.csv", "--out", offers)
    assert 'Of 100 customers no offer is written. If they were sent nothing, say --control ""' in plain.output
    assert "--organic 0.05" in plain.output
    assert run("offers", tmp_path / "customers.csv", "--out", offers, "--overwrite", "--control", "").exit_code == 0
    filled(offers)
    assert wb.read_trial(tmp_path / "customers.csv", offers).arms == ("A", "none")
    other = wb.read_trial(table.assign(offer=np.where(np.arange(200) % 2, "A", "x")), offers, control="x")
    assert other.arms == ("A", "none")  # what is said there and then overrules the file


def test_revenue_asks_for_its_margin():
    found = find_offers(messy_files.mail_rows())
    assert found.template.names == ("Ten Percent Off", "call")
    assert found.template.revenue == "revenue"
    assert 'margin_share = "?"' in found.text
    assert "horizon_months" not in found.text


def test_the_study_has_its_offers_and_its_holdout(study):
    found = find_offers(study.lapsed)
    assert sorted(found.template.names) == sorted(study.offers.names)
    eligible = study.lapsed["eligible"].to_numpy(dtype=bool)
    assert found.n_untreated == int((eligible & (study.lapsed["offer"] == "none").to_numpy()).sum())
    assert found.template.has_horizon


def test_what_a_table_lacks_is_said_at_once():
    found = find_offers(pd.DataFrame({"offer": ["a", "b"]}))
    for said in ('"customer_id": ', '"returned": ', '"value": ', "Nobody is known to have been sent nothing"):
        assert any(said in sentence for sentence in found.said)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"which": ["No E-Mail", "Mens"], "segment": ["a", "b"]}, '"offer": "which"'),
        ({"Segment": ["a", "b"]}, '"offer": "Segment"'),
        ({"offer": [f"name {n}" for n in range(100)]}, "100 different values, more than a campaign has offers"),
        ({"offer": ["none", "none"]}, "names no offer"),
        ({"offer": ["kein", "holdout", "a"]}, "several labels that may mean sent nothing"),
    ],
)
def test_what_is_no_column_of_offers_is_refused_with_the_way_out(table, says):
    with pytest.raises(wb.TableError, match=says):
        find_offers(pd.DataFrame(table))


def test_everything_is_asked_at_once_and_nothing_written_until_it_is_answered(tmp_path):
    (tmp_path / "table.csv").write_text("Nr,Gruppe,gekauft,Umsatz\n1,Call,1,3\n2,kein,0,0\n3,call,0,0\n")
    words, names = ("offers", tmp_path / "table.csv", "--out", tmp_path / "offers.toml"), []
    for asked, name in ((3, "offer=Gruppe"), (2, "customer_id=Nr"), (1, "returned=gekauft")):
        said = run(*words, *names).output
        assert f"{asked} problem" in said
        assert '--column "returned=..."' in said
        assert not (tmp_path / "offers.toml").exists()
        names += ["--column", name]
    assert '--column "offer=Gruppe". Columns: Nr, Gruppe, gekauft, Umsatz.' in run(*words).output
    done = run(*words, *names)
    assert done.exit_code == 0
    assert '"Call" and "call" differ only in case, blanks or punctuation: they were read as one offer' in done.output


def test_a_rare_label_that_is_nearly_another_one_is_asked_about():
    offers = ["Mens E-Mail"] * 60 + ["Mens Mail"] * 2 + ["Womens E-Mail"] * 50
    found = find_offers(pd.DataFrame({"customer_id": range(112), "offer": offers, "returned": 0, "value": 0}))
    (said,) = (line for line in found.said if "slip" in line)
    assert said.startswith('"Mens Mail" (2 customers) is nearly "Mens E-Mail" (60 customers)')
