"""Are notebooks found by their numbers, also those that come later, and do links lead to the pages written beside?"""

import nbformat
import pytest

from winback.pages import chapters as found
from winback.pages.chapters import chapters, chapters_of
from winback.pages.links import linked, links_to


def notebook(question, *cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {question}"), *cells])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Put other notebooks in place of the package's own."""
    for name, question in {"06-pays": "Which pays?", "02-keep": "Whom to keep?", "11-after": "And after?"}.items():
        nbformat.write(notebook(question), tmp_path / f"{name}.ipynb")
    (tmp_path / "refresh.py").touch()
    (tmp_path / "draft.ipynb").touch()
    monkeypatch.setattr(found, "notebook_folders", lambda: [tmp_path])
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_notebook_finds_its_place_by_its_file_name():
    there = chapters()
    assert {number: (each.page, each.question) for number, each in there.items()} == {
        "02": ("02-keep.html", "Whom to keep?"),
        "06": ("offer-roi.html", "Which pays?"),
        "11": ("11-after.html", "And after?"),
    }
    assert list(there) == sorted(there)


@pytest.mark.usefixtures("folder")
def test_a_number_that_no_notebook_has_is_refused_with_those_there_are():
    assert [each.number for each in chapters_of(["11", "2", "02"])] == ["02", "11"]
    with pytest.raises(ValueError, match=r"no notebook 13\. There are 02 \(Whom to keep\?\), 06 .* and 11 \(And after"):
        chapters_of(["06", "13"])


@pytest.mark.usefixtures("folder")
def test_numbers_lead_to_notebooks_and_to_pages():
    assert links_to(".ipynb") == {2: "02-keep.ipynb", 6: "06-pays.ipynb", 11: "11-after.ipynb"}
    assert links_to(".html") == {2: "02-keep.html", 6: "offer-roi.html", 11: "11-after.html"}


@pytest.mark.parametrize(
    ("shown", "on_the_page"),
    [
        ('<a href="06-pays.ipynb">pays</a>', '<a href="offer-roi.html">pays</a>'),
        ('<a class="x" href="./06-pays.html#How-sure?" id="y">a <b>b</b></a>', None),
        ('<a href="07-whom.ipynb#Rules">rules</a>, said', '<span class="unwritten">rules</span>, said'),
        ('<a href="#06-pays">here</a>', '<a href="#06-pays">here</a>'),
        ('<a href="https://doi.org/06-x.html">paper</a>', '<a href="https://doi.org/06-x.html">paper</a>'),
        ('<a href="figures/06-pays.html">else</a>', '<a href="figures/06-pays.html">else</a>'),
    ],
)
def test_links_lead_to_pages_that_are_there_and_of_others_the_words_stay(shown, on_the_page):
    expected = on_the_page or '<a class="x" href="offer-roi.html#How-sure?" id="y">a <b>b</b></a>'
    assert linked(shown, {"06": "offer-roi.html"}) == expected
