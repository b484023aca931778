"""What if on a page, in a real browser: does its script give the library's figures, and can everybody move a slider?"""

import browser
import pytest
from what_if_trials import EVERYDAY_AND_SLOW, arguments, as_found, asked, states

import winback as wb
from winback.money import format_alike

N_STATES = 5  # of each kind of trial; the library makes the whole comparison anew at every one
SHOWN = """states => states.map(state => {
  const section = document.querySelector("section.whatif");
  for (const knob of section.querySelectorAll("input")) { knob.value = state[knob.name]; }
  section.querySelector("input").dispatchEvent(new Event("input"));
  return {
    verdict: section.querySelector(".verdict").textContent,
    rows: [...section.querySelectorAll(".bars li")].map(row => ({
      offer: row.querySelector("span").textContent,
      figures: [row.querySelector("data").value, ...row.querySelector("data").dataset.ends.split(" ")].map(Number),
      text: row.querySelector("data").textContent + " " + row.querySelector("small").textContent,
    })),
  };
})"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Write the section of each kind of trial on a page of its own, once."""
    folder, written = tmp_path_factory.mktemp("pages"), {}

    def page_of(kind):
        if kind not in written:
            written[kind] = folder / f"{len(written)}.html"
            written[kind].write_text(browser.PAGE.format(asked(kind)._repr_html_()), encoding="utf-8")
        return written[kind]

    return page_of


def check_equal(what_if, shown, state):
    """Hold what a page shows where its sliders stand against the comparison made anew."""
    comparison = what_if.at(**arguments(what_if, state))
    figures, unsure = as_found(comparison)
    assert [row["offer"] for row in shown["rows"]] == list(figures)
    texts = format_alike([amount for ends in figures.values() for amount in ends], comparison.currency)
    for place, (row, ends) in enumerate(zip(shown["rows"], figures.values(), strict=True)):
        assert row["figures"] == pytest.approx(ends, abs=0.0011)  # a tenth of a cent, and shown to a hundredth
        figure, low, high = texts[3 * place : 3 * place + 3]
        assert row["text"] == f"{figure} [{low}, {high}]"
    assert shown["verdict"].startswith(verdict_of(comparison, unsure))


def verdict_of(comparison, unsure):
    first = comparison.frame.iloc[0]
    name = first["offer"]
    if first[f"{comparison.kind}_profit_high"] < 0:
        return f"No offer pays: even the best, {name}, loses money"
    if first[f"{comparison.kind}_profit_low"] <= 0:
        return f"No offer is shown to pay: the best, {name},"
    if unsure:
        *all_but_one, last = [name, *unsure]
        return f"{', '.join(all_but_one)} and {last} are not clearly different: {name} is ahead"
    return f"{name[:1].upper()}{name[1:]} earns most, "


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERYDAY_AND_SLOW)
def test_the_scripts_figures_are_the_librarys_to_the_cent(kind, chromium, pages, rng):
    what_if = asked(kind)
    asked_at = states(what_if, N_STATES, rng)
    with browser.opened(chromium, pages(kind)) as (page, wrong):
        shown = page.evaluate(SHOWN, asked_at)
    for state, found in zip(asked_at, shown, strict=True):
        check_equal(what_if, found, state)
    assert wrong == []


@pytest.mark.slow
def test_the_studys_figures_are_the_librarys_at_every_kind_of_step(chromium, tmp_path, rng):
    what_if = wb.compare_offers(wb.load_telecom_study().trial).what_if()
    path = tmp_path / "study.html"
    path.write_text(browser.PAGE.format(what_if._repr_html_()), encoding="utf-8")
    asked_at = states(what_if, 40, rng)
    with browser.opened(chromium, path) as (page, wrong):
        shown = page.evaluate(SHOWN, asked_at)
    for state, found in zip(asked_at, shown, strict=True):
        check_equal(what_if, found, state)
    assert len({found["verdict"].split(",")[0] for found in shown}) > 4  # more than one thing was said
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["control", "measured"])
def test_a_phone_needs_no_sideways_scrolling(kind, chromium, pages):
    for script in (True, False):
        with browser.opened(chromium, pages(kind), width=390, script=script) as (page, wrong):
            assert browser.overflow(page) == 0
            for moving in (".move", ".knobs", ".verdict", ".bars"):
                assert page.locator(moving).is_visible() == script
            assert page.locator(".without-script table").is_visible() != script
            assert wrong == []


@pytest.mark.slow
def test_sliders_are_moved_by_keyboard_and_say_where_they_stand(chromium, pages):
    what_if = asked("control")
    with browser.opened(chromium, pages("control")) as (page, _):
        assert page.get_by_role("slider").count() == len(what_if.steps.sliders)
        before = page.locator(".bars").inner_text()
        for slider in what_if.steps.sliders:
            knob = page.get_by_role("slider", name=slider.label)
            assert knob.get_attribute("aria-valuetext") == slider.texts[slider.start]
            assert knob.get_attribute("data-lm-suppress-shortcuts")  # else JupyterLab takes the arrows
            knob.focus()
            for key, place in (("Home", 0), ("ArrowRight", 1), ("End", len(slider.values) - 1)):
                page.keyboard.press(key)
                assert knob.get_attribute("aria-valuetext") == slider.texts[place]
                assert knob.locator("xpath=preceding-sibling::output").inner_text() == slider.texts[place]
        assert page.locator(".bars").inner_text() != before
        assert page.locator(".verdict").get_attribute("aria-live") == "polite"
        page.get_by_role("button", name="Back to the trial").focus()
        page.keyboard.press("Enter")
        assert page.locator(".bars").inner_text() == before


def test_bars_have_the_offers_colours_and_reach_as_far_as_their_figures(chromium, pages):
    with browser.opened(chromium, pages("measured")) as (page, _):
        page.evaluate(SHOWN, [{**states(asked("measured"), 1, None)[0], "contact_cost": 9}])  # so that some lose
        rows = page.evaluate(
            """() => [...document.querySelectorAll(".bars li")].map(row => {
              const [bar, zero] = ["b", "s"].map(kind => row.querySelector(kind).getBoundingClientRect());
              const profit = +row.querySelector("data").value;
              const colour = getComputedStyle(row.querySelector("b")).backgroundColor;
              return {profit, left: bar.left - zero.left, right: bar.right - zero.left, colour};
            })"""
        )
    assert len({row["colour"] for row in rows}) == len(rows)
    lengths = [(row["right"] if row["profit"] > 0 else row["left"]) / row["profit"] for row in rows]
    assert max(lengths) - min(lengths) < 0.1 * abs(lengths[0])


def test_two_sections_of_one_page_keep_apart(chromium, tmp_path):
    path = tmp_path / "two.html"
    path.write_text(browser.PAGE.format(asked("control")._repr_html_() + asked("measured")._repr_html_()), "utf-8")
    with browser.opened(chromium, path) as (page, wrong):
        one, other = page.locator("section.whatif").all()
        before = other.inner_text()
        one.get_by_role("slider").first.focus()
        page.keyboard.press("End")
        assert other.inner_text() == before
        assert [each.locator(".bars li").count() for each in (one, other)] == [3, 3]
    assert wrong == []


def test_on_paper_stands_the_table(chromium, pages):
    with browser.opened(chromium, pages("control")) as (page, _):
        page.emulate_media(media="print")
        assert page.locator(".without-script table").is_visible()
        for moving in (".move", ".knobs", ".verdict", ".bars"):
            assert not page.locator(moving).is_visible()
