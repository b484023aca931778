"""What do the examples in docstrings share? The package's own modules, two studies drawn once, and no open figure."""

import importlib
from pathlib import Path

import matplotlib.pyplot as plt
import one_draw
import pytest

HERE = Path(__file__).parent
NOT_IMPORTED = ("conftest.py", "__main__.py")

one_draw.share()


def pytest_collect_file(file_path):
    """Import a module by its name before pytest loads it by its path.

    Otherwise the package comes first, which may import the module, and pytest then loads it anew under the same name:
    its classes exist twice, and what was imported before knows nothing of those that examples use.
    """
    if file_path.suffix == ".py" and file_path.name not in NOT_IMPORTED:
        name = ".".join(file_path.relative_to(HERE).with_suffix("").parts)
        importlib.import_module(name.removesuffix(".__init__"))


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    yield
    plt.close("all")
