"""What do the tests of planning share? The published table as assumed figures, with an organic return."""

import pandas as pd
import pytest


@pytest.fixture
def published():
    """Return the study's table: value among those who accept varies as much as its mean."""
    return pd.DataFrame(
        {
            "offer": ["discount", "upgrade", "bundle"],
            "acceptance": [0.45, 0.41, 0.47],
            "cost": [120.0, 105.0, 225.0],
            "value": [921.60, 937.65, 904.50],
            "value_variation": 1.0,
            "paid": "on_acceptance",
        }
    )


@pytest.fixture
def with_none(published):
    """Return the same with 6% who return without an offer."""
    none = {"offer": "none", "acceptance": 0.06, "value": 900.0, "value_variation": 1.0}
    return pd.concat([published, pd.DataFrame([none])], ignore_index=True)
