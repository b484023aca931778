"""Are the notebooks fit to be shared? Style of every notebook, and a copy of each executed and compared."""

import re
from pathlib import Path

import nbformat
import pytest

from winback.kernel import SVG, run_notebook
from winback.minute import MOST_WORDS
from winback.pages.settings import PARAMETERS

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
RESULT_NUMBER = re.compile(r"\\?\$\s?\d[\d,.]*|\b\d+(?:[.,]\d+)?\s?%|\b\d+\.\d+\b|\b\d{1,3}(?:,\d{3})+\b")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def sources(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind and cell.source.strip()]


def shown_text(notebook):
    """Every text a reader sees in the outputs, figures apart, versions left out."""
    texts = []
    for cell in notebook.cells[:-1]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            texts.append(data.get("text/html") or data.get("text/plain", ""))
    return texts


def shown(cell, kind="text/html"):
    return [output["data"][kind] for output in cell.get("outputs", []) if kind in output.get("data", {})]


def in_view(cell):
    """Return what a cell shows without a click."""
    return re.sub(r"<(details|style|script)\b.*?</\1>", "", "".join(shown(cell)), flags=re.DOTALL)


def opens_in_one_minute(notebook):
    return any('class="minute' in in_view(cell) for cell in notebook.cells)


@pytest.fixture
def minute(notebook):
    """Return a notebook that opens in one minute."""
    if not opens_in_one_minute(notebook):
        pytest.skip("it has not come into this form yet")
    return notebook


def test_at_most_sixty_words_stand_before_the_first_figure(minute):
    words = []
    for cell in minute.cells:
        if shown(cell, SVG):
            break
        text, drawn, _ = in_view(cell).partition("<svg")
        words += (cell.source if cell.cell_type == "markdown" else re.sub(r"<[^>]+>", " ", text)).split()
        if drawn:
            break
    words = [word for word in words if word != "#"]
    assert len(words) <= MOST_WORDS, " ".join(words)


def figures_of(cell):
    return len(shown(cell, SVG)) + len(re.findall(r'<svg|<section class="whatif', in_view(cell)))


def test_there_are_as_many_figures_as_tables_in_view(minute):
    tables = sum(in_view(cell).count("<table") for cell in minute.cells)
    assert sum(map(figures_of, minute.cells)) >= tables


def test_little_code_stands_before_the_answer_and_all_but_the_parameters_is_collapsed(minute):
    code = [cell for cell in minute.cells if cell.cell_type == "code"]
    answer = next(place for place, cell in enumerate(code) if 'class="minute' in in_view(cell))
    if "answer" not in code[answer].metadata.get("tags", []):
        pytest.skip("its code is still long")
    lines = [[line for line in cell.source.splitlines() if line.strip()] for cell in code[: answer + 1]]
    assert len(lines[0]) <= 7  # whose trial, under which terms, for whom, how, by which rule, into which folder
    assert sum(map(len, lines[1:])) <= 6
    for cell in code:
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert hidden == (PARAMETERS not in cell.metadata.get("tags", [])), cell.source


def test_no_table_in_view_is_wider_than_five_columns(minute):
    for cell in minute.cells:
        for table in re.findall(r'<table class="winback.*?</tr>', in_view(cell), re.DOTALL):
            if "whatif" not in in_view(cell):  # on a page its script takes the table's place
                assert table.count("<th ") <= 5, table


@pytest.mark.parametrize("number", ["07", "08"])
def test_who_decides_meets_no_words_of_the_trade(number):
    (path,) = (path for path in NOTEBOOKS if path.stem.startswith(number))
    for text in sources(nbformat.read(path, as_version=4), "markdown"):
        assert not re.search(r"told apart|leaves out zero|honest gain|in sample|frontier", text.lower()), text


def test_who_should_read_on_is_no_half_of_a_question(notebook):
    for source in sources(notebook, "code"):
        for said in re.findall(r'"([^"]*)"', source) if "next_steps(" in source or "readers =" in source else ():
            assert not re.search(r"(^|\. )Who [^?]*:", said), said


def test_there_is_a_notebook():
    assert NOTEBOOKS


def test_the_first_cell_is_the_title_and_a_question(notebook):
    titles = [line for text in sources(notebook, "markdown") for line in text.splitlines() if line.startswith("# ")]
    assert len(titles) == 1
    assert notebook.cells[0].source.startswith(titles[0])
    assert titles[0].endswith("?")


def test_cells_were_executed_in_order(notebook):
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))


def test_code_only_calls_the_package(notebook):
    for source in sources(notebook, "code"):
        assert not re.search(r"^\s*(def|class|async def) |lambda", source, re.MULTILINE), source
        assert len(source.splitlines()) <= 15, source


def test_nothing_was_written_to_stderr_and_no_error_is_stored(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


def test_no_result_number_is_typed_in_prose(notebook):
    for text in sources(notebook, "markdown"):
        assert not RESULT_NUMBER.search(text), text


def test_the_check_for_typed_numbers_sees_them():
    assert RESULT_NUMBER.search("earns $360.72")
    assert RESULT_NUMBER.search("45 % came back")
    assert RESULT_NUMBER.search("about 9,150 sales")
    assert not RESULT_NUMBER.search("at 2 p.m. in 2016, question 3")


def test_no_path_of_a_machine_is_stored(notebook):
    assert not re.search(r"(/home/|/root/|/Users/|/work/|C:\\\\)", nbformat.writes(notebook))


@pytest.mark.slow
def test_a_copy_shows_the_same_figures_when_executed(notebook, tmp_path):
    copy = run_notebook(nbformat.from_dict(notebook), folder=tmp_path)
    assert shown_text(copy) == shown_text(notebook)
    outputs = [output for cell in copy.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    shown = [output.get("data", {}) for output in outputs]
    assert any("image/svg+xml" in each or "<svg" in each.get("text/html", "") for each in shown)


def test_the_headline_figures_are_those_of_the_package(notebook):
    import winback as wb

    if notebook.cells[0].source.splitlines()[0] != "# Which win-back offer pays?":
        pytest.skip("another notebook")
    result = wb.compare_offers(wb.load_telecom_study().trial)
    text = "".join(shown_text(notebook))
    for line in result.describe().splitlines():
        assert line in text
