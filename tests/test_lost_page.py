"""Does the page on the lost carry the package's figures, its lists everything of the table, and a bad table nothing?"""

import re
from types import SimpleNamespace

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import winback as wb
from winback import lost_page
from winback.asked import Unanswered, ask, draw
from winback.base.any_base import read_base
from winback.cli import main
from winback.datasets.telecom.built_in import built_in
from winback.lost import in_short, on_pages
from winback.lost.small_groups import MORE, NOT_TOLD_APART
from winback.pages.shown import OF_THE_STUDY, drop_unanswered

UNTIL = "2024-12-31"
NAMES = {"Name": "Ann O'Neil", "E-mail": "ann@example.org"}


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def text_of(page):
    """Return what a reader sees of a page, without what is folded away in it at the end."""
    return page.partition('<details class="code">')[0].replace("&#x27;", "'").replace("&amp;", "&")


def contracts(n=900, seed=5):
    """Return contracts of a year or two, a third of them ended; reasons, managers, and columns of the analyst's own."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D")
    months = rng.exponential(18, n)
    end = start + pd.to_timedelta((months * 30).astype(int) + 5, "D")
    left = end <= pd.Timestamp(UNTIL)
    return pd.DataFrame(
        {
            "customer_id": [f"C{place:04d}" for place in range(n)],
            "start": start.strftime("%Y-%m-%d"),
            "end": end.strftime("%Y-%m-%d").where(left, None),
            "margin": rng.gamma(4, 10, n).round(2),
            "manager": rng.choice(["Ann", "Bob", "Cy"], n),
            "reason": np.where(left, rng.choice(["price", "service", "moved"], n), None),
            "Name": [f"{NAMES['Name']} {place}" for place in range(n)],
            "E-mail": [f"{place}{NAMES['E-mail']}" for place in range(n)],
        }
    )


def purchases(n=250, seed=3):
    """Return a log of two years and who the customers are."""
    rng = np.random.default_rng(seed)
    rows = []
    for place in range(n):
        days = np.cumsum(rng.exponential(rng.gamma(4, 12), rng.integers(1, 14))).astype(int)
        rows += [(f"B{place:03d}", day, round(rng.gamma(3, 12), 2)) for day in days[days < 730]]
    log = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    log.insert(1, "date", (pd.Timestamp("2023-01-01") + pd.to_timedelta(log.pop("day"), "D")).dt.strftime("%Y-%m-%d"))
    ids = sorted(set(log["customer_id"]))
    people = pd.DataFrame({"customer_id": ids, "Name": [f"{NAMES['Name']} {each}" for each in ids]})
    return log, people.assign(segment=rng.choice(["web", "shop"], len(people)))


@pytest.fixture(scope="module")
def of_contracts(tmp_path_factory):
    """Write the page of a table of contracts, by the command line; return folder, its files, and the base."""
    folder = tmp_path_factory.mktemp("contracts")
    contracts().to_csv(folder / "contracts.csv", index=False)
    said = run("lost", folder / "contracts.csv", "--until", UNTIL, "--currency", "EUR", "--out", folder / "out")
    assert said.exit_code == 0, said.output
    base = read_base(folder / "contracts.csv", until=UNTIL, currency="EUR")
    return folder / "out", said.output, base


@pytest.fixture(scope="module")
def of_purchases(tmp_path_factory):
    folder = tmp_path_factory.mktemp("purchases")
    log, people = purchases()
    log.to_parquet(folder / "log.parquet")
    people.to_csv(folder / "people.csv", index=False)
    files = folder / "log.parquet", "--customers", folder / "people.csv"
    said = run("lost", *files, "--margin-share", "0.3", "--out", folder / "out")
    assert said.exit_code == 0, said.output
    return folder / "out", said.output, read_base(files[0], customers=files[2], margin_share=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["of_contracts", "of_purchases"])
def test_the_page_says_what_the_package_says(which, request):
    out, said, base = request.getfixturevalue(which)
    page = text_of((out / "lost.html").read_text(encoding="utf-8"))
    by = in_short.group_of(base)
    report, calls, short = wb.lost_report(base, by=by), wb.triage(base), in_short.lost_in_short(base)
    since = report.years_back(0)["start"].iloc[0].date()
    reasons = ask(wb.reason_table, base, since=since)  # of the last year, of which the answer speaks
    answers = [short, report, calls, *([reasons] if reasons else [wb.base_stages(base)])]
    lines = [line for found in answers for line in found.describe().splitlines()]
    assert [line for line in lines if line not in page] == []
    assert short.what_to_do() in page
    assert page.index(short.describe().splitlines()[0]) < page.index("<svg") < page.index(short.what_to_do())
    assert not re.search(r"Traceback|Warning|\bnan\b|NaN|class=\"unanswered", page)
    assert [str(out / name) for name in ("lost.html", *lost_page.TABLES)] == said.splitlines()[-4:]
    assert f"lost-call-list.csv: {len(calls.call_list())} lost customers, the first to call first." in said
    assert "simulated" not in page  # what is said of the study alone


@pytest.mark.slow
@pytest.mark.parametrize("which", ["of_contracts", "of_purchases"])
def test_at_most_sixty_words_stand_before_the_figure(which, request):
    out, _, _ = request.getfixturevalue(which)
    before = (out / "lost.html").read_text(encoding="utf-8").partition("<body>")[2].partition("<svg")[0]
    assert len(re.sub(r"<[^>]+>", " ", before).split()) <= 60


@pytest.mark.slow
@pytest.mark.parametrize("which", ["of_contracts", "of_purchases"])
def test_the_list_is_that_of_triage_and_carries_the_table_s_own_columns(which, request):
    out, _, base = request.getfixturevalue(which)
    written = pd.read_csv(out / "lost-call-list.csv", dtype={"customer_id": str})
    expected = wb.triage(base).call_list()
    first = expected["priority"].isin(["bring back first", "must come back"]) & (expected["months_away"] <= 12)
    expected = pd.concat([expected[first], expected[~first]], ignore_index=True)  # as the page says to call
    assert written["place"].tolist() == list(range(1, len(expected) + 1))
    assert list(written) == [str(name) for name in expected]
    assert written["customer_id"].tolist() == expected["customer_id"].astype(str).tolist()
    np.testing.assert_allclose(written["value_at_stake"], expected["value_at_stake"], atol=0.005001)
    assert written["Name"].str.startswith(NAMES["Name"]).all()
    sheets = openpyxl.load_workbook(out / "lost-call-list.xlsx")
    ids = [row[1].value for row in sheets["call list"].iter_rows(min_row=2)]
    assert ids == written["customer_id"].tolist()
    lately = [row[1].value for row in sheets["lost within a year"].iter_rows(min_row=2)]
    assert lately == written.loc[expected["months_away"] <= 12, "customer_id"].tolist()


@pytest.mark.slow
@pytest.mark.parametrize("which", ["of_contracts", "of_purchases"])
def test_the_lost_are_those_of_the_base(which, request):
    out, _, base = request.getfixturevalue(which)
    written, expected = pd.read_csv(out / "lost-customers.csv"), base.lapsed().frame
    assert list(written) == list(expected)
    assert written["returned"].tolist() == expected["returned"].tolist()
    np.testing.assert_allclose(written["months_away"], expected["months_away"], atol=0.005001)


@pytest.mark.slow
def test_the_stored_notebook_has_every_part_and_no_question_without_an_answer():
    notebook = lost_page.load_notebook(lost_page.NOTEBOOK)
    n = len(notebook.cells)
    drop_unanswered(notebook)
    assert len(notebook.cells) == n


@pytest.mark.slow
def test_without_money_and_reasons_the_page_says_what_it_can(tmp_path):
    table = contracts(300).drop(columns=["margin", "reason", "manager"])
    table.to_csv(tmp_path / "contracts.csv", index=False)
    said = run("lost", tmp_path / "contracts.csv", "--until", UNTIL, "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    page = text_of((tmp_path / "out" / "lost.html").read_text(encoding="utf-8"))
    for heading in (
        "Why did they leave?",
        "Whom to call first?",
        "What hangs on one employee?",
        "Where are they lost?",
    ):
        assert heading not in page
    for heading in ("How many are lost, when, and what did it cost?", "How long do customers stay?", "Versions"):
        assert heading in page
    assert "that takes reason" in page
    listed = pd.read_csv(tmp_path / "out" / "lost-call-list.csv")
    assert listed["months_away"].is_monotonic_increasing
    assert listed["Name"].notna().all()
    assert "place" not in listed
    assert "Money: nothing says what customers brought, so nobody is ranked" in said.output
    assert set(listed["customer_id"]) == set(wb.read_contracts(table, until=UNTIL).lapsed().frame["customer_id"])


@pytest.mark.slow
def test_a_snapshot_has_a_page(tmp_path):
    rng = np.random.default_rng(1)
    n = 400
    table = pd.DataFrame({"customerID": range(n), "tenure": rng.integers(1, 70, n), "MonthlyCharges": 20.0})
    table = table.assign(Churn=rng.choice(["Yes", "No"], n), Contract=rng.choice(["year", "month"], n))
    table.to_csv(tmp_path / "snapshot.csv", index=False)
    said = run("lost", tmp_path / "snapshot.csv", "--by", "Contract", "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    page = text_of((tmp_path / "out" / "lost.html").read_text(encoding="utf-8"))
    base = read_base(tmp_path / "snapshot.csv")
    for line in [*base.describe().splitlines()[:1], *wb.survival_curve(base, by="Contract").describe().splitlines()]:
        assert line in page
    assert "How many are lost, when" not in page
    assert "Where are they lost?" in page


@pytest.fixture
def table(tmp_path):
    contracts(60).to_csv(tmp_path / "contracts.csv", index=False)
    return tmp_path / "contracts.csv"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--by", "mangaer"], "by: there is no column mangaer to compare losses by. Did you mean manager?"),
        (["--by", "zz"], "There are manager, reason, Name and E-mail."),
        (["--by", "reason"], "by = 'reason' makes no groups"),
        (["--until", "soon"], "until must be a date"),
        (["--column", "start=Anfang"], "is not a column"),
        (["--customers", "people.csv"], "customers: not used with a table of contracts"),
        (["--events", "no-such.csv"], "no-such.csv"),
        (["--margin-share", "30"], "margin_share"),
    ],
)
def test_what_cannot_be_used_is_one_message_and_no_file(table, words, says):
    said = run("lost", table, *words, "--out", table.parent / "out")
    assert said.exit_code == 1
    assert says in said.output
    assert said.output.count("Error: ") == 1
    assert "Traceback" not in said.output
    assert sorted(path.name for path in table.parent.iterdir()) == ["contracts.csv"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a,b\n1,2\n", "is missing"),
        ("customer_id,start,end\n1,2024-02-01,2024-01-01\n2,soon,\n", "must not be before `start`"),
        ("", "is empty"),
    ],
)
def test_a_bad_table_is_one_message_and_no_file(tmp_path, content, says):
    (tmp_path / "table.csv").write_text(content)
    said = run("lost", tmp_path / "table.csv", "--until", UNTIL, "--out", tmp_path / "out")
    assert said.exit_code == 1
    assert says in said.output
    assert said.output.count("Error: ") == 1
    assert not (tmp_path / "out").exists()


def test_a_list_longer_than_anybody_calls_is_whole_as_text_and_cut_as_a_workbook(tmp_path, monkeypatch):
    monkeypatch.setattr(lost_page, "LONGEST_SHEET", 5)
    frame = pd.DataFrame({"place": range(1, 9), "customer_id": range(8), "months_away": [20.0] * 2 + [1.0] * 6})
    notes = lost_page.write_tables(frame, frame, tmp_path)
    assert "lost-call-list.csv: 8 lost customers, the first to call first." in notes.splitlines()
    assert "In lost-call-list.xlsx a sheet has the first 5; all 8 are in lost-call-list.csv." in notes
    assert len(pd.read_csv(tmp_path / "lost-call-list.csv")) == 8
    assert pd.read_excel(tmp_path / "lost-call-list.xlsx", "call list")["place"].tolist() == [1, 2, 3, 4, 5]
    assert pd.read_excel(tmp_path / "lost-call-list.xlsx", "lost within a year")["place"].tolist() == [3, 4, 5, 6, 7]


def test_helping_sections_stand_last_and_are_folded():
    cells = lost_page.load_notebook(lost_page.NOTEBOOK).cells
    sources = [cell.source for cell in cells]
    headings = [source.splitlines()[0] for source in sources if source.startswith("## ")]
    assert headings[-2:] == ["## What can this table answer?", "## Versions and data"]
    for asked in ("on_pages.questions(", "on_pages.priorities(", "on_pages.managers(", "on_pages.groups("):
        assert [f"Folded({asked}" in source for source in sources if asked in source] == [True]


def test_the_study_is_said_once_to_be_built_and_who_stands_out_by_chance():
    cells = lost_page.load_notebook(lost_page.NOTEBOOK).cells
    assert [cell.metadata["tags"] for cell in cells if "built_in(" in cell.source] == [[OF_THE_STUDY]]
    names = ["M01", "M02", "M40, M41 and M42", "M29"]
    groups = pd.DataFrame({"group": names, "verdict": [MORE, NOT_TOLD_APART, MORE, MORE]})
    said = built_in(SimpleNamespace(groups=groups)).splitlines()
    assert len(said) == 2
    assert said[0].startswith("These customers are simulated.")
    for story in ("satisfied those who left had been (80% as in the survey; 83% of", "volume that shrinks", "183 days"):
        assert story in said[0]
    assert said[1].startswith("M29 lies above the band by bad luck alone")
    assert len(built_in(SimpleNamespace(groups=groups.head(3))).splitlines()) == 1
    assert len(built_in(SimpleNamespace(groups=None)).splitlines()) == 1


def test_the_priorities_show_what_some_of_those_who_may_be_called_would_bring():
    found = wb.triage(wb.read_contracts(contracts(300), until=UNTIL))
    shown = on_pages.priorities(found).frame
    assert list(shown) == ["Priority", "May be called", "If 5% came back", "If 10% came back", "If 20% came back"]
    may = found.customers[(found.customers["not_listed"] == "") & (found.customers["priority"] == "bring back first")]
    row = shown.set_index("Priority").loc["bring back first"]
    assert row["May be called"] == f"{len(may):,}"
    assert row["If 10% came back"] == f"${0.1 * may['value_at_stake'].sum():,.0f}"
    assert "let go" not in set(on_pages.most_an_offer_may_cost(found).frame["Priority"])


def test_who_must_not_be_called_is_on_no_list_without_money_either():
    rows = {"customer_id": [1, 2, 3], "start": "2023-01-01", "end": ["2023-05-01", "2023-06-01", "2023-07-01"]}
    base = wb.read_contracts(pd.DataFrame(rows).assign(reason=["price", "died", "service"]), until=UNTIL)
    found = on_pages.call_list(base, ask(wb.triage, base))
    assert found["customer_id"].tolist() == [3, 1]
    assert "place" not in found  # nobody is ranked


def test_a_question_without_an_answer_says_why_and_draws_nothing():
    found = ask(wb.base_stages, wb.read_contracts(contracts(20), until=UNTIL))
    assert not found
    assert "base_stages" in str(found)
    assert draw(print, found) is found
    assert isinstance(draw(wb.base_stages, 3), Unanswered)
    assert "&lt;b&gt;" in Unanswered("<b>")._repr_html_()


@pytest.mark.parametrize(
    "fault", [lambda: np.zeros(3)[np.array([True])], lambda: np.zeros(2) + np.zeros(3), lambda: int("x"), {}.popitem]
)
def test_a_fault_is_no_answer_that_is_missing(fault):
    with pytest.raises((ValueError, IndexError, KeyError)):
        ask(fault)


def test_a_part_whose_question_has_no_answer_is_left_out_whole():
    def cell(html, *tags):
        shown = [nbformat.v4.new_output("execute_result", {"text/html": html})] if html else []
        return nbformat.v4.new_code_cell("x", outputs=shown, metadata={"tags": list(tags)})

    heading = nbformat.v4.new_markdown_cell("## Why?", metadata={"tags": ["part-reasons"]})
    without, kept = cell(Unanswered("no")._repr_html_(), "part-reasons"), cell("<p>yes</p>", "part-calls")
    notebook = nbformat.v4.new_notebook(cells=[heading, without, cell("", "part-reasons"), kept])
    drop_unanswered(notebook)
    assert notebook.cells == [kept]


def test_groups_are_compared_by_a_usual_column_unless_another_is_named():
    base = wb.read_contracts(contracts(40), until=UNTIL)
    assert in_short.group_of(base) == "manager"
    assert in_short.group_of(base, "reason") == "reason"
    assert in_short.group_of(wb.read_purchases(purchases(20)[0])) is None
    with pytest.raises(ValueError, match="There is none"):
        in_short.group_of(wb.read_purchases(purchases(20)[0]), "segment")


def test_a_column_that_was_asked_for_must_make_groups_and_without_one_none_are_compared():
    without = in_short.lost_in_short(wb.read_contracts(contracts(40).drop(columns="manager"), until=UNTIL))
    assert without.report
    assert without.by is None
    assert not without.where
    with pytest.raises(ValueError, match="by = 'reason' makes no groups"):
        in_short.lost_in_short(wb.read_contracts(contracts(40), until=UNTIL), "reason")
    snapshot = read_base(
        pd.DataFrame({"customer_id": range(9), "tenure": 12, "churn": [1, 0, 0] * 3, "Plan": list("aab") * 3})
    )
    assert in_short.lost_in_short(snapshot).where.groups["group"].tolist() == ["a", "b"]
    assert in_short.lost_in_short(snapshot).by == "Plan"


def test_reasons_of_other_years_are_said_to_be_of_all_losses():
    table = contracts(300)
    assert "the reason named most is" in in_short.lost_in_short(wb.read_contracts(table, until=UNTIL)).describe()
    table.loc[table["end"] >= "2023-12-01", "reason"] = None  # nobody of the last year says why
    found = in_short.lost_in_short(wb.read_contracts(table, until=UNTIL)).describe()
    assert "the reason named most of all who were ever lost is" in found


@pytest.mark.parametrize("drop", [[], ["margin"], ["reason"], ["margin", "reason", "manager"]])
def test_the_answer_and_what_to_do_need_no_more_than_is_there(drop):
    base = wb.read_contracts(contracts(300).drop(columns=drop), until=UNTIL)
    found = in_short.lost_in_short(base)
    lines = found.describe().splitlines()
    assert len(lines) <= 3
    assert len(lines[0].split()) <= 45
    row = found.frame.iloc[0]
    assert f"{row['n_lost']:.0f} of the {row['n']:.0f} customers here at its start were lost" in lines[0]
    assert f"({row['n_lost'] / row['n']:.1%})" in lines[0]  # one share, of the number beside it
    assert lines[0].count("%") == 1
    assert ("brought in" in lines[0]) == ("margin" not in drop)
    assert ("the reason named most" in lines[0]) == ("reason" not in drop)
    assert found.what_to_do()
    assert len(found.what_to_do().splitlines()) == 1
    assert ("a rough list, made without a trial" in found.what_to_do()) == ("margin" not in drop)
    assert found.read_on.endswith("For the call centre: the list.")
    assert all(part.startswith("For ") for part in found.read_on.removesuffix(".").split(". "))  # no half of a question
    if "margin" not in drop:
        assert row["n_all"] >= row["n_most"] >= row["n_listed"] >= row["n_to_call"]
        all_lost = f"Of {row['n_all']:.0f} customers who are lost today"
        assert f"{all_lost} call first the {row['n_to_call']:.0f} who brought most" in found.what_to_do()
    assert not re.search(r"\bnan\b", str(found))


def test_rows_that_were_dropped_are_said_where_the_page_is_written():
    shown = "<details><p>9 customers.</p><p>Dropped: 1 without a customer, $55.47.</p></details>"
    line = "lost-call-list.csv: 9 lost customers, the first to call first."
    outputs = [{"data": {"text/html": shown, "text/plain": "Folded(...)"}}, {"data": {"text/plain": line}}]
    notebook = SimpleNamespace(cells=[{"outputs": outputs}, {"outputs": outputs[:1]}])
    assert lost_page._said_by(notebook) == ["Dropped: 1 without a customer, $55.47.", line]
