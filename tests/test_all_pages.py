"""Are the pages asked for written on one trial and its terms, and is it said what cannot be made, and why?"""

import nbformat
import pytest
from click.testing import CliRunner

import winback as wb
from winback import all_pages
from winback.cli import main
from winback.pages import chapters as found
from winback.pages.written import why_not

OFFERS = (
    'horizon_months = 12\nannual_discount = 0.1\n[[offer]]\nname = "discount"\namount = 20\npaid = "on_acceptance"\n'
)
READ = "from winback.report import comparable_trial\ntrial = comparable_trial(customers, offers, columns, terms)\n"
SAY = "import winback as wb\nwb.Sentences(f'Of {len(trial.lapsed)} customers; {trial.offers.horizon_months:g} months.')"
CELLS = {  # file -> question, parameters, what follows
    "02-keep": ("Whom to keep?", "file = None", ["import winback as wb\nwb.Sentences('The base.')"]),
    "04-who": ("Who comes back?", None, [READ, SAY, "raise KeyError('reason')"]),
    "06-pays": ("Which pays?", None, [READ, SAY]),
    "14-next": (
        "And next?",
        None,
        [READ, SAY, "import pathlib\npathlib.Path(tables, 'next.csv').write_text('a')\nwb.Sentences('Written.')"],
    ),
}
PARAMETERS = "customers = None\noffers = None\ncolumns = {}\nterms = {}\ntables = None\nby = 'reason'"


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    """Write a small campaign, and notebooks of a few cells in place of the package's own."""
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=5)
    study.lapsed[study.lapsed["offer"].isin(["discount", "none"])].to_csv(tmp_path / "customers.csv", index=False)
    (tmp_path / "offers.toml").write_text(OFFERS)
    (tmp_path / "nb").mkdir()
    for name, (question, parameters, sources) in CELLS.items():
        first = nbformat.v4.new_code_cell(parameters or PARAMETERS, metadata={"tags": ["parameters"]})
        text = nbformat.v4.new_markdown_cell(
            f"# {question}\n\nSee [the offers](06-pays.ipynb) and [who](04-who.ipynb)."
        )
        joined = ["\n".join(sources[:2]), *sources[2:]] if sources[0] == READ else sources
        cells = [text, first, *(nbformat.v4.new_code_cell(source) for source in joined)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "nb" / f"{name}.ipynb")
    monkeypatch.setattr(found, "notebook_folders", lambda: [tmp_path / "nb"])
    return tmp_path


def run(campaign, *words):
    files = [campaign / "customers.csv", "--offers", campaign / "offers.toml"]
    return CliRunner().invoke(main, [str(word) for word in ("report", *files, *words, "--out", campaign / "out")])


@pytest.mark.slow
def test_all_pages_are_written_with_a_list_and_what_could_not_be_made_is_said(campaign):
    said = run(campaign, "--all", "--horizon-months", "6")
    assert said.exit_code == 0, said.output
    out = campaign / "out"
    names = ["index.html", "offer-roi.html", "14-next.html", "next.csv"]
    assert said.output.splitlines()[-4:] == [str(out / name) for name in names]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    index, page = ((out / name).read_text(encoding="utf-8") for name in ("index.html", "14-next.html"))
    assert '<a href="offer-roi.html">06 · Which pays?</a>' in index
    assert index.count("customers; 6 months.") == 2
    for why in (
        "02 · Whom to keep?</b></dt><dd>This is asked of all customers",
        "04 · Who comes back?</b></dt><dd>KeyError: &#x27;reason",
    ):
        assert why in index
    assert "04 Who comes back? is left out: KeyError: 'reason'" in said.output
    assert '<a href="offer-roi.html">the offers</a> and <span class="unwritten">who</span>.' in page
    assert '<a class="before" href="offer-roi.html">Which pays?</a>' in page
    assert '<a href="index.html">All questions</a>' in page
    assert "by = 'reason'" in page  # what is not asked for stays as the notebook has it


@pytest.mark.slow
def test_one_notebook_is_one_page_and_its_tables(campaign):
    said = run(campaign, "--notebook", "14")
    assert said.exit_code == 0, said.output
    assert sorted(path.name for path in (campaign / "out").iterdir()) == ["14-next.html", "next.csv"]
    page = (campaign / "out" / "14-next.html").read_text(encoding="utf-8")
    assert "customers; 12 months." in page
    assert "index.html" not in page


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--notebook", "13"], "There is no notebook 13. There are 02 (Whom to keep?)"),
        (["--notebook", "02"], "asked of all customers over time"),
        (["--notebook", "06", "--all"], "Leave one of the two out"),
        (["--all", "--horizon-months", "9999"], "horizon"),
        (["--notebook", "06", "--control", "nobody"], "has no label 'nobody'"),
    ],
)
def test_what_cannot_be_asked_is_one_message_and_no_file(campaign, words, says):
    said = run(campaign, *words)
    assert said.exit_code == 1
    assert says in said.output
    assert said.output.count("Error: ") == 1
    assert not (campaign / "out").exists()


@pytest.mark.slow
def test_a_page_that_is_asked_for_and_fails_is_an_error(campaign):
    said = run(campaign, "--notebook", "04")
    assert said.exit_code == 1
    assert "KeyError: 'reason'" in said.output
    assert not (campaign / "out").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("campaign")
def test_of_the_study_no_page_is_silently_left_out(tmp_path):
    with pytest.raises(RuntimeError, match="KeyError"):
        all_pages.write_question_pages(out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_why_a_page_is_left_out_does_not_end_where_the_problems_begin():
    error = wb.TableError(
        "table", [wb.tables.Problem("a", "is bad", 0, "", "Mend it."), wb.tables.Problem("b", "too", 0, "", "")]
    )
    assert why_not(error).startswith("2 problems in the table: 1. `a` is bad. Mend it. 2. `b` too.")
    assert why_not(ValueError("one thing\nand its trace")) == "one thing"
