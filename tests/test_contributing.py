"""Does CONTRIBUTING.md, in one page, name only files and tasks that exist?"""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROOMS = ("", "src/winback/")  # where a path is looked for


def test_every_file_named_exists():
    named = {
        name for name in re.findall(r"`([\w./*-]+)`", PAGE) if "/" in name or name.endswith((".py", ".yml", ".toml"))
    }
    assert len(named) > 10
    assert [name for name in named if not any(list(ROOT.glob(room + name.rstrip("/"))) for room in ROOMS)] == []


def test_every_task_named_exists():
    named = set(re.findall(r"run\.py (\w+)", PAGE))
    assert {"check", "test", "stub"} <= named <= set(runpy.run_path(str(ROOT / "run.py"))["TASKS"])


def test_it_is_one_page():
    assert len(PAGE.splitlines()) <= 60
