"""Does the list of pages say what each notebook asks and answers, in whichever form the notebook says it?"""

import base64

import nbformat
import pytest

from winback.minute import Opening
from winback.pages.index import index_page
from winback.pages.listed import Listed, answer_of, listed, minutes_of
from winback.results import Sentences

PNG = b"\x89PNG not a picture"


def cell(data, *tags, alt=None):
    metadata = {"image/png": {"alt": alt}} if alt else {}
    shown = nbformat.v4.new_output("display_data", data, metadata=metadata)
    return nbformat.v4.new_code_cell("x", outputs=[shown], metadata={"tags": list(tags)})


def notebook(*cells):
    title = nbformat.v4.new_markdown_cell("# Which pays?\n\nA word.")
    return nbformat.v4.new_notebook(cells=[title, *cells])


def said(result):
    return {"text/html": result._repr_html_(), "text/plain": str(result)}


ABOUT = cell(said(Sentences("The study: 3 customers")))


@pytest.mark.parametrize(
    "cells",
    [
        [cell(said(Opening("Of <3> customers", "The first & best pays $3.")))],
        [ABOUT, cell(said(Sentences("The first & best pays $3.\nIt is sure.")), "answer")],
        [cell({"text/html": "<p class='x-answer'>no</p>", "text/plain": "The first & best pays $3.\nmore"})],
    ],
)
def test_the_answer_is_the_generated_one(cells):
    assert answer_of(notebook(*cells)) == "The first & best pays $3."


def test_what_is_folded_away_takes_no_minutes_and_looking_takes_some():
    words = "word " * 440
    assert minutes_of(notebook()) == 1
    assert minutes_of(notebook(cell({"text/html": f"<p>{words}</p>"}))) == 3
    assert minutes_of(notebook(cell({"text/html": f"<details>{words}</details>"}))) == 1
    assert minutes_of(notebook(*[cell({"image/svg+xml": "<svg/>", "image/png": "x"}) for _ in range(8)])) == 3
    assert minutes_of(notebook(cell({"text/html": "<table><td>1</td></table>" * 8}))) == 3


def test_the_first_figure_comes_with_its_words():
    found = listed("06", notebook(cell({"image/png": base64.b64encode(PNG).decode()}, alt="Bars of <three>")))
    assert (found.picture, found.says) == (PNG, "Bars of <three>")
    drawn = listed("06", notebook(cell({"text/html": "<div><svg><g/></svg></div>"})))
    assert (drawn.picture, drawn.drawing) == (None, "<svg><g/></svg>")


def test_the_list_shows_the_drawing_where_there_is_one_and_the_one_for_phones_of_two():
    wide, narrow = (f'<div class="wb-{each}"><svg aria-label="{each}"></svg></div>' for each in ("wide", "narrow"))
    both = listed("00", notebook(cell({"text/html": wide + narrow})))
    assert both.drawing == '<svg aria-label="narrow"></svg>'
    data = {"image/png": base64.b64encode(PNG).decode(), "image/svg+xml": '<svg viewBox="0 0 9 9"><g/></svg>'}
    page = index_page([listed("06", notebook(cell(data, alt="Bars")))], {"06": "offer-roi.html"})
    assert '<svg role="img" aria-label="Bars" viewBox="0 0 9 9"><g/></svg>' in page
    assert "image/png" not in page


def test_the_list_leads_to_pages_and_says_what_is_not_there_and_why():
    there = Listed("06", "Which <pays>?", "A & B.", 7, PNG, "Bars of 'three'")
    missing = Listed("03", "What is one worth?", why_not="It takes purchases.")
    page = index_page([there, missing], {"06": "offer-roi.html"}, "The study")
    assert '<h2><a href="offer-roi.html">06 · Which &lt;pays&gt;?</a></h2><p class="answer">A &amp; B.</p>' in page
    assert "7 minutes to read" in page
    assert 'alt="Bars of &#x27;three&#x27;"' in page
    assert page.index("Not on these data") < page.index("03 · What is one worth?") < page.index("It takes purchases.")
    assert "Not on these data" not in index_page([there], {"06": "offer-roi.html"})
