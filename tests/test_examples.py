"""Do the examples of a few modules run as they do among all of them?"""

import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "winback"


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", ["offers/strategy_settings.py", "offers/__init__.py", "retention/repeat_churn_fit.py"]
)
def test_examples_of_a_module_that_its_package_imports_go_with_those_of_others(first):
    files = [SRC / first, SRC / "plots" / "keep_or_win_back.py"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout
