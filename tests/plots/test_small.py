"""Do small pictures hold their figures, leave room for every text, and stand in a page beside others?"""

import re

import pytest
from html_tags import Tags
from matplotlib import pyplot as plt

from winback.plots.small import CARD, Panel, Row, as_svg, small_bars, small_intervals, small_panels

LONG = "a very long name of an offer that nobody would ever be sent, in more than three lines of a small card"


def ends_of_texts(figure):
    """How far right every text on a figure ends, as a share of its width; the first three are enough to be seen."""
    figure.canvas.draw()
    texts = [text for ax in figure.axes for text in ax.texts]
    return [text.get_window_extent().x1 / figure.bbox.x1 for text in texts]


@pytest.mark.parametrize(
    "rows",
    [
        [Row("price", 0.52, "52%", low=0.5, high=0.54), Row("both", 0.13, "13%")],
        [Row("gained", 291.0, "$291 [$278, $304]"), Row("returners bring", 415.0, "$415")],
        [Row("loses", -50.0, "-$50.00"), Row("earns", 10.0, "$10.00")],
        [Row("nothing", 0.0, "0%"), Row("nothing either", 0.0, "0%")],
        [Row(LONG, 5.0, "$5.00")],
    ],
)
def test_every_text_finds_room(rows):
    figure = small_bars(rows)
    assert max(ends_of_texts(figure)) <= 1.01
    assert [patch.get_width() for patch in figure.axes[0].patches] == [row.value for row in rows]


def test_intervals_are_drawn_where_they_are_and_the_line_stands_at_zero():
    rows = [Row("a tree", -12.0, "-$12.00", low=-20.0, high=-5.0), Row("a model", 4.0, "+$4.00", low=-1.0, high=9.0)]
    figure = small_intervals(rows, "no gain")
    lines = [line.get_xdata() for line in figure.axes[0].lines]
    assert [0, 0] in [list(line) for line in lines]
    assert [-20.0, -5.0] in [list(line) for line in lines]
    assert max(ends_of_texts(figure)) <= 1.01


def test_panels_share_their_rows_and_the_best_is_bold():
    rows = [Row("discount", 291.0, "$291"), Row("upgrade", 272.0, "$272", strong=False)]
    figure = small_panels([Panel(rows, "profit"), Panel(rows[::-1], "ROI")])
    assert figure.get_figwidth() == CARD
    weights = {text.get_text(): text.get_fontweight() for text in figure.axes[0].texts}
    assert weights["$291"] == "bold"
    assert weights["$272"] == "normal"
    assert max(ends_of_texts(figure)) <= 1.01


def test_two_figures_of_a_page_meet_none_of_each_others_names():
    rows = [Row("a", 1.0, "1", low=0.5, high=1.5)]
    page = as_svg(small_intervals(rows, "none"), "One.", "one") + as_svg(small_intervals(rows, "none"), "Two.", "two")
    tags = Tags(page)
    assert len(tags.ids) == len(set(tags.ids)) > 0
    assert tags.used <= set(tags.ids)
    assert [figure["aria-label"] for figure in tags.figures] == ["One.", "Two."]


def test_what_is_written_is_text_as_it_is_written():
    shown = as_svg(small_bars([Row("<b>$5 & $6</b>", 1.0, '"100%"')]), 'A "label" < another', "odd")
    Tags(shown)
    assert "&lt;b&gt;$5 &amp; $6&lt;/b&gt;" in shown
    assert "A &quot;label&quot; &lt; another" in shown
    assert not re.search("font-family|<title|<metadata", shown)


def test_no_figure_stays_open():
    before = plt.get_fignums()
    as_svg(small_bars([Row("a", 1.0, "1")]), "One.", "one")
    assert plt.get_fignums() == before
