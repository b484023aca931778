"""Does the command line hold the same plan against what came of it, say all problems at once, and leave its list?"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_plan_page import MONDAY, WORDS, run, write_campaign

import winback as wb
from winback import plan_check, plan_list, plan_page
from winback.pages.settings import load_notebook
from winback.pages.shown import OF_THE_STUDY


def outcomes_of(plan, rng):
    ids = plan.customers["customer_id"]
    back = rng.random(len(ids)) < 0.6
    value = np.where(back, rng.gamma(4, 5, len(ids)).round(2), 0.0)
    return pd.DataFrame({"customer_id": ids, "returned": np.where(back, "yes", "no"), "value": value})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a plan from files in a folder, write its list there, and draw what came of it."""
    folder = tmp_path_factory.mktemp("campaign")
    write_campaign(folder)
    trial = wb.read_trial(folder / "customers.csv", folder / "offers.toml")
    plan = plan_page.planned(trial, folder / "new.csv", start=MONDAY, playbook=folder / "playbook.toml")
    (folder / "reports").mkdir()
    plan_list.write_tables(plan, folder / "reports")
    outcomes_of(plan, np.random.default_rng(4)).to_csv(folder / "came.csv", index=False)
    return folder, plan


@pytest.fixture
def asked(made, monkeypatch):
    """Work in that folder, with a page that is not written but says how the notebook was asked."""
    asked = {}
    monkeypatch.chdir(made[0])
    monkeypatch.setattr(
        plan_check, "write_page", lambda _, settings, out, **files: asked.update(settings, **files) or []
    )
    return asked


def check(*words, outcomes="came.csv", start=("--start", MONDAY)):
    return run("plan", *WORDS, *start, "--outcomes", outcomes, *words)


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_plan_is_made_anew_and_held_against_what_came(made, asked):
    folder, plan = made
    before = files_of(folder)
    said = check()
    assert said.exit_code == 0, said.output
    came = plan.check(folder / "came.csv")
    for line in (*came.describe().splitlines(), str(came.what_to_do())):
        assert line in said.output
    assert (asked["page"], asked["tables"]) == (plan_check.PAGE, ())
    assert asked["outcomes"] == str(folder / "came.csv")
    trial = wb.read_trial(folder / "customers.csv", folder / "offers.toml")
    again, outcomes = plan_check.plan_and_outcomes(  # as the notebook does with what it was asked
        trial, asked["customers"], asked["whom"], asked["outcomes"], **asked["how"]
    )
    pd.testing.assert_frame_equal(again.check(outcomes).frame, came.frame)
    assert files_of(folder) == before


def test_own_headings_of_the_trial_are_found_among_the_outcomes(made, asked, tmp_path):
    folder, plan = made
    for name in ("customers.csv", "came.csv"):
        table = pd.read_csv(folder / name).rename(columns={"value": "Ertrag netto"})
        table.to_csv(tmp_path / name, index=False)
    words = [tmp_path / "customers.csv", *WORDS[1:], "--start", MONDAY, "--outcomes", tmp_path / "came.csv"]
    said = run("plan", *words, "--column", "value=Ertrag netto")
    assert said.exit_code == 0, said.output
    assert str(plan.check(folder / "came.csv").what_to_do()) in said.output


def test_a_heading_that_the_outcomes_alone_have_can_be_named(made, asked, tmp_path):
    folder, plan = made
    theirs = {"returned": "wieder da", "value": "DB"}
    pd.read_csv(folder / "came.csv").rename(columns=theirs).to_csv(tmp_path / "came.csv", index=False)
    said = check("--column", "returned=wieder da", "--column", "value=DB", outcomes=tmp_path / "came.csv")
    assert said.exit_code == 0, said.output
    assert str(plan.check(folder / "came.csv").what_to_do()) in said.output
    assert asked["how"]["columns"] == theirs
    lost = check("--column", "value=Umsatz", outcomes=tmp_path / "came.csv")
    assert "`Umsatz` is not a column" in lost.output


@pytest.mark.parametrize(
    ("words", "start", "says"),
    [
        (
            (),
            ("--start", "2027-01-05"),
            r"differ from the plan made anew \(first: customer 9001, step 1, letter on 2027-",
        ),
        (("--keep-back", "0"), ("--start", MONDAY), "--start too, and the list as it was written"),
        (
            ("--out", "elsewhere"),
            ("--start", MONDAY),
            r"no plan-contacts\.csv in elsewhere: name the folder of the plan wi",
        ),
        (("--overwrite",), ("--start", MONDAY), "--overwrite: with --outcomes the list stays as it is. Leave it out."),
    ],
)
def test_another_plan_than_that_of_the_list_is_one_error(made, asked, words, start, says):
    before = files_of(made[0])
    said = check(*words, start=start)
    assert said.exit_code == 1
    assert said.output.count("Error: ") == 1
    assert re.search(says, said.output), said.output
    assert not asked
    assert files_of(made[0]) == before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda rows: rows.sample(frac=1, random_state=3).assign(done="x"), None),  # in whatever order, with notes
        (
            lambda rows: rows.iloc[: len(rows) // 3],
            r"list of another plan: \d+ of \d+ contacts .*\(first: .*, in the plan made anew alone",
        ),
        (  # a row that the plan has not, whatever is struck out beside it
            lambda rows: rows.iloc[3:].assign(step=["9", *rows["step"][4:]]),
            r": \d of \d+ contacts .* step 9, .* on the list alone",
        ),
        (
            lambda rows: rows.assign(channel=["call", *rows["channel"][1:]]),
            r": 1 of \d+ .* call on 2027-01-04, on the list",
        ),
        (lambda rows: rows.assign(date="04.01.2027"), r": \d+ of \d+ contacts differ"),
        (lambda rows: rows.drop(columns="channel"), "`channel` is missing"),
    ],
)
def test_the_list_is_compared_contact_by_contact(made, tmp_path, changed, says):
    folder, plan = made
    path = tmp_path / plan_list.TABLES[0]
    changed(pd.read_csv(folder / "reports" / path.name, dtype=str)).to_csv(path, index=False)
    if says is None:
        assert plan_check.refuse_other_plan(plan, path) == ""
        return
    with pytest.raises(ValueError, match=says):
        plan_check.refuse_other_plan(plan, path)


def test_ids_that_a_spreadsheet_would_run_are_compared_as_they_stand_in_the_list(made, tmp_path):
    _, plan = made
    named = plan.frame.assign(customer_id=[f"=A{each}" for each in plan.frame["customer_id"]])
    plan_list.write_csv(named, tmp_path / plan_list.TABLES[0])
    plan_check.refuse_other_plan(replace(plan, frame=named), tmp_path / plan_list.TABLES[0])


def test_what_is_wrong_with_the_outcomes_stands_in_the_one_list_of_problems(made, asked, tmp_path):
    table = pd.read_csv(made[0] / "came.csv").astype(object)
    table.loc[2, "returned"] = "perhaps"
    table.to_csv(tmp_path / "bad.csv", index=False)
    said = check("--keep-back", "3", "--back", "no-table.csv", outcomes=tmp_path / "bad.csv")
    assert said.exit_code == 1
    assert said.output.count("Error: ") == 1
    for part in ("--keep-back must be a share", "no-table.csv", "1 problem in the table of outcomes, bad.csv"):
        assert part in said.output
    assert re.search(r"`returned` .*; 1 of 90 rows \(first: customer \d+, line 4 of the file, perhaps\)", said.output)
    assert not asked


def test_who_is_not_on_the_list_is_said_before_a_kernel_starts(made, asked, tmp_path):
    table = pd.read_csv(made[0] / "came.csv")
    table.assign(customer_id=[7, *table["customer_id"][1:]]).to_csv(tmp_path / "bad.csv", index=False)
    said = check(outcomes=tmp_path / "bad.csv")
    assert said.exit_code == 1
    assert "must be on the list that was planned; 1 of 90 rows (first: line 2 of the file, 7)" in said.output
    assert not asked


def test_without_outcomes_a_table_of_ones_own_is_told_when_to_ask():
    with pytest.raises(ValueError, match=r"once the campaign is over.*--outcomes FILE"):
        plan_check.plan_and_outcomes(None, "customers.csv", None, None)


def test_cells_about_the_study_are_tagged():
    cells = load_notebook(plan_check.NOTEBOOK).cells
    about = [cell for cell in cells[2:] if re.search(r"simulat|study", cell.source)]
    assert about
    assert all(OF_THE_STUDY in cell.metadata.get("tags", []) or '"study", "ratios"' in cell.source for cell in about)


@pytest.mark.slow
def test_the_page_says_what_the_check_says_and_nothing_of_the_study(made, monkeypatch):
    folder, plan = made
    monkeypatch.chdir(folder)
    before = files_of(folder / "reports")
    said = check("--out", "reports")
    assert said.exit_code == 0, said.output
    page = (folder / "reports" / plan_check.PAGE).read_text(encoding="utf-8").partition('<details class="code">')[0]
    came = plan.check(folder / "came.csv")
    answer, _, doubt = came.describe().splitlines()
    for line in (answer, doubt, came.what_to_do(), *came.beside_forecast().values()):
        assert line in page
    assert "Customers of new.csv, contacted from 4 January 2027 on." in page
    assert not re.search(r"[Ss]imulat|the study", page)
    after = files_of(folder / "reports")
    (folder / "reports" / plan_check.PAGE).unlink()
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {plan_check.PAGE}


def test_whoever_bought_may_be_struck_out_of_the_list_as_the_page_asks(made, asked, tmp_path):
    folder, plan = made
    path = tmp_path / plan_list.TABLES[0]
    rows = pd.read_csv(folder / "reports" / path.name, dtype=str)
    bought = rows["customer_id"].isin(rows["customer_id"].unique()[:3])
    rows[~bought].to_csv(path, index=False)
    said = check("--out", tmp_path)
    assert said.exit_code == 0, said.output
    assert f"Struck out of the list since: {bought.sum()} contacts with 3 customers." in said.output
    assert str(plan.check(folder / "came.csv").what_to_do()) in said.output
