"""Is a setting that has nothing to act on said or refused, whichever it is? None is silently unused."""

import ast
import inspect
import re
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from trials import random_values

import winback as wb
from winback.base.any_base import read_base
from winback.cli import main
from winback.lost.in_short import group_of

TABLE = random_values(np.random.default_rng(0), 60, none=0.4, mail=0.6)
OFFERS = [wb.Offer(name="mail", amount=1, paid="on_acceptance")]
CHANGED = "it changed nothing"
ALWAYS = "acts on every table"
READ = {  # argument of read_trial -> a value that finds nothing to act on in TABLE, and what is said or refused
    "customers": ALWAYS,
    "offers": ALWAYS,
    "currency": ALWAYS,
    "horizon_months": (12, "cannot be applied to it. Leave both out"),
    "annual_discount": (0.1, "cannot be applied to it. Leave both out"),
    "organic": (0.05, "here the untreated show it. Leave it out"),
    "organic_value": ALWAYS,  # the worth of who returns without an offer, in every table of other organic returns
    "margin_share": ALWAYS,  # of every table; a trial is tried below
    "adjust": (["age"], "is missing"),
    "columns": ({"value": "Umsatz"}, "is not a column"),
    "control": ("Gruppe B", "has no label 'Gruppe B'"),
    "keep": ("first", f"no customer has more than one row: {CHANGED}"),
    "until": ("2024-12-31", f"none of left_on, offered_on, returned_on, ended_on: {CHANGED}"),
    "sheet": ("Kunden", "what was given is no file"),
    "decimal": (",", f"no number stands as text with a point or a comma: {CHANGED}"),
    "day_first": (True, f"no date is like 03/02/2024: {CHANGED}"),
    "cluster": ("household", "is not a column"),
    "planned_shares": ({"none": 0.4, "mail": 0.4, "call": 0.2}, "call was planned and has no customer"),
    "covariates": (["age"], "is missing"),
    "model": ("forest", "got 'forest'"),
    "assignment": ("guessed", "must be known or estimated"),
}


def said_of(customers, **settings):
    try:
        trial = wb.read_trial(customers, OFFERS, **settings)
        _ = wb.compare_offers(trial).adjusted
    except ValueError as error:
        return str(error)
    return " ".join(trial.design.to_frame()["finding"])


def test_every_argument_is_looked_at():
    assert set(READ) == set(inspect.signature(wb.read_trial).parameters)


@pytest.mark.parametrize("name", [name for name, case in READ.items() if case != ALWAYS])
def test_an_argument_without_anything_to_act_on_is_said_or_refused(name):
    value, said = READ[name]
    assert said not in said_of(TABLE)
    assert said in said_of(TABLE, **{name: value})


def test_arguments_that_act_are_not_said_to_be_unused():
    table = TABLE.assign(
        value=TABLE["value"].map("{:.2f}".format).str.replace(".", ",").where(TABLE["returned"]),
        offered_on="03/02/2024",
    )
    again = pd.concat([table, table.head(1)], ignore_index=True)
    said = said_of(again, decimal=",", day_first=True, until="2024-12-31", keep="first")
    assert "contacted more than once" in said
    assert CHANGED not in said


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_file_without_sheets_has_none_to_read(tmp_path, name):
    path = tmp_path / name
    TABLE.to_csv(path, index=False) if name.endswith("csv") else TABLE.to_parquet(path)
    for read in (lambda: wb.read_trial(path, OFFERS, sheet=3), lambda: wb.tables.load_table(path, sheet=3)):
        with pytest.raises(wb.TableError, match=r"has no sheets, and so no sheet 3\. Leave out which sheet"):
            read()


def test_a_trial_is_in_margin_already():
    percent = [wb.Offer(name="mail", percent_of_value=0.1, paid="on_acceptance")]
    trial = wb.read_trial(TABLE, percent, margin_share=0.25)
    with pytest.raises(ValueError, match=r"a trial, whose money is margin already; got 0\.3\. Leave it out"):
        wb.read_trial(trial, percent, margin_share=0.3)
    again = wb.read_trial(trial, percent)  # the offers do not say it: a percentage is still one of the price
    np.testing.assert_allclose(again.cost, trial.cost)
    np.testing.assert_allclose(again.value, trial.value)


def test_until_must_be_a_day_also_where_no_date_asks_for_it():
    with pytest.raises(ValueError, match="until must be a date"):
        wb.read_trial(TABLE, OFFERS, until="soon")


# option of `winback check` -> words that give it, and what is said without --offers and with another table
OF_CONTRACTS = ("not used with --table lapsed", "not used with --table purchases")
OF_A_TRIAL = ("not looked at without --offers. Name the offers file", "not used with --table purchases")
CHECKED = {
    "file": ALWAYS,
    "table": ALWAYS,
    "columns": (["--column", "value=zz"], "is not a column", "is not"),
    "offers": (["--offers", "offers.toml"], None, OF_A_TRIAL[1]),
    "events": (["--events", "log.csv"], *OF_CONTRACTS),
    "served_by": (["--served-by", "log.csv"], *OF_CONTRACTS),
    "customers": (["--customers", "log.csv"], "not used with --table lapsed", "by what their table knows"),
    "since": (["--since", "2024-01-01"], *OF_CONTRACTS),
    "horizon_months": (["--horizon-months", "12"], *OF_A_TRIAL),
    "annual_discount": (["--annual-discount", "0.1"], *OF_A_TRIAL),
    "organic": (["--organic", "0.1"], *OF_A_TRIAL),
    "organic_value": (["--organic-value", "3"], *OF_A_TRIAL),
    "control": (["--control", "kein"], *OF_A_TRIAL),
    "keep": (["--keep", "last"], *OF_A_TRIAL),
    "until": (["--until", "2024-12-31"], CHANGED, "to 2024-12-31"),
    "margin_share": (["--margin-share", "0.3"], CHANGED, OF_A_TRIAL[1]),
    "sheet": (["--sheet", "2"], "has no sheets", "has no sheets"),
    "decimal": (["--decimal", ","], CHANGED, CHANGED),
    "day_first": (["--day-first"], CHANGED, CHANGED),
}


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    TABLE[["customer_id", "offer", "returned"]].to_csv("table.csv", index=False)
    log = pd.DataFrame({"customer_id": [7, 8], "date": ["2024-01-31", "2024-02-29"], "amount": [3, 4]})
    log.to_csv("log.csv", index=False)


def test_every_option_of_check_is_looked_at():
    assert set(CHECKED) == {option.name for option in main.commands["check"].params}


@pytest.mark.parametrize("name", [name for name, case in CHECKED.items() if case != ALWAYS])
@pytest.mark.usefixtures("files")
def test_an_option_without_anything_to_act_on_is_said_or_refused(name):
    words, alone, elsewhere = CHECKED[name]
    for line, said in ((["table.csv"], alone), (["log.csv", "--table", "purchases"], elsewhere)):
        plain, given = (CliRunner().invoke(main, ["check", *line, *more]).output for more in ([], words))
        assert said is None or (said in given and said not in plain)


WITHOUT_A_TABLE = {  # option of `winback report` -> words; the study knows the rest by itself
    "columns": ["--column", "value=zz"],
    "control": ["--control", "kein"],
    "keep": ["--keep", "last"],
    "until": ["--until", "2024-12-31"],
    "sheet": ["--sheet", "2"],
    "decimal": ["--decimal", ","],
    "day_first": ["--day-first"],
    "margin_share": ["--margin-share", "0.3"],
}
OF_THE_STUDY = {"horizon_months", "annual_discount", "currency", "organic", "organic_value", "whom", "out"}


def test_every_option_of_report_is_looked_at():
    options = {option.name for option in main.commands["report"].params}
    assert options == {"customers", "offers", "numbers", "every", *WITHOUT_A_TABLE, *OF_THE_STUDY}


@pytest.mark.parametrize("name", WITHOUT_A_TABLE)
def test_what_says_how_a_table_is_read_is_refused_without_one(name, tmp_path):
    result = CliRunner().invoke(main, ["report", *WITHOUT_A_TABLE[name], "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{name}: that is for a table of your own" in result.output


def no_page(notebook, settings, out, **_):
    """Read the table as the page would, and say what was taken for what; write nothing."""
    if settings["file"] is not None:
        base = read_base(settings["file"], **settings["reading"])
        click.echo(" ".join([*base.describe().splitlines(), *base.reading, base.currency]))
        group_of(base, settings["by"])
    raise ValueError("No page was wanted.")


# option of `winback plan` -> words, and what is said without a table of one's own; None: it acts on the study, too
PLAN = {name: (words, f"{name}: that is for a table of your own") for name, words in WITHOUT_A_TABLE.items()} | {
    "start": (["--start", "soon"], "--start must be a date"),
    "playbook": (["--playbook", "none.toml"], "none.toml"),
    "keep_back": (["--keep-back", "1"], "--keep-back must be a share"),
    "already": (["--already", "none.csv"], "none.csv"),
    "back": (["--back", "none.csv"], "none.csv"),
    "whom": (["--whom", "none.csv"], "none.csv"),
    "outcomes": (
        ["--outcomes", "none.csv"],
        "There is no plan-contacts.csv in reports: name the folder of the plan with --out",
    ),
    "offers": (["--offers", "none.toml"], "the customers' table is missing"),
    "horizon_months": (["--horizon-months", "-1"], "must be above 0"),
    "annual_discount": (["--annual-discount", "10"], "Write 0.1 for 10%"),
    "currency": (["--currency", "EUR"], "EUR"),
    "organic": (["--organic", "0.05"], "here the untreated show it"),
    "organic_value": (["--organic-value", "-3"], "organic_value must be"),
    "despite_causes": (["--despite-causes"], None),
    "customers": (["none.csv"], "the offers file"),
    "out": (["--out", "log.csv"], "is a file; name a folder"),
}


def test_every_option_of_plan_is_looked_at():
    assert {option.name for option in main.commands["plan"].params} == {*PLAN, "overwrite"}
    assert {option.name for option in main.commands["playbook"].params} == {"out", "overwrite"}


@pytest.mark.parametrize("name", PLAN)
@pytest.mark.usefixtures("files")
def test_an_option_of_plan_acts_or_is_refused(name, monkeypatch):
    asked = {}

    def no_page(notebook, settings, out, **_):
        asked.update(settings)
        raise ValueError("No page was wanted.")

    monkeypatch.setattr("winback.plan_page.write_page", no_page)
    words, said = PLAN[name]
    result = CliRunner().invoke(main, ["plan", *words])
    assert result.exit_code == 1
    if said is None:
        assert asked["how"] == {name: True}
    else:
        assert said in result.output
        assert not asked


def test_an_older_list_stands_in_the_way_unless_it_may_go(tmp_path):
    (tmp_path / "plan-contacts.csv").write_text("in use")
    words = ["plan", "none.csv", "--out", str(tmp_path)]
    assert "or say --overwrite" in CliRunner().invoke(main, words).output
    assert "the offers file" in CliRunner().invoke(main, [*words, "--overwrite"]).output  # what comes next
    assert (tmp_path / "plan-contacts.csv").read_text() == "in use"


LOST = {  # option of `winback lost` -> words; said of purchases; said without a table of one's own
    "by": (["--by", "zz"], "there is no column zz to compare losses by", "by: that is for a table of your own"),
    "columns": (["--column", "amount=zz"], "is not a column", "columns: that is for a table of your own"),
    "until": (["--until", "2024-12-31"], "to 2024-12-31", "until: that is"),
    "since": (["--since", "2024-01-01"], "since: not used with a log of purchases", "since: that is"),
    "events": (["--events", "log.csv"], "events: not used with a log of purchases", "events: that is"),
    "served_by": (["--served-by", "log.csv"], "served_by: not used with a log of purchases", "served_by: that is"),
    "customers": (["--customers", "none.csv"], "none.csv", "customers: that is"),
    "currency": (["--currency", "EUR"], "EUR", "currency: that is"),
    "margin_share": (["--margin-share", "3"], "margin_share", "margin_share: that is"),
    "lost_labels": (["--lost-label", "x"], "lost_labels: not used with a log of purchases", "lost_labels: that is"),
    "tenure_in": (["--tenure-in", "days"], "tenure_in: not used with a log of purchases", "tenure_in: that is"),
    "lost_within": (["--lost-within", "3M"], "lost_within: not used with a log of purchases", "lost_within: that is"),
    "sheet": (["--sheet", "2"], "has no sheets", "sheet: that is"),
    "decimal": (["--decimal", ","], CHANGED, "decimal: that is"),
    "day_first": (["--day-first"], CHANGED, "day_first: that is"),
}


def test_every_option_of_lost_is_looked_at():
    assert {option.name for option in main.commands["lost"].params} == {"file", "out", *LOST}


@pytest.mark.parametrize("name", LOST)
@pytest.mark.usefixtures("files")
def test_an_option_of_lost_without_anything_to_act_on_is_said_or_refused(name, monkeypatch):
    monkeypatch.setattr("winback.lost_page.write_page", no_page)
    words, said, alone = LOST[name]
    plain, given, without = (run_lost(*line) for line in (["log.csv"], ["log.csv", *words], words))
    assert said in given
    assert said not in plain
    assert alone in without


def run_lost(*words):
    return CliRunner().invoke(main, ["lost", *words]).output


def test_every_option_that_a_sentence_names_is_there():
    """A remedy that the command line does not know helps nobody."""
    known = {name for command in main.commands.values() for option in command.params for name in option.opts}
    known |= {name for command in main.commands.values() for option in command.params for name in option.secondary_opts}
    known |= {"--version", "--help", "--no-sandbox"}
    said = {}
    for path in sorted(Path(wb.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said |= {name: path.name for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", node.value)}
    assert {"--lost-label", "--until", "--column"} <= set(said)
    assert not {name: where for name, where in said.items() if name not in known}
