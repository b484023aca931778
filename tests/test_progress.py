"""Is a bar drawn where a long call is watched, and nowhere else?"""

import io
import os
import subprocess
import sys

import nbformat
import pytest

from winback import progress as module
from winback.kernel import run_notebook
from winback.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, screen, patience=module.PATIENCE):
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(module, "PATIENCE", patience)
    assert list(progress(range(5), "splits")) == list(range(5))
    return screen.getvalue()


def test_a_long_call_in_a_terminal_shows_what_is_counted(monkeypatch):
    assert "splits" in shown(monkeypatch, Terminal(), patience=0)


def test_a_short_call_shows_nothing(monkeypatch):
    assert shown(monkeypatch, Terminal()) == ""


def test_a_log_shows_nothing(monkeypatch):
    assert shown(monkeypatch, io.StringIO(), patience=0) == ""


def test_unwatched_items_come_as_they_are():
    items = [1, 2]
    assert progress(items, "splits") is items


def test_the_environment_shuts_the_bar_off():
    code = (
        "import sys; from winback import progress as bar; bar.PATIENCE = 0; sys.stderr.isatty = lambda: True\n"
        "assert list(bar.progress(range(3), 'splits')) == [0, 1, 2]"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **more}, capture_output=True, text=True, check=True
        )
        for more in ({}, {"TQDM_DISABLE": "1"})
    ]
    assert ["splits" in run.stderr for run in runs] == [True, False]


@pytest.mark.slow
def test_a_notebook_that_is_run_for_a_report_keeps_no_bar():
    source = (
        "from winback import progress as bar\n"
        "bar.PATIENCE = 0\n"
        "assert bar._is_watched()\n"
        "assert list(bar.progress(range(3), 'splits')) == [0, 1, 2]"
    )
    notebook = run_notebook(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]))
    assert notebook.cells[0].outputs == []
