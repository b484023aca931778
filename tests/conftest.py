"""What do the tests share? The study, its comparison, Hillstrom's trial, and figures without a screen."""

import os

import matplotlib
import numpy as np
import pytest

import winback as wb

matplotlib.use("Agg")


@pytest.fixture(scope="session")
def study():
    """Draw the telecom study; no test may change it."""
    return wb.load_telecom_study()


@pytest.fixture(scope="session")
def comparison(study):
    """Compare the study's offers over its own window."""
    return wb.compare_offers(study.lapsed, study.offers)


@pytest.fixture(scope="session")
def hillstrom():
    """Hillstrom's trial, where a copy of the file is at hand."""
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copy of hillstrom.csv to read")
    return wb.load_hillstrom()


@pytest.fixture
def rng():
    return np.random.default_rng(20160301)


@pytest.fixture(autouse=True)
def _numpy_warns():
    """Let numpy warn in every test: a Kaplan-Meier fit of lifelines switches it off for all that follow."""
    with np.errstate(divide="warn", over="warn", invalid="warn"):
        yield
