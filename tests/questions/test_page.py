"""Does the front page stand by itself? Well-formed, nothing from outside, every figure said, odd names as text."""

import html
import re
from dataclasses import replace

import pytest
from asked_trials import valued
from html_tags import Tags

from winback.minute import MOST_WORDS
from winback.pages.chapters import chapters
from winback.pages.links import linked, links_to
from winback.questions import answer_questions
from winback.questions.links import BEHIND, SHORT, WORDS


@pytest.fixture(scope="module")
def shown(answered):
    return answered._repr_html_()


def test_every_tag_is_closed_and_no_id_stands_twice(shown):
    tags = Tags(shown)
    assert not tags.open
    assert len(tags.ids) == len(set(tags.ids))
    assert tags.used <= set(tags.ids)


def test_every_figure_says_what_it_shows(shown, answered):
    figures = Tags(shown).figures
    assert len(figures) >= 6  # the waterfall twice, for wide and narrow, and four cards
    assert all(figure["role"] == "img" and len(figure["aria-label"]) > 20 for figure in figures)
    labels = " ".join(figure["aria-label"] for figure in figures)
    assert all(card.picture.label in labels for card in answered.cards)


def test_few_words_stand_before_the_picture_and_how_sure_it_is_stands_below(shown, answered):
    above, _, below = shown.partition("<svg")
    question = chapters()["00"].question
    assert len(f"{question} {re.sub('<[^>]+>', ' ', above)}".split()) <= MOST_WORDS
    assert html.escape(answered.head.lead) in below


def test_nothing_is_asked_of_a_network(shown):
    assert not re.search(r"(?:src|href)=\"https?:|@import|url\((?!#)", shown)


def test_the_style_reaches_nothing_but_the_page_itself(shown):
    style = re.findall(r"<style>(.*?)</style>", shown, re.DOTALL)[-1]
    selectors = re.findall(r"(?:^|[}{])\s*([^{}@]+)\{", style)
    assert selectors
    assert all(selector.strip().startswith(".wb-front") for selector in selectors)


def test_every_card_leads_to_the_notebook_behind_it_and_on_a_page_to_its_page(answered):
    shown = replace(answered, pages=links_to())._repr_html_()
    assert [links_to()[BEHIND[card.number]] for card in answered.cards] == Tags(shown).links[1:5]
    assert Tags(shown).links[0] == links_to()[SHORT]  # what to do with less money
    assert set(WORDS) <= set(links_to())
    there = Tags(linked(shown, {"04": "who.html"})).links
    assert there[0] == "who.html"
    assert set(there) == {"who.html"}


def test_a_card_whose_page_is_not_written_has_nothing_that_looks_like_a_link(answered):
    shown = linked(replace(answered, pages=links_to())._repr_html_(), {"06": "offer-roi.html"})
    assert set(Tags(shown).links) == {"offer-roi.html"}
    assert WORDS[6] in shown
    assert not [words for number, words in WORDS.items() if number != 6 and words in shown]
    assert shown.count('wb-link"') == len(Tags(shown).links)
    assert "unwritten" not in shown


def test_names_are_text_and_not_markup():
    odd = ["<script>x</script>", 'a "quoted" & name', "$5_off_$10"]
    trial = valued(0.5, 0.3, 0.2, names=odd, reason=["<i>price</i>", "a & b"])
    shown = answer_questions(trial, pages={4: 'a"b.html'})._repr_html_()
    Tags(shown)
    assert "<script>x" not in shown
    assert "<i>price" not in shown
    assert "&lt;script&gt;" in shown
    assert "$5_off_$10" in shown
    assert Tags(shown).links == ['a"b.html']


def test_without_pages_there_is_no_link(shown):
    assert Tags(shown).links == []


def test_the_page_is_the_same_when_made_again(answered, shown):
    assert answered._repr_html_() == shown
