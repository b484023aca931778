"""Does the page of a plan carry the package's figures, its list everything of the table, and a bad table nothing?"""

import datetime
import re
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner
from paying_plans import plan_of
from trials import random_values

import winback as wb
from winback import plan_page
from winback.cli import main
from winback.outreach import Channel, Playbook, Rule, Step
from winback.outreach.slots import planned_before
from winback.pages.shown import OF_THE_STUDY, drop_of_the_study
from winback.plan_again import checking_command
from winback.plan_list import load_contacts
from winback.policies import tree
from winback.results import join_words

OFFERS = 'currency = "$"\n[[offer]]\nname = "gift"\namount = 1\npaid = "on_acceptance"\n'
MONDAY = "2027-01-04"
AGENTS = {"Ann": "Ann", "Ben/Eve": "Ben Eve"}  # a sheet of a workbook cannot have every name


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    """Write a trial that pays, new leavers with names, and a playbook with agents; work there."""
    monkeypatch.chdir(tmp_path)
    write_campaign(tmp_path)
    return tmp_path


def write_campaign(folder):
    table = random_values(np.random.default_rng(2), 600, gift=0.6, none=0.1)
    table.to_csv(folder / "customers.csv", index=False)
    people = table[["customer_id"]].head(90).assign(customer_id=lambda rows: rows["customer_id"] + 9_000)
    people.assign(months_away=2.0, Name="=Ann", channel="web").to_csv(folder / "new.csv", index=False)
    (folder / "offers.toml").write_text(OFFERS)
    wb.outreach.write_playbook(folder / "playbook.toml")
    text = (folder / "playbook.toml").read_text(encoding="utf-8")
    agents = ", ".join(f'"{name}"' for name in AGENTS)
    text = text.replace('name = "letter"\n', f'name = "letter"\nper_day = 20\nagents = [{agents}]\n')
    (folder / "playbook.toml").write_text(text, encoding="utf-8")


WORDS = ("customers.csv", "--offers", "offers.toml", "--playbook", "playbook.toml", "--whom", "new.csv")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write the page by the command line; return its folder, what was said, and the plan."""
    folder = tmp_path_factory.mktemp("plan")
    write_campaign(folder)
    words = [folder / word if word.endswith((".csv", ".toml")) else word for word in WORDS]
    said = run("plan", *words, "--start", MONDAY, "--out", folder / "out")
    assert said.exit_code == 0, said.output
    trial = wb.read_trial(folder / "customers.csv", folder / "offers.toml")
    how = {"start": MONDAY, "playbook": folder / "playbook.toml"}
    return folder / "out", said.output, plan_page.planned(trial, folder / "new.csv", **how)


@pytest.mark.slow
def test_the_page_says_what_the_plan_says_and_nothing_of_the_study(written):
    out, said, plan = written
    assert said.splitlines()[-3:] == [str(out / name) for name in (plan_page.PAGE, *plan_page.TABLES)]
    page, _, code = (out / plan_page.PAGE).read_text(encoding="utf-8").partition('<details class="code">')
    assert "customers.csv" in code
    assert str(out.parent) not in page + code
    answer, _, doubt = plan.describe().splitlines()
    lines = [answer, doubt, plan.what_to_do(), plan.first_day.describe(), *plan.not_contacted().splitlines()]
    for line in [*lines, *plan.for_whoever_pays(sheets=True).values()]:
        assert line in page
    assert page.count(answer) == 1
    assert "letters with the offer gift (Ann 10 and Ben/Eve 10)" in page
    assert all(f'<a href="{name}">' in page for name in plan_page.TABLES)
    assert "a shop's log" not in page.replace("&#39;", "'")
    before = page.partition("<body>")[2].partition("<svg")[0]
    assert len(re.sub(r"<[^>]+>", " ", before).split()) <= 60


@pytest.mark.slow
def test_the_list_has_a_row_per_contact_and_carries_the_table_s_own_columns(written):
    out, said, plan = written
    listed = pd.read_csv(out / plan_page.TABLES[0])
    assert list(listed) == [name for name in plan.frame if plan.frame[name].notna().any()]
    assert listed["customer_id"].tolist() == plan.frame["customer_id"].astype(int).tolist()
    assert listed["date"].tolist() == plan.frame["date"].dt.strftime("%Y-%m-%d").tolist()
    assert listed["cost"].sum() == pytest.approx(plan.cost)
    assert listed["Name"].eq("'=Ann").all()  # no spreadsheet runs it
    assert listed["table_channel"].eq("web").all()
    assert f"{plan_page.TABLES[0]}: {len(listed)} contacts with {listed['customer_id'].nunique()} customers" in said


@pytest.mark.slow
def test_the_workbook_has_the_first_day_each_agent_the_calendar_and_who_is_kept_back(written):
    out, said, plan = written
    book = openpyxl.load_workbook(out / plan_page.TABLES[1])
    assert f"sheets of {plan_page.TABLES[1]}: {join_words(book.sheetnames)}." in said
    assert book.sheetnames == ["first day", "all contacts", "calendar", *AGENTS.values(), "any staff", "kept back"]
    frame = plan.frame
    place = {"kept back": 0}
    ids = {name: [row[place.get(name, 1)].value for row in book[name].iter_rows(min_row=2)] for name in book.sheetnames}
    of_day = frame[frame["date"] == MONDAY].sort_values(["channel", "agent"], kind="stable")
    assert ids["first day"] == of_day["customer_id"].astype(int).tolist()
    assert ids["all contacts"] == frame["customer_id"].astype(int).tolist()
    for agent, sheet in AGENTS.items():
        assert ids[sheet] == frame.loc[frame["agent"] == agent, "customer_id"].astype(int).tolist()
    assert len(ids["kept back"]) == plan.listed.n_kept_back > 0
    assert not set(ids["kept back"]) & set(ids["all contacts"])
    days = [row[3].value for row in book["all contacts"].iter_rows(min_row=2)]
    assert days[0] == datetime.datetime.fromisoformat(MONDAY)
    cells = list(book["calendar"].iter_rows(min_row=2))
    limits = {(row[1].value, row[3].value) for row in cells}
    assert ("letter", 20) in limits
    assert ("message", None) in limits  # no limit


def test_everything_that_cannot_be_used_is_said_at_once_and_no_file_is_written(campaign):
    before = sorted(campaign.rglob("*"))
    (campaign / "bad.toml").write_text("contacts_a_month = 0\n")
    words = ["customers.csv", "--offers", "no-offers.toml", "--playbook", "bad.toml", "--start", "soon"]
    said = run("plan", *words, "--keep-back", "3", "--already", "no-plan.csv", "--back", "no-table.csv")
    assert said.exit_code == 1
    assert said.output.count("Error: ") == 1
    for part in ("no-offers.toml", "--start must be a date", "--keep-back must be a share", "no-plan.csv", "no-table"):
        assert part in said.output
    assert "The playbook" in said.output or "bad.toml" in said.output
    assert "Traceback" not in said.output
    (campaign / "bad.toml").unlink()
    assert sorted(campaign.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--currency", "EUR"], "EUR"),
        (["--already", "offers.toml"], "offers.toml"),
        (["--already", "customers.csv"], "date"),
        (["--out", "offers.toml"], "is a file; name a folder to write into"),
        (["--column", "value=zz"], "is not a column"),
        (["--horizon-months", "12"], "cannot be applied"),
    ],
)
def test_what_cannot_be_used_is_one_message_before_any_work(campaign, monkeypatch, words, says):
    monkeypatch.setattr(plan_page, "write_page", None)
    before = sorted(campaign.rglob("*"))
    said = run("plan", *WORDS, *words)
    assert said.exit_code == 1
    assert says in said.output
    assert said.output.count("Error: ") == 1
    assert sorted(campaign.rglob("*")) == before


def test_who_agreed_is_read_from_the_column_that_is_named_and_the_rest_is_said(campaign, monkeypatch):
    asked = {}
    monkeypatch.setattr(plan_page, "write_page", lambda notebook, settings, *_, **__: asked.update(settings) or [])
    pd.read_csv("new.csv").assign(Darf=["ja", "nein"] * 45).to_csv("new.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY, "--column", "consent_letter=Darf")
    assert said.exit_code == 0, said.output
    assert asked["how"]["columns"] == {"consent_letter": "Darf"}
    assert "emails is not in the table: all are taken as agreeing. Consent to letters is kept to." in said.output
    assert "No column says who asked not to be contacted: name it with --column do_not_contact=" in said.output
    trial = wb.read_trial("customers.csv", "offers.toml")
    letters = plan_page.planned(trial, "new.csv", **asked["how"]).frame.query("channel == 'letter'")
    assert len(letters)
    assert letters["Darf"].isin(["ja", True]).all()


def test_a_page_of_ones_own_ends_with_the_command_that_checks_it(campaign, monkeypatch):
    shown = []
    monkeypatch.setattr(plan_page, "write_page", lambda notebook, *_, **__: shown.append(notebook) or [])
    said = run("plan", *WORDS, "--keep-back", "0.2", "--out", "my reports")
    assert said.exit_code == 0, said.output
    headings = [cell.source for cell in shown[0].cells if cell.source.startswith("## ")]
    assert headings[-1].startswith("## Limits")
    command = checking_command(
        WORDS[0],
        {"offers": WORDS[2], "whom": WORDS[6], "start": plan_page.first_monday(None), "playbook": WORDS[4]}
        | {"keep_back": 0.2, "out": "my reports"},
    )
    assert f"```\n{command}\n```" in headings[-2]
    assert "--outcomes" not in "".join(cell.source for cell in plan_page.load_notebook(plan_page.NOTEBOOK).cells)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--column", "consent_letter=Darv"],
            "`Darv` (who agreed to letters): no such column in new.csv. Did you mean `Darf`",
        ),
        (["--column", "consent_fax=Darf"], "consent_fax is for no channel of the playbook"),
        ([], "`Zustimmung` looks like consent to be reached, and is of no channel"),
    ],
)
def test_consent_that_cannot_be_read_is_asked_about_before_any_work(campaign, monkeypatch, words, says):
    monkeypatch.setattr(plan_page, "write_page", None)
    pd.read_csv("new.csv").assign(**{"Darf" if words else "Zustimmung": "ja"}).to_csv("new.csv", index=False)
    said = run("plan", *WORDS, *words)
    assert said.exit_code == 1
    assert says in said.output


def test_columns_of_the_leavers_alone_are_named_by_option(campaign, monkeypatch):
    asked = {}
    monkeypatch.setattr(plan_page, "write_page", lambda notebook, settings, *_, **__: asked.update(settings) or [])
    own = {"Marge": 70.0, "Sperre": ["ja", "nein"] * 45}
    pd.read_csv("new.csv").assign(**own).to_csv("new.csv", index=False)
    words = [word for pair in ("first_margin=Marge", "do_not_contact=Sperre") for word in ("--column", pair)]
    said = run("plan", *WORDS, "--start", MONDAY, *words)
    assert said.exit_code == 0, said.output
    assert asked["columns"] == {}
    plan = plan_page.planned(wb.read_trial("customers.csv", "offers.toml"), "new.csv", **asked["how"])
    assert ("asked not to be contacted", 45) in plan.listed.left_out
    assert plan.frame["first_margin"].eq(70.0).all()


def test_a_column_that_neither_table_has_or_that_is_taken_is_refused(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", None)
    pd.read_csv("new.csv").assign(Marge=70.0, first_margin=60.0).to_csv("new.csv", index=False)
    for pair in ("first_margin=Marge", "first_margin=Marg", "frist_margin=Marge"):
        said = run("plan", *WORDS, "--column", pair)
        assert said.exit_code == 1
        assert "is not a column" in said.output or "Did you mean `first_margin`" in said.output


def test_all_that_is_wrong_with_the_leavers_is_told_in_one_round(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", None)
    own = {"consent_call": ["yes", "perhaps"] * 45, "do_not_contact": ["maybe", "no", "no"] * 30, "Zustimmung": "ja"}
    own |= {"months_away": "two", "left_on": ["2026-12-01", "2027-06-01", "2026-02-31"] * 30}
    pd.read_csv("new.csv").assign(**own).to_csv("new.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY)
    assert said.exit_code == 1
    assert "5 problems in the table of whom to contact, new.csv" in said.output
    for part in (
        "`consent_call` must be true or false; 45 of 90 rows (first: ",
        "`do_not_contact` must be yes or no, or a date: it says who is never contacted; 30 of 90 rows (first: ",
        "`left_on` must be a date; 30 of 90 rows",
        "`months_away` must be a number",
        "`left_on` must not be after the first day of the plan, 2027-01-04; 30 of 90 rows (first: ",
        "`Zustimmung` looks like consent",
    ):
        assert part in said.output


def test_playbook_offers_trial_and_leavers_are_all_told_in_one_round(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", None)
    (campaign / "playbook.toml").write_text("contacts_a_month = 0\n")
    offer = '[[offer]]\nname = "gift"\namount = -1\npaid = "on_acceptance"\n'
    (campaign / "offers.toml").write_text(f'[columns]\nreturned = "Back"\n{offer}{offer}')
    table = pd.read_csv("customers.csv").rename(columns={"returned": "Back"})
    table.assign(Back=["perhaps", *table["Back"][1:]]).to_csv("customers.csv", index=False)
    pd.read_csv("new.csv").assign(left_on="soon").to_csv("new.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY)
    assert said.exit_code == 1
    for part in (
        "contacts_a_month must be a whole number",
        "amount must be a number of at least 0, got -1",
        "The name 'gift' is used twice",
        "1 problem in the table of lapsed customers, customers.csv:",
        "`Back` (returned) must be true or false; 1 of 1,200 rows",
        "the table of whom to contact, new.csv:",
        "`left_on` must be a date; 90 of 90 rows",
    ):
        assert said.output.count(part) == 1 + part.startswith("amount")


@pytest.mark.parametrize("offers", ["no.toml", "customers.csv"])
def test_leavers_are_looked_at_also_where_the_offers_are_no_file_of_offers(campaign, monkeypatch, offers):
    monkeypatch.setattr(plan_page, "write_page", None)
    pd.read_csv("new.csv").assign(left_on="soon").to_csv("new.csv", index=False)
    said = run("plan", "customers.csv", "--offers", offers, "--whom", "new.csv")
    assert said.exit_code == 1
    assert offers in said.output
    assert "`left_on` must be a date; 90 of 90 rows" in said.output


def test_a_column_of_consent_that_is_lacking_is_named_with_the_file_and_its_own_headings(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", None)
    pd.read_csv("new.csv").rename(columns={"customer_id": "Kunde"}).to_csv("new.csv", index=False)
    words = [word for channel in ("call", "letter") for word in ("--column", f"consent_{channel}=Darf {channel}")]
    said = run("plan", *WORDS, "--start", MONDAY, *words)
    lacking = "`Darf call` (who agreed to calls) and `Darf letter` (who agreed to letters): no such columns in new.csv."
    assert f"{lacking} Columns: Kunde, months_away, Name, channel." in said.output


@pytest.mark.parametrize("more", [[], ["--offers", "offers.toml"]])
def test_check_looks_at_consent_and_at_who_is_never_contacted(campaign, more):
    table = pd.read_csv("customers.csv").assign(Einwilligung_Anruf="ja", do_not_contact="no")
    table.to_csv("own.csv", index=False)
    assert "Einwilligung_Anruf (yes or no), do_not_contact (yes or no)" in run("check", "own.csv", *more).output
    for name in ("Einwilligung_Anruf", "do_not_contact"):
        table.assign(**{name: "perhaps"}).to_csv("own.csv", index=False)
        said = run("check", "own.csv", *more)
        assert said.exit_code == 1
        assert f"`{name}` must be" in said.output


@pytest.mark.slow
def test_a_first_day_before_that_of_the_list_is_refused_by_the_option_s_name(campaign):
    people = pd.read_csv("new.csv").assign(left_on="2024-11-30")
    people.to_csv("new.csv", index=False)
    said = run("plan", *WORDS, "--until", "2024-12-31", "--start", "2015-01-05", "--out", "out")
    assert said.exit_code == 1
    assert "--start (2015-01-05) is before the day of the list" in said.output
    assert not (campaign / "out").exists()


def test_without_a_day_the_plan_begins_on_the_next_monday():
    first = plan_page.first_monday("new.csv")
    assert first.weekday() == 0
    assert 1 <= (first - datetime.date.today()).days <= 7
    lapsed = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).new_leavers
    assert plan_page.first_monday(lapsed) == datetime.date(2016, 1, 4)


def test_a_plan_made_before_and_who_is_back_count(tmp_path):
    table = random_values(np.random.default_rng(2), 600, gift=0.6, none=0.1)
    trial = wb.read_trial(table, [wb.Offer(name="gift", amount=1.0, paid="on_acceptance")])
    people = table[["customer_id"]].head(20).assign(months_away=2.0)
    people[["customer_id"]].head(5).to_csv(tmp_path / "back.csv", index=False)
    how = {"start": MONDAY, "keep_back": 0.0}
    plan = plan_page.planned(trial, people, **how, back=tmp_path / "back.csv")
    assert set(plan.frame["customer_id"]) == set(people["customer_id"][5:])
    care = plan.frame.assign(offer="none", channel="email").head(3)
    care.to_csv(tmp_path / "care.csv", index=False)
    later = plan_page.planned(trial, people, **how, already=[tmp_path / "care.csv"])
    met = later.frame[later.frame["customer_id"].isin(care["customer_id"])]
    assert (met["date"] > MONDAY).all()  # one contact a day
    assert len(met) > 0


def test_the_workbook_of_a_plan_counts_like_its_table_and_one_that_may_not_is_refused(tmp_path):
    plan = plan_of(Playbook((Channel("call", per_day=5),), (Rule("all", (Step("call"),)),)), MONDAY, n=12)
    plan_page.write_tables(plan, tmp_path)
    csv, workbook = (planned_before(load_contacts(tmp_path / name)) for name in plan_page.TABLES)
    assert len(workbook) == len(plan.frame) > (plan.frame["date"] == MONDAY).sum() > 0
    pd.testing.assert_frame_equal(workbook, csv, check_dtype=False)
    book = openpyxl.load_workbook(tmp_path / plan_page.TABLES[1])
    book["all contacts"].title = "alle"
    book.save(tmp_path / "renamed.xlsx")
    with pytest.raises(wb.tables.TableError, match=r"renamed.xlsx` has 4 sheets \(first day, .*save it as CSV"):
        load_contacts(tmp_path / "renamed.xlsx")
    plan.frame.to_excel(tmp_path / "alone.xlsx", index=False)
    assert len(load_contacts(tmp_path / "alone.xlsx")) == len(plan.frame)


def test_who_is_back_and_who_was_planned_before_is_said_at_the_run_with_the_ids_that_nobody_has(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", lambda *_, **__: [])
    ids = pd.read_csv("new.csv")["customer_id"]
    back = pd.DataFrame({"customer_id": [*ids[:5], 77], "returned": ["ja"] * 4 + ["nein", "ja"]})
    back.to_csv("back.csv", index=False)
    contacts = pd.DataFrame({"customer_id": [ids[0], ids[0], 77], "date": "2026-12-07", "channel": "letter"})
    contacts.to_csv("before.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY, "--back", "back.csv", "--already", "before.csv")
    assert said.exit_code == 0, said.output
    assert "4 of those to be contacted are back and left out." in said.output
    assert "Not among them is 1 of the 5 ids given for it: 77." in said.output
    assert "3 contacts of a plan made before count, with 1 of those to be contacted." in said.output
    back.assign(returned="perhaps").to_csv("back.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY, "--back", "back.csv")
    assert said.exit_code == 1
    assert "`returned` must be" in said.output


@pytest.mark.parametrize("words", [[], ["--column", "customer_id=Konto 7"]])
def test_who_is_back_and_a_plan_made_before_are_read_by_the_headings_of_whom_to_contact(campaign, monkeypatch, words):
    monkeypatch.setattr(plan_page, "write_page", lambda *_, **__: [])
    heading = "Konto 7" if words else "Kunden-Nr"
    ids = pd.read_csv("new.csv")["customer_id"]
    pd.DataFrame({heading: ids[:5], "Gekauft am": "2026-12-07"}).to_csv("back.csv", index=False)
    contacts = pd.DataFrame({heading: ids[:3], "date": "2026-12-07", "channel": "letter"})
    contacts.to_csv("before.csv", index=False)
    said = run("plan", *WORDS, *words, "--start", MONDAY, "--back", "back.csv", "--already", "before.csv")
    assert said.exit_code == 0, said.output
    assert "5 of those to be contacted are back and left out." in said.output
    assert "3 contacts of a plan made before count, with 3 of those to be contacted." in said.output
    trial = wb.read_trial("customers.csv", "offers.toml")
    columns = {"customer_id": heading} if words else {}
    about = {"start": MONDAY, "playbook": "playbook.toml", "columns": columns}
    plan = plan_page.planned(trial, "new.csv", **about, back="back.csv", already=["before.csv"])
    assert not set(ids[:5]) & set(plan.frame["customer_id"])


def test_files_in_which_it_stands_nowhere_who_somebody_is_are_named_with_their_columns_and_the_remedy(campaign):
    pd.DataFrame({"Konto": [7], "Gekauft am": "2026-12-07"}).to_csv("back.csv", index=False)
    pd.DataFrame({"Wer": [7], "date": "2026-12-07", "channel": "letter"}).to_csv("before.csv", index=False)
    said = run("plan", *WORDS, "--start", MONDAY, "--back", "back.csv", "--already", "before.csv")
    assert said.exit_code == 1
    remedy = '`customer_id` is missing. Name it with --column customer_id="its heading". Columns:'
    assert f"customers seen later, back.csv:\n  1. {remedy} Konto, Gekauft am." in said.output, said.output
    assert f"plan made before, before.csv:\n  1. {remedy} Wer, date, channel." in said.output


def test_the_column_of_who_keeps_a_customer_can_be_named(campaign, monkeypatch):
    monkeypatch.setattr(plan_page, "write_page", lambda *_, **__: [])
    names = list(AGENTS)
    for name in ("customers.csv", "new.csv"):  # of the trial's customers somebody keeps track, too
        table = pd.read_csv(name)
        table.assign(Betreuer=[names[row % 2] for row in range(len(table))]).to_csv(name, index=False)
    said = run("plan", *WORDS, "--start", MONDAY, "--column", "agent=betreuer")
    assert said.exit_code == 0, said.output
    trial = wb.read_trial("customers.csv", "offers.toml")
    how = {"start": MONDAY, "playbook": "playbook.toml", "columns": {"agent": "Betreuer"}}
    contacts = plan_page.planned(trial, "new.csv", **how).frame
    dealt = contacts[contacts["agent"] != ""]
    assert len(dealt)
    assert (dealt["agent"] == dealt["table_agent"]).all()
    said = run("plan", *WORDS, "--start", MONDAY, "--column", "agent=Vertreter")
    assert said.exit_code == 1
    assert (
        "`Vertreter` is not a column, so it cannot be used as `agent`. Did you mean `Betreuer`? Columns: customer_id,"
        in said.output
    )


def test_what_the_policy_asks_about_and_the_leavers_lack_is_told_with_their_file_and_the_remedy(campaign, monkeypatch):
    """Which columns it asks about is known once it is learned; a tree that asks is put in its place."""
    trial = wb.read_trial("customers.csv", "offers.toml")
    bins = [SimpleNamespace(name=name, kind="number", bins_of=None) for name in ("first_margin", "complaints")]

    def ask(policy, whom, **_):
        tree._read_bins(bins, pd.read_csv(whom))

    monkeypatch.setattr(plan_page, "outreach_plan", ask)
    with pytest.raises(wb.TableError) as told:
        plan_page.planned(trial, "new.csv", start=MONDAY, playbook="playbook.toml")
    assert "2 problems in the table of customers, new.csv" in str(told.value)
    for name in ("first_margin", "complaints"):
        assert f'asks about it: add it, or name yours with --column {name}="its heading". Columns:' in str(told.value)


def test_cells_about_the_study_are_tagged():
    notebook = plan_page.load_notebook(plan_page.NOTEBOOK)
    about = [cell for cell in notebook.cells if re.search(r"load_\w+_study|study\.", cell.source)]
    assert about
    assert all(OF_THE_STUDY in cell.metadata.get("tags", []) for cell in about)
    drop_of_the_study(notebook)
    assert not [cell for cell in notebook.cells if re.search(r"load_\w+_study|three", cell.source)]


def test_the_list_is_written_only_where_a_folder_is_named(tmp_path):
    book = Playbook((Channel("call", per_day=50),), (Rule("all", (Step("call"),)),))
    plan = plan_of(book, MONDAY, n=12)
    assert plan_page.write_tables(plan, None).startswith("No list was saved with this page; the command")
    said = plan_page.write_tables(plan, tmp_path)
    assert said.splitlines()[1].startswith(f"{plan_page.TABLES[0]}: 12 contacts with 12 customers, day by day")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(plan_page.TABLES)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x")])
    notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": str(said)})]
    assert plan_page._said_by(notebook) == [said.splitlines()[1]]
    again = plan_of(book, MONDAY, n=12, already=plan, back=[plan.frame["customer_id"].iloc[0]])
    notebook.cells[0].outputs[0]["data"]["text/plain"] = str(again.not_contacted())
    assert plan_page._said_by(notebook) == [again.before.in_words()] != [""]
    plan_page.write_tables(again, tmp_path)
    sheet = pd.read_excel(tmp_path / plan_page.TABLES[1], sheet_name="strike out")
    assert sheet["customer_id"].tolist() == [plan.frame["customer_id"].iloc[0]]


def test_contacts_with_nobodys_number_are_counted_where_the_list_is_written(tmp_path):
    book = Playbook((Channel("call", per_day=50),), (Rule("all", (Step("call"),)),))
    plan = plan_of(book, MONDAY, n=12)
    numbered = plan.frame.assign(Telefon=["0170 1"] * 9 + [None, "", " "])
    said = plan_page.write_tables(replace(plan, frame=numbered), tmp_path)
    assert said.splitlines()[1].endswith("Without a telephone number in their row: 3 calls.")
    mobile = numbered.assign(Handy=[None] * 9 + ["0151 1"] * 3)
    assert "Without" not in plan_page.write_tables(replace(plan, frame=mobile), tmp_path)


def test_the_playbook_is_written_to_be_edited(tmp_path):
    path = tmp_path / "mine.toml"
    said = run("playbook", "--out", path)
    assert said.exit_code == 0
    assert f"winback plan CUSTOMERS --playbook {path}" in said.output
    assert wb.load_playbook(path) == wb.load_playbook()
    path.write_text("mine")
    assert run("playbook", "--out", path).exit_code == 1
    assert path.read_text() == "mine"
    assert run("playbook", "--out", path, "--overwrite").exit_code == 0
    assert wb.load_playbook(path) == wb.load_playbook()
