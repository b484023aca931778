"""Is the README true? Its code runs, its figures are the package's, its commands exist."""

import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

import winback as wb
from winback.pages.chapters import chapters
from winback.pages.listed import listed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFRESH = runpy.run_path(str(ROOT / "notebooks" / "refresh.py"), run_name="refresh")
TASKS = runpy.run_path(str(ROOT / "run.py"), run_name="run")["TASKS"]


def test_a_stored_notebook_shows_its_values_and_folds_all_other_code_away():
    notebook = REFRESH["collapsed"](chapters()["01"].read())
    hidden = {
        "parameters" in cell.metadata.get("tags", []): cell.metadata.get("jupyter", {}).get("source_hidden", False)
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    assert hidden == {True: False, False: True}


def test_jupyterlab_opens_on_notebooks_whose_pictures_it_shows():
    trust, lab = TASKS["lab"][1]
    assert trust[:3] == ["-m", "jupyter", "trust"]
    assert {Path(path) for path in trust[3:]} == {each.file for each in chapters().values()}
    assert "lab" in lab


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
def test_the_code_runs_as_printed(tmp_path, monkeypatch, capsys):
    code = blocks("python")[0]
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    said = capsys.readouterr().out
    assert "Send discount: it earns most" in said
    assert "Whatever the horizon in this table, discount comes first." in said
    assert "Send discount to all who look promising" in said
    assert "Expected incremental profit" in said
    assert (tmp_path / "offers.png").stat().st_size > 10_000
    assert len([line for line in code.splitlines() if line.strip()]) <= 10


def test_the_code_for_customers_over_time_runs_as_printed(tmp_path, monkeypatch, capsys):
    trial, code = blocks("python")
    monkeypatch.chdir(tmp_path)
    few = {"purchases": ("retail", None), "contracts": ("telecom", 4_000), "events": ("telecom", 4_000)}
    for name, (folder, n_rows) in few.items():
        pd.read_csv(ROOT / "data" / folder / f"{name}.csv.gz", nrows=n_rows, dtype=str).to_csv(
            f"{name}.csv", index=False
        )
    found = {"wb": wb}
    purchases, contracts = code.split("\n\n")
    exec(compile(purchases, "README.md", "exec"), found)
    bought = found["lost"]
    assert "Lost means silent for more than" in capsys.readouterr().out
    exec(compile(contracts, "README.md", "exec"), found)
    for lost in (bought, found["lost"]):
        assert lost.to_frame()["returned"].sum() > 50
    assert len([line for line in purchases.splitlines() if line.strip()]) <= 3
    assert "import winback as wb" in trial


def test_the_offers_file_can_be_read(tmp_path):
    (toml,) = blocks("toml")
    (tmp_path / "offers.toml").write_text(toml)
    assert wb.load_offers(tmp_path / "offers.toml")["discount"].full_cost == 120


def test_generated_parts_are_up_to_date():
    parts = REFRESH["generated_parts"]()
    assert {path.relative_to(ROOT).as_posix() for path in parts} == {
        "README.md",
        "data/telecom/README.md",
        "data/retail/README.md",
    }
    for path, each in parts.items():
        text = path.read_text(encoding="utf-8")
        assert REFRESH["filled"](text, each) == text, path


def test_every_command_named_exists():
    named = set(re.findall(r"python3 run\.py (\w+)", README))
    assert {"report", "test", "lab"} <= named <= set(TASKS)
    from winback.cli import main

    assert set(re.findall(r"`winback (\w+)", README)) <= set(main.commands)


def test_every_file_linked_exists():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_gate_runs_the_readme_command():
    gate = (ROOT / ".ci" / "run").read_text()
    assert "python3 run.py check" in gate
    assert "python3 run.py test" in gate


def test_the_list_of_notebooks_is_that_of_the_stored_ones():
    folder = ROOT / "notebooks"
    rows = re.findall(r"^\| \d.*", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    expected = []
    for chapter in chapters().values():
        found = listed(chapter.number, chapter.read())
        expected.append((chapter.number, f"[{found.question}]({chapter.file.name})", found.answer, found.minutes))
    shown = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]
    assert [(*row[:3], int(row[4].split()[0])) for row in shown] == expected
    for row in shown:
        assert (folder / re.search(r'src="([^"]+)"', row[3])[1]).is_file()
        assert re.search(r'alt="[^"]+"', row[3])


def test_the_readme_says_of_a_notebook_what_the_notebook_opens_with():
    listing = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^- \[[^\]]+\]\(notebooks/([^)]+)\) (.+)$", README, re.MULTILINE))
    assert set(said) == {each.file.name for number, each in chapters().items() if number not in REFRESH["ON_TOP"]}
    for name, answer in said.items():
        assert f"]({name}) | {answer.replace('|', '&#124;')} |" in listing, name


def own_data_commands():
    """Return the words of each command of README's path for own data, by what it is called."""
    part = README.partition("## Own data in ten minutes")[2].partition("\n## ")[0]
    lines = [line.partition("#")[0].split() for line in part.splitlines() if line.startswith("winback ")]
    return {words[1]: words[1:] for words in lines}


def test_the_path_for_own_data_is_four_commands_and_two_to_plan_what_was_learned():
    assert list(own_data_commands()) == ["lost", "offers", "check", "report", "playbook", "plan"]


def test_every_option_named_exists():
    from winback.cli import main

    known = {name for command in main.commands.values() for each in command.params for name in each.opts}
    assert set(re.findall(r"--[a-z][a-z-]*", README)) - {"--quick", "--file"} <= known


def test_every_column_named_in_the_table_of_questions_is_one():
    part = README.partition("| The table has |")[2].partition("\n\n")[0]
    named = {name for name in re.findall(r"`([a-z_]+)`", part)} - {"margin_share"}
    tables = (wb.tables.LAPSED, wb.tables.CONTRACTS, wb.tables.PURCHASES)
    assert named <= {column.name for table in tables for column in table}


def test_from_a_table_to_a_checked_trial_as_the_readme_says(tmp_path, monkeypatch, study):
    """Follow README: the template, filled in by hand, is what the check takes; the report is tested in test_report."""
    from click.testing import CliRunner

    from winback.cli import main

    monkeypatch.chdir(tmp_path)
    few = study.lapsed.groupby("offer", observed=True).head(400)
    few[few["offer"].isin(["discount", "none"])].to_csv("customers.csv", index=False)
    commands = own_data_commands()
    first = CliRunner().invoke(main, commands["offers"])
    assert first.exit_code == 0, first.output
    unfilled = CliRunner().invoke(main, commands["check"])
    assert "Offer 'discount': amount, paid." in unfilled.output
    text = Path("offers.toml").read_text(encoding="utf-8").replace('paid = "?"', 'paid = "on_acceptance"')
    text = text.replace('amount = "?"', "amount_per_month = 20\nmonths = 6").replace('s = "?"', "s = 24")
    Path("offers.toml").write_text(text.replace('t = "?"', "t = 0.1"), encoding="utf-8")
    checked = CliRunner().invoke(main, commands["check"])
    assert checked.exit_code == 0, checked.output
    trial = wb.read_trial("customers.csv", "offers.toml")
    (toml,) = blocks("toml")
    Path("readme.toml").write_text(toml)
    assert trial.offers.offers == wb.load_offers("readme.toml").offers


def test_the_plan_of_the_readme_is_checked_by_the_same_command_and_what_came(tmp_path, monkeypatch):
    """Follow README: the list stands in for the page, which is tested in test_plan_page and test_plan_check."""
    from click.testing import CliRunner
    from test_plan_page import write_campaign

    from winback import plan_check, plan_list, plan_page
    from winback.cli import main

    monkeypatch.chdir(tmp_path)
    write_campaign(tmp_path)
    Path("new.csv").rename("new-leavers.csv")
    pages = []

    def listed(_, settings, out, **files):
        trial = wb.read_trial(settings["customers"], settings["offers"])
        plan = plan_page.planned(trial, settings["whom"], **settings["how"])
        Path(out).mkdir()
        plan_list.write_tables(plan, out)
        came = plan.customers[["customer_id"]].assign(returned="yes", value=range(len(plan.customers)))
        came.to_csv("came.csv", index=False)
        pages.append(f"{out}/{files['page']}")
        return []

    monkeypatch.setattr(plan_page, "write_page", listed)
    monkeypatch.setattr(plan_check, "write_page", lambda *_, page, **__: pages.append(page) or [])
    words = own_data_commands()["plan"]
    for asked in (words, [*words, "--outcomes", "came.csv"]):
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 0, done.output
    assert "In the next forecast multiply" in done.output
    assert pages == ["reports/plan.html", "plan-check.html"]
    said = README.partition("**Ready to go?**")[2].partition("\n\nThe new leavers")[0]
    for part in (pages[0], f"reports/{pages[1]}", "--outcomes came.csv", "`customer_id`, `returned`, `value`"):
        assert part in said


def test_what_is_cited_is_this_version_and_no_release_is_claimed_before_there_is_one():
    import yaml

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(cited["version"]) == wb.__version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert ("date-released" in cited) != (f"## {wb.__version__} (unreleased)" in changes)
    assert {"title", "authors", "journal", "year"} <= set.intersection(*(set(each) for each in cited["references"]))
