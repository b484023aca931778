"""Are names drawn as they are written: dollar signs, other scripts, long ones, those that begin with an underscore?"""

import io
import re
import warnings
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import winback as wb
from winback import plots
from winback.plots import words
from winback.plots.style import finish_axes, money_axis, note
from winback.plots.words import LACKING, drawn, name_ticks, row_height, write_legend

HOSTILE = [
    "$5_off_$10",
    r"$\frac{1}$",
    "_hidden",
    "優惠 折扣",
    "عرض خاص",
    "छूट",
    "🎁 gift",
    "tab\there\nand there",
    "\x07bell \x00",
    "\ud800",
    "a very long name of an offer that nobody would ever " * 3,
    "x" * 200,
    "100% & more #1 {a} ^2 \\alpha",
]


def everything_in(figure):
    """Draw a figure in both forms of a page, and return the texts in it."""
    for form in ("svg", "png"):
        figure.savefig(io.BytesIO(), format=form)
    return [text.get_text() for text in figure.findobj(Text)]


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("settings", [{}, {"text.parse_math": False}, {"font.family": "serif"}])
def test_any_name_is_drawn_without_a_warning(name, settings):
    with mpl.rc_context(settings):
        _, ax = plt.subplots(figsize=(9, 5), layout="constrained")
        ax.plot([1, 2], [0, 1], label=words.named(name))
        name_ticks(ax.yaxis, [0, 1], [name, "other"])
        finish_axes(ax, f"{name} pays, $1 and $2", f"per {name}", f"{name}\nsecond line")
        note(ax, f"{name} $1 $2", (1, 0), (0, 3))
        write_legend(ax)
        texts = everything_in(ax.figure)
    told = [text for text in ax.figure.findobj(Text) if "pays" in text.get_text() or "per " in text.get_text()]
    assert not any(text.get_parse_math() for text in (*told, *ax.get_legend().get_texts()))
    if name.startswith(("$", "_", "100")):
        assert name in [text.get_text() for text in ax.get_legend().get_texts()]
        assert name in [label.get_text() for label in ax.get_yticklabels()]
        assert any(name in text and "pays" in text for text in texts)


@pytest.mark.parametrize("currency", ["$", "US$", "A$/NZ$", "円", "₿", "_$_$", "zł"])
def test_any_currency_is_written_on_an_axis(currency):
    _, ax = plt.subplots()
    ax.plot([0, 1500])
    money_axis(currency, ax.yaxis)
    assert any(drawn(currency)[0] in text for text in everything_in(ax.figure) if "200" in text)


def test_what_a_font_lacks_comes_from_another_or_is_a_square():
    text, look = drawn("a優")
    if text == "a優":
        assert len(look["fontfamily"]) > 1
    else:
        assert text == f"a{LACKING}"
    assert drawn("\ue123")[0] == LACKING
    assert drawn("Zürich Œuvre ελ ж")[1] == words.AS_WRITTEN


def test_long_names_wrap_and_rows_grow():
    text, _ = drawn("a very long name of an offer", 12, 2)
    assert text == "a very long\nname of an…"
    assert row_height(["short"], 0.33) == 0.33
    assert row_height(["a very long name of an offer " * 3], 0.33) > 0.5


@pytest.fixture(scope="module")
def comparison():
    rng = np.random.default_rng(1)
    names = np.array(["none", *(name.strip() for name in HOSTILE if name.isprintable())])
    offer = names[np.arange(200 * len(names)) % len(names)]
    returned = rng.random(len(offer)) < 0.3
    table = pd.DataFrame({"customer_id": range(len(offer)), "offer": offer, "returned": returned})
    table["value"] = np.where(returned, rng.gamma(2, 50, len(offer)), 0.0)
    offers = [wb.Offer(name=name, amount=5 + place, paid="on_acceptance") for place, name in enumerate(names[1:])]
    return wb.compare_offers(wb.read_trial(table, offers))


@pytest.mark.parametrize(
    "draw", [plots.plot_profit_and_roi, plots.plot_acceptance_against_cost, plots.plot_ranking_against_organic]
)
def test_the_report_s_figures_show_offers_of_any_name(comparison, draw):
    found = draw(comparison)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = everything_in(found if hasattr(found, "savefig") else found.figure)
    assert {"$5_off_$10", "_hidden"} <= set(texts)


def test_no_figure_writes_words_past_this_room():
    """Names go through `name_ticks`, `note`, `finish_axes` and `write_legend`, which write them as they are."""
    for path in Path(plots.__file__).parent.glob("*.py"):
        if path.name not in ("words.py", "style.py", "small.py"):  # the last writes what `drawn` returns
            code = path.read_text(encoding="utf-8").replace('set_title("", ', "")  # takes a title away
            assert not re.search(r"\.legend\(|set_title\(|\.text\(|annotate\(|suptitle\(|set_yticks\([^)]*,", code), (
                path
            )
