"""What do the tests share? The study, its comparison, Hillstrom's trial, and figures without a screen."""

import gc
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # workers share the cores already
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import browser
import matplotlib
import numpy as np
import one_draw
import pytest
from hypothesis import is_hypothesis_test, settings

import winback as wb

matplotlib.use("Agg")
settings.register_profile("untimed", deadline=None)  # a busy machine is no defect
settings.load_profile("untimed")
one_draw.share()
FEW = 20  # examples of a law, below which it draws as many in every run


def pytest_collection_modifyitems(config, items):
    """Draw a part of each law's examples in the everyday run, others each day; the whole run draws all of them."""
    if config.option.markexpr != "not slow":
        return
    laws = {item.function for item in items if is_hypothesis_test(getattr(item, "function", None))}
    for law in laws:
        asked = law._hypothesis_internal_use_settings
        if asked.max_examples > FEW:
            fewer = max(FEW, asked.max_examples // 4)
            law._hypothesis_internal_use_settings = settings(asked, max_examples=fewer)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Leave what collecting makes out of the search for garbage: it stays to the end, and is large to walk through."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _the_shared_draws_stay_as_they_are():
    yield
    assert not one_draw.changed()


@pytest.fixture(scope="session")
def study():
    """Draw the telecom study; no test may change it."""
    return wb.load_telecom_study()


@pytest.fixture(scope="session")
def comparison(study):
    """Compare the study's offers over its own window."""
    return wb.compare_offers(study.trial)


@pytest.fixture(scope="session")
def hillstrom():
    """Hillstrom's trial, where a copy of the file is at hand."""
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copy of hillstrom.csv to read")
    return wb.load_hillstrom()


@pytest.fixture(scope="module")
def chromium():
    """Start a browser for the tests of a file, and end it: what drives it keeps a loop that no other may run beside."""
    with browser.started() as found:
        yield found


@pytest.fixture
def rng():
    return np.random.default_rng(20160301)


@pytest.fixture(autouse=True)
def _numpy_warns():
    """Let numpy warn in every test: a Kaplan-Meier fit of lifelines switches it off for all that follow."""
    with np.errstate(divide="warn", over="warn", invalid="warn"):
        yield
