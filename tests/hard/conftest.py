"""A small campaign, on which reports are tried that something happens to."""

import pytest

import winback as wb


@pytest.fixture
def campaign(tmp_path):
    """Write a small campaign's two files."""
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=5)
    table = study.lapsed[study.lapsed["offer"].isin(["discount", "none"])]
    table.to_csv(tmp_path / "customers.csv", index=False)
    offer = 'name = "discount"\namount = 20\npaid = "on_acceptance"\n'
    (tmp_path / "offers.toml").write_text(f"horizon_months = 12\nannual_discount = 0.1\n[[offer]]\n{offer}")
    return tmp_path
