"""Does a figure on a page say what it shows, keep its marks from those of others, and grow as far as it may?"""

import re

import nbformat
import pytest

from winback.pages.figures import figure_html

SVG = (
    '<?xml version="1.0"?>\n<svg {}xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt" '
    'viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg"><defs><path id="m1" d="M 0.123456 1"/></defs>'
    '<use xlink:href="#m1"/></svg>'
)


def output(data, **metadata):
    return nbformat.v4.new_output("display_data", data, metadata=metadata)


@pytest.mark.parametrize(
    ("attributes", "metadata", "label"),
    [
        ("", {}, "Figure: Who?"),
        ('role="img" aria-label="3 &lt; 4 &quot;bars&quot;" ', {}, '3 < 4 "bars"'),
        ('role="img" aria-label="old" ', {"image/svg+xml": {"alt": "3 < 4"}}, "3 < 4"),
        ("", {"alt": "whole"}, "whole"),
    ],
)
def test_its_words_are_those_of_the_notebook(attributes, metadata, label):
    shown = figure_html(output({"image/svg+xml": SVG.format(attributes)}, **metadata), "f1", "Figure: Who?")
    said = label.replace("<", "&lt;").replace('"', "&quot;")
    assert re.findall(r'<svg[^>]*? aria-label="([^"]*)"', shown) == [said]
    assert shown.count('role="img"') == 1
    assert shown.startswith('<figure style="max-width: 120px"><svg ')


def test_ids_are_of_one_figure_alone():
    first, second = (figure_html(output({"image/svg+xml": SVG.format("")}), name, "") for name in ("f1", "f2"))
    assert re.findall(r'(?:id|href)="#?([^"]*)"', first) == ["f1-m1", "f1-m1"]
    assert re.findall(r'(?:id|href)="#?([^"]*)"', second) == ["f2-m1", "f2-m1"]


def test_a_png_has_its_words_and_what_is_no_figure_is_none():
    shown = figure_html(output({"image/png": "abc\n"}, **{"image/png": {"alt": "a < b"}}), "f1", "")
    assert shown == '<figure><img alt="a &lt; b" src="data:image/png;base64,abc"></figure>'
    assert figure_html(output({"text/plain": "3"}), "f1", "") == ""
