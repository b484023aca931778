"""Can every page be read on a laptop, a phone and paper, by eye, by keyboard and aloud? Looked at in a real browser."""

import browser
import pytest

from winback.minute import MOST_WORDS
from winback.pages.chapters import chapters
from winback.pages.page import INDEX

pytestmark = pytest.mark.slow
PAGES = [INDEX, *(each.page for each in chapters().values())]
LAPTOP, PHONE = 1280, 390
PAPER = 688  # pixels between the margins of A4
PAPER_HEIGHT = 1017
MOST_BYTES = 500_000
SMALLEST_LETTER = 10  # pixels on a phone

CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = text => { const c = text.match(/[\\d.]+/g).map(Number); return c.length > 3 ? c : [...c, 1]; };
  const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = node => {
    const layers = [];
    for (let each = node; each; each = each.parentElement) {
      layers.push(parse(getComputedStyle(each).backgroundColor));
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !node.checkVisibility() || node.closest("svg, style, script")) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize), back = behind(node);
    const [a, b] = [light(over(parse(style.color), back)), light(back)].sort((x, y) => y - x);
    const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.push([words.slice(0, 40), ratio]);
  }
  return found;
}"""
SPOKEN = """() => {
  const all = what => [...document.querySelectorAll(what)];
  const levels = all("h1, h2, h3, h4, h5, h6").map(each => +each.tagName[1]);
  const ids = all("[id]").map(each => each.id);
  return {
    language: document.documentElement.lang,
    titled: Boolean(document.title),
    mains: all("main").length,
    h1: levels.filter(level => level === 1).length,
    skipped: levels.filter((level, place) => level > (place ? levels[place - 1] : 0) + 1),
    unnamed: all("nav, section, [role=region]").filter(
      each => !each.ariaLabel && !each.hasAttribute("aria-labelledby")).map(each => each.outerHTML.slice(0, 90)),
    without_scope: all("th:not([scope])").map(each => each.textContent),
    without_words: all("img:not([alt]), img[alt=''], svg:not([aria-label])").map(each => each.outerHTML.slice(0, 90)),
    tables_unnamed: all("table.winback").filter(each => !each.ariaLabel).map(each => each.textContent.slice(0, 90)),
    rows_unnamed: all("table.winback tbody tr").filter(
      each => each.cells[0].getAttribute("role") !== "rowheader").map(each => each.textContent.slice(0, 90)),
    twice: ids.filter((id, place) => ids.indexOf(id) !== place),
  };
}"""
WELL_SPOKEN = {
    "language": "en",
    "titled": True,
    "mains": 1,
    "h1": 1,
    "skipped": [],
    "unnamed": [],
    "without_scope": [],
    "without_words": [],
    "tables_unnamed": [],
    "rows_unnamed": [],
    "twice": [],
}
LEADS = """() => [...document.querySelectorAll("a")].map(each => [
  each.getAttribute("href"), each.textContent.trim(),
  !each.hash || each.origin + each.pathname !== location.origin + location.pathname
    || Boolean(document.getElementById(decodeURIComponent(each.hash.slice(1)))),
])"""
OUTSIDE = """() => [...document.querySelectorAll("main *, footer *")].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && each.checkVisibility() && (box.right > innerWidth + 1 || box.left < -1)
    && !each.closest(".within, svg, pre, thead");
}).map(each => each.outerHTML.slice(0, 120))"""
LETTERS = """() => [...document.querySelectorAll("main svg text")].filter(each => each.checkVisibility()).map(each =>
  parseFloat(getComputedStyle(each).fontSize) * Math.hypot(each.getScreenCTM().a, each.getScreenCTM().b))"""
BROKEN = """() => [...document.querySelectorAll("table.winback :is(td, th)")].flatMap(cell => {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange(), found = [];
  while (walker.nextNode()) {
    for (const word of walker.currentNode.data.matchAll(/(?<![^ ])[A-Za-z0-9$%,.]{2,13}(?![^ ])/g)) {
      range.setStart(walker.currentNode, word.index);
      range.setEnd(walker.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(each => Math.round(each.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
})"""
WORDS = """() => {
  const range = document.createRange(), figure = document.querySelector("main figure, main svg");
  range.setStart(document.querySelector("main"), 0);
  range.setEndBefore(figure);
  return range.toString().split(/\\s+/).filter(Boolean).length;
}"""


@pytest.fixture(params=PAGES)
def path(request, site):
    return site / request.param


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_a_page_asks_for_nothing_and_is_no_wider_than_its_window(width, path, chromium):
    with browser.opened(chromium, path, width=width) as (page, wrong):
        assert browser.overflow(page) == 0
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(CONTRAST) == []
    assert wrong == []


def test_a_page_is_small(path):
    assert path.stat().st_size < MOST_BYTES


def test_links_lead_somewhere(path, chromium):
    with browser.opened(chromium, path) as (page, _):
        for target, words, is_there in page.evaluate(LEADS):
            assert words, target
            assert is_there, target
            if not target.startswith(("#", "https://", "http://")):
                assert (path.parent / target.partition("#")[0]).is_file(), target


def test_a_page_is_told_apart_by_who_listens(path, chromium):
    with browser.opened(chromium, path) as (page, _):
        assert page.evaluate(SPOKEN) == WELL_SPOKEN


def test_the_list_leads_to_every_page_and_each_page_back(path, site, chromium):
    with browser.opened(chromium, path) as (page, _):
        links = {target for target, *_ in page.evaluate(LEADS)}
        assert links >= (set(PAGES[1:]) if path.name == INDEX else {INDEX})


def test_what_is_folded_opens_by_keyboard(path, chromium):
    with browser.opened(chromium, path) as (page, _):
        for folded in page.locator("details").all():
            summary = folded.locator("summary").first
            summary.focus()
            assert summary.evaluate("each => each === document.activeElement")
            page.keyboard.press("Enter")
            assert folded.get_attribute("open") is not None


def test_no_table_breaks_a_word_on_a_phone(path, chromium):
    with browser.opened(chromium, path, width=PHONE) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate(BROKEN) == []


@pytest.mark.parametrize("name", PAGES[1:])  # pictures of the list only lead to the pages
def test_letters_of_figures_can_be_read_on_a_phone(name, site, chromium):
    path = site / name
    with browser.opened(chromium, path, width=PHONE) as (page, _):
        letters = page.evaluate(LETTERS)
    assert min(letters, default=SMALLEST_LETTER) >= SMALLEST_LETTER


def test_few_words_stand_before_the_figure(path, chromium):
    with browser.opened(chromium, path) as (page, _):
        if not page.locator(".minute .answer").count():
            pytest.skip("this notebook does not open in one minute yet")
        assert page.evaluate(WORDS) <= MOST_WORDS


def test_on_paper_every_column_is_there_and_no_row_is_split(path, chromium):
    with browser.opened(chromium, path, width=PAPER) as (page, _):
        page.emulate_media(media="print")
        assert browser.overflow(page) == 0
        assert page.evaluate(OUTSIDE) == []
        rows = page.evaluate(
            """() => [...document.querySelectorAll("tr, figure, ol.pages li")].filter(
              each => each.checkVisibility()).map(
              each => [getComputedStyle(each).breakInside, each.getBoundingClientRect().height])"""
        )
        assert {how for how, _ in rows} <= {"avoid"}
        assert max(height for _, height in rows) < PAPER_HEIGHT
        assert not page.locator("header, nav.contents, footer nav, details.code").filter(visible=True).count()


def test_rows_become_cards_on_a_phone_and_no_figure_loses_its_column(path, chromium):
    with browser.opened(chromium, path, width=PHONE) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        tables = page.evaluate(
            """() => [...document.querySelectorAll("table.cards")].filter(one => one.checkVisibility()).map(table => ({
              columns: [...table.querySelectorAll("th")].slice(1).map(each => each.textContent),
              cells: [...table.querySelectorAll("tbody tr")].map(row => [...row.children].slice(1).map(each =>
                each.checkVisibility() && JSON.parse(getComputedStyle(each, "::before").content))),
            }))"""
        )
    for table in tables:
        assert table["cells"]
        assert all(row == table["columns"] for row in table["cells"])
