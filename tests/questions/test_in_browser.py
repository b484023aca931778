"""Does the front page hold together in a browser? No message, no request, nothing wider than a phone."""

import pytest
from asked_trials import valued
from browser import PAGE, opened, overflow

import winback as wb
from winback.questions import answer_questions

CASES = {
    "a trial": lambda: answer_questions(wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial),
    "long names": lambda: answer_questions(
        valued(0.5, 0.4, 0.3, names=["a" * 40, "twenty percent off everything for ever", "30% & more"])
    ),
    "gross": lambda: answer_questions(valued(0.5, 0.4, control=None, reason=["price", "service"])),
    "a scenario": lambda: answer_questions(base=wb.load_shop_study().base),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_page_fits_laptop_and_phone(case, chromium, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(CASES[case]()._repr_html_()), encoding="utf-8")
    for width in (1280, 390):
        with opened(chromium, path, width=width) as (page, wrong):
            assert overflow(page) <= 0
            assert not wrong
            drawn = page.locator(".wb-front svg:visible")
            assert drawn.count() >= 3
            boxes = [drawn.nth(place).bounding_box() for place in range(drawn.count())]
            assert all(box["x"] >= 0 and box["x"] + box["width"] <= width + 1 for box in boxes)
            columns = page.evaluate("getComputedStyle(document.querySelector('.wb-cards')).gridTemplateColumns")
            assert len(columns.split()) == (2 if width == 1280 else 1)
