"""What do the examples in docstrings share? The two studies, drawn once; they leave no figure open."""

import matplotlib.pyplot as plt
import one_draw
import pytest

one_draw.share()


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    yield
    plt.close("all")
