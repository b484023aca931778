"""Are a report's settings plain code, and is a page without its figures refused?"""

import ast
import math
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.pages.settings import as_code, load_notebook, with_parameters
from winback.pages.shown import check_shown
from winback.report import NOTEBOOK


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.float64(5.0), "5.0"),
        (np.float32(0.5), "0.5"),
        (np.int8(3), "3"),
        (np.bool_(True), "True"),
        (np.array(0.25), "0.25"),
        (np.str_("a"), "'a'"),
        (Path("a"), "'a'"),
        (math.inf, 'float("inf")'),
        ((np.float64(0.1),), "(0.1,)"),
        ({np.str_("x"): [None, True]}, "{'x': (None, True)}"),
    ],
)
def test_settings_are_plain_code(value, code):
    assert as_code(value) == code


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.tuples(inner, inner) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(value=PLAIN)
def test_what_is_written_is_what_is_read(value):
    assert ast.literal_eval(as_code(value)) == value


def test_what_is_no_setting_is_refused():
    with pytest.raises(ValueError, match="settings are text, numbers and pairs of numbers"):
        as_code({"organic": object()})


def test_hostile_text_stays_text():
    cell = with_parameters(load_notebook(NOTEBOOK), {"customers": "'); import os; os._exit(1)  # \\"}).cells[1]
    assert ast.parse(cell.source).body[0].value.value == "'); import os; os._exit(1)  # \\"


def shown(source, *data, tags=(), stderr=""):
    outputs = [nbformat.v4.new_output("display_data", each) for each in data]
    outputs += [nbformat.v4.new_output("stream", name="stderr", text=stderr)] if stderr else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (
            shown("draw()", tags=["figure"], stderr="Trace\nValueError: TeX"),
            r"lack a figure.*'draw\(\)'\): ValueError: TeX",
        ),
        (shown("draw()", {"image/png": "x"}, tags=["figure"]), "lack a figure"),
        (shown("found.table()", {"text/plain": "x"}), "lack an answer"),
        (shown("found"), "lack an answer"),
    ],
)
def test_a_cell_that_shows_nothing_stops_the_page(cell, says):
    notebook = nbformat.v4.new_notebook(cells=[cell])
    with pytest.raises(RuntimeError, match=says):
        check_shown(notebook)


def test_cells_that_show_what_they_should_pass():
    cells = [shown("a = 1", tags=["parameters"]), shown("draw()", {"image/svg+xml": "<svg/>"}, tags=["figure"])]
    check_shown(nbformat.v4.new_notebook(cells=[*cells, shown("x", {"text/html": "<p>"})]))
    check_shown(load_notebook(NOTEBOOK))


def test_every_cell_that_draws_is_one_without_which_there_is_no_page():
    for cell in load_notebook(NOTEBOOK).cells:
        assert ("plots.plot_" in cell.source) == ("figure" in cell.metadata.get("tags", []))
