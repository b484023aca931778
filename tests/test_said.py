"""Is the rest folded away, and does every source lead somewhere?"""

import html
import re

import pandas as pd
import pytest

import winback as wb
from winback.results import Result, Sentences, Shown
from winback.said import MOST_COLUMNS, Folded, Said, figures_of
from winback.sources import SOURCES, Cited, Formula


def test_the_answer_is_in_view_and_the_rest_is_folded():
    comparison = wb.compare_offers(wb.load_telecom_study().trial)
    shown = Said(comparison)._repr_html_()
    view, _, folded = shown.partition("<details>")
    assert comparison.describe().splitlines()[1][:40] in view
    assert comparison.details().splitlines()[-1][:40] in folded
    assert str(Said(comparison)) == str(comparison.describe())


def test_what_is_folded_has_a_name_and_nothing_is_nothing():
    table = Shown(pd.DataFrame({"Offer": ["a"]}))
    assert (
        Folded(table, "In <figures>")._repr_html_().startswith("<details><summary>In &lt;figures&gt;</summary><table")
    )
    assert Folded(Sentences())._repr_html_() == ""
    assert Folded(Shown(pd.DataFrame()))._repr_html_() == ""
    assert "<summary>The figures</summary>" in Folded(Sentences("One."))._repr_html_()


@pytest.mark.parametrize("key", ["ratios", "picked", "adjusted"])
def test_methods_of_many_pages_bring_their_formula(key):
    shown = Formula("a < b", key)._repr_html_()
    assert html.escape(SOURCES[key].formula) in shown
    assert SOURCES[key].link in shown
    assert SOURCES[key].formula in str(Formula("a < b", key))
    assert SOURCES[key].formula not in str(Cited(key)) + Cited(key)._repr_html_()


@pytest.mark.parametrize("key", SOURCES)
def test_a_source_is_linked_with_its_evidence(key):
    shown = Cited(key)._repr_html_()
    assert re.search(
        r'href="https?://(doi\.org/10\.\d{4,}/\S+|hbr\.org/\S+|www\.brucehardie\.com/notes/\d{3}/)"', shown
    )
    assert re.search(r"\((study|method)\)</p>$", shown)
    assert Formula("a < b", key)._repr_html_().startswith("<details")
    assert "a &lt; b" in Formula("a < b", key)._repr_html_()
    assert str(Cited(key)) in str(Formula("a < b", key))


def test_the_place_in_a_source_stands_after_its_link():
    formula = Formula("a < b", "study", ("gamma gamma", "equation <5>"))
    assert formula.cited[1].endswith("2013, equation <5> (method)")
    assert re.search(r"2013</a>, equation &lt;5&gt; \(method\)</p>", formula._repr_html_())
    assert formula.cited[0] == str(Cited("study"))


def test_figures_are_folded_in_the_columns_that_a_page_has_room_for():
    frame = pd.DataFrame({letter: ["1"] for letter in "abcdefg"})

    class Wide(Result):
        def table(self):
            return frame

    assert list(figures_of(Wide()).what.frame) == list("abcdefg"[:MOST_COLUMNS])
    assert list(figures_of(Wide(), without=("b", "unknown")).what.frame) == list("acdef")
    assert figures_of(Wide())._repr_html_().startswith("<details><summary>The figures</summary>")
