"""Does a notebook run in this Python, and does nothing of the user's folder or set-up run with it?"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest

import winback as wb
from winback import kernel
from winback.kernel import run_notebook

pytestmark = pytest.mark.slow
LOOK = (
    "import json, os, sys, pandas, winback\n"
    "print(json.dumps([sys.executable, os.getcwd(), os.listdir(), pandas.__file__, winback.__file__, sys.path]))"
)


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Make a user's folder full of what could be taken from it: modules, start-up files, a kernel called python3."""
    told = tmp_path / "it-ran"
    hostile = f"open({str(told)!r}, 'a').write(__name__)"
    for name in ("pandas.py", "winback.py", "sitecustomize.py", "startup.py", "matplotlib_inline.py"):
        (tmp_path / name).write_text(hostile)
    kernels = tmp_path / "share" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    foreign = {"argv": [sys.executable, str(tmp_path / "startup.py")], "display_name": "x", "language": "python"}
    (kernels / "kernel.json").write_text(json.dumps(foreign))
    profile = tmp_path / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "a.py").write_text(hostile)
    (tmp_path / "matplotlibrc").write_text("text.usetex: True")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    monkeypatch.setenv("MPLBACKEND", "Agg")
    return told


def test_nothing_of_the_user_s_runs(hostile):
    found = run_notebook(notebook(LOOK, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"))
    assert not hostile.exists()
    executable, folder, within, pandas, winback, path = json.loads(found.cells[0].outputs[0].text)
    assert executable == sys.executable
    assert within == []
    assert not Path(folder).exists()
    assert "site-packages" in pandas
    assert winback == wb.__file__
    assert str(hostile.parent) not in path
    assert "image/png" in found.cells[1].outputs[-1].data  # the user's MPLBACKEND would have shown nothing


def test_a_machine_without_a_usable_kernel_of_its_own(tmp_path, monkeypatch):
    """A broken kernelspec: it is not asked."""
    broken = tmp_path / "kernels" / "python3"
    broken.mkdir(parents=True)
    (broken / "kernel.json").write_text("{ not json")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert run_notebook(notebook("6 * 7")).cells[0].outputs[0].data["text/plain"] == "42"


def test_it_works_where_it_is_told_to(tmp_path):
    found = run_notebook(notebook("import os; print(os.getcwd())"), folder=tmp_path)
    assert found.cells[0].outputs[0].text.strip() == str(tmp_path)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise ValueError('on purpose')", "^A cell of the notebook failed: ValueError: on purpose$"),
        ("import os; os._exit(3)", "ended by itself. Is there memory enough"),
    ],
)
def test_a_failure_is_one_sentence(source, says):
    with pytest.raises(RuntimeError, match=says):
        run_notebook(notebook(source))


def test_too_long_a_cell_is_one_sentence(monkeypatch):
    monkeypatch.setattr(kernel, "SECONDS_PER_CELL", 1)
    with pytest.raises(RuntimeError, match=r"longer than 1 seconds\.$"):
        run_notebook(notebook("import time; time.sleep(60)"))


def test_a_notebook_may_be_run_from_within_one():
    """In Jupyter a loop runs already in the thread that asks."""
    import asyncio

    async def ask():
        return run_notebook(notebook("6 * 7"))

    assert asyncio.run(ask()).cells[0].outputs[0].data["text/plain"] == "42"


def test_an_interrupt_ends_the_kernel_at_once(tmp_path):
    import _thread

    source = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    def interrupt():
        while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
            time.sleep(0.05)
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_notebook(notebook(source))
    thread.join()
    assert time.monotonic() - started < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
