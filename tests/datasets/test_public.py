"""Is Hillstrom's trial read as it was published, compared as others compare it, and refused when it is not it?"""

import json
import sys
from pathlib import Path

import numpy as np
import pooch
import pytest

import winback as wb
from winback.datasets.public import HILLSTROM, load_public_file
from winback.offers.comparison import comparison_from_moments
from winback.offers.comparison_figures import ComparisonSettings
from winback.trial.design_checks import check_design
from winback.trial.moments import ArmMoments

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "hillstrom.json").read_text(encoding="utf-8"))
ARMS = {"none": "No E-Mail", "mens": "Mens E-Mail", "womens": "Womens E-Mail"}
VISIT, CONVERSION, SPEND = range(3)


def published_moments(arm):
    """n, mean and covariance of (visit, conversion, spend in dollars), from the sums kept as reference."""
    kept = REFERENCE["arms"][ARMS[arm]]
    n, unit = kept["n"], np.array([1, 1, 100])
    mean = np.array(kept["sums"]) / n / unit
    second = np.array(kept["cross_products"]) / np.outer(unit, unit)
    return n, mean, (second - n * np.outer(mean, mean)) / (n - 1)


def arm_of(arm, margin, cost):
    """Return an arm's moments of (returned, value, cost): visits, margin on spend, a fixed cost."""
    n, mean, covariance = published_moments(arm)
    weights = np.array([[1, 0, 0], [0, 0, margin], [0, 0, 0]])
    return ArmMoments(np.array([n]), (weights @ mean + [0, 0, cost])[None], (weights @ covariance @ weights.T)[None])


def from_sums(margin, cost):
    arms = {name: arm_of(name, margin, cost) for name in ("mens", "womens")}
    settings = ComparisonSettings(horizon_months=None, annual_discount=None)
    return comparison_from_moments(arms, arm_of("none", margin, 0.0), settings)


def from_file(margin, cost):
    trial = wb.load_hillstrom(margin=margin, contact_cost=cost)
    return wb.compare_offers(trial.trial)


@pytest.fixture(params=["sums", "file"])
def compared(request):
    """How to compare the trial: from the sums kept as reference, and from the file where there is a copy."""
    if request.param == "file":
        request.getfixturevalue("hillstrom")
    return {"sums": from_sums, "file": from_file}[request.param]


# the sums


def test_the_sums_come_from_the_file_that_the_loader_fetches():
    origin = REFERENCE["origin"]
    assert (origin["url"], origin["sha256"]) == (HILLSTROM.url, HILLSTROM.sha256)
    assert origin["published"].startswith("2008")


@pytest.mark.parametrize(
    ("arm", "n", "visit", "conversion", "spend", "sd"),
    [
        ("none", 21_306, 0.106167, 0.005726, 0.652789, 11.5882),
        ("mens", 21_307, 0.182757, 0.012531, 1.422617, 17.7542),
        ("womens", 21_387, 0.151400, 0.008837, 1.077202, 15.1161),
    ],
)
def test_the_sums_give_the_published_means(arm, n, visit, conversion, spend, sd):
    found_n, mean, covariance = published_moments(arm)
    assert found_n == n
    assert mean.round(6).tolist() == [visit, conversion, spend]
    assert np.sqrt(covariance[SPEND, SPEND]).round(4) == sd


@pytest.mark.parametrize(
    ("arm", "outcome", "difference", "std_error"),
    [
        ("mens", VISIT, 0.076590, 0.003386),
        ("womens", VISIT, 0.045233, 0.003234),
        ("mens", CONVERSION, 0.006805, 0.000921),
        ("womens", CONVERSION, 0.003111, 0.000823),
        ("mens", SPEND, 0.769827, 0.145247),
        ("womens", SPEND, 0.424412, 0.130333),
    ],
)
def test_the_sums_give_the_known_effects(arm, outcome, difference, std_error):
    (n, mean, covariance), (n0, mean0, covariance0) = published_moments(arm), published_moments("none")
    assert (mean - mean0)[outcome].round(6) == difference
    assert np.sqrt(np.diag(covariance / n + covariance0 / n0))[outcome].round(6) == std_error


def test_the_file_has_these_sums(hillstrom):
    for arm in ARMS:
        rows = hillstrom.lapsed[hillstrom.lapsed["offer"] == arm]
        n, mean, covariance = published_moments(arm)
        assert len(rows) == n
        triple = np.stack([rows["returned"], rows["value"] / 0.5])  # margin of the default
        assert triple.mean(axis=1) == pytest.approx(mean[[VISIT, SPEND]], rel=1e-12)
        assert np.cov(triple) == pytest.approx(covariance[np.ix_([VISIT, SPEND], [VISIT, SPEND])], rel=1e-9)


# the loader


def test_ids_are_row_numbers_and_equal_rows_are_kept(hillstrom):
    assert hillstrom.lapsed["customer_id"].tolist() == list(range(1, 64_001))
    assert hillstrom.lapsed.drop(columns="customer_id").duplicated().sum() > 6_000


def test_the_table_and_its_offers_need_no_mapping(hillstrom):
    table = wb.tables.check_lapsed(hillstrom.lapsed, needs=["offer", "returned", "months_away", "value"])
    assert set(table["offer"]) == {"none", *hillstrom.offers.names}
    assert hillstrom.source is HILLSTROM


def test_value_is_spend_times_margin(hillstrom):
    in_full = wb.load_hillstrom(margin=1.0).lapsed["value"]
    assert in_full.sum() == pytest.approx(sum(REFERENCE["arms"][arm]["sums"][SPEND] for arm in ARMS.values()) / 100)
    assert hillstrom.lapsed["value"].to_numpy() == pytest.approx(0.5 * in_full.to_numpy(), rel=1e-15)


def test_an_email_costs_what_is_said_for_everyone_who_gets_one(hillstrom):
    assert [(offer.full_cost, offer.paid) for offer in hillstrom.offers] == [(0.10, "per_contact")] * 2


def test_the_groups_are_random(hillstrom):
    report = check_design(hillstrom.lapsed, hillstrom.offers)
    assert report.control == "accepted"
    verdicts = report.to_frame().set_index("check")["verdict"]
    assert verdicts["duplicate ids"] == "note"  # few columns, so that many customers are alike in all of them
    assert set(verdicts.drop(["eligible", "duplicate ids"])) == {"ok"}


# the comparison


def test_half_of_spend_less_a_dime_pays_for_mens(compared):
    row = compared(0.5, 0.10).frame.set_index("offer").loc["mens"]
    assert row["incremental_profit"].round(4) == 0.2849
    assert row["incremental_profit_std_error"].round(4) == 0.0726
    roi = [row[name].round(2) for name in ("incremental_roi", "incremental_roi_low", "incremental_roi_high")]
    skewed = row["incremental_profit_skewness"] != 0  # known of customers only: the published ends are symmetric
    assert roi == ([2.85, 1.45, 4.30] if skewed else [2.85, 1.43, 4.27])


def test_mens_is_best_on_spend_with_its_known_chance_and_loss(compared):
    row = compared(1.0, 1e-9).frame.set_index("offer").loc["mens"]
    assert row["probability_best"].round(3) == 0.985
    assert row["expected_loss"].round(4) == 0.0009


def test_the_simultaneous_interval_of_womens_is_the_known_one(compared):
    row = compared(1.0, 1e-9).frame.set_index("offer").loc["womens"]
    ends = [row[f"incremental_profit_simultaneous_{end}"].round(3) for end in ("low", "high")]
    skewed = row["incremental_profit_skewness"] != 0
    assert ends == ([0.139, 0.719] if skewed else [0.134, 0.715])


def test_mails_that_cost_nothing_have_profit_but_no_roi(compared):
    result = compared(1.0, 0.0)
    assert result.frame["incremental_profit"].round(6).tolist() == [0.769827, 0.424412]
    assert result.frame["incremental_roi"].isna().all()
    assert "nan" not in result.describe()


# refusals


@pytest.fixture
def no_folder(monkeypatch):
    monkeypatch.delenv("WINBACK_DATA_DIR", raising=False)


BY_HAND = rf"Fetch it by hand from {HILLSTROM.url} and set WINBACK_DATA_DIR to its folder\.$"


def test_a_folder_without_the_file_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("WINBACK_DATA_DIR", str(tmp_path))
    with pytest.raises(RuntimeError, match=rf"^WINBACK_DATA_DIR has no file hillstrom\.csv\. {BY_HAND}"):
        wb.load_hillstrom()


def test_another_file_of_that_name_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("WINBACK_DATA_DIR", str(tmp_path))
    (tmp_path / "hillstrom.csv").write_text("recency,history\n10,142.44\n")
    with pytest.raises(
        RuntimeError, match=rf"^hillstrom\.csv in WINBACK_DATA_DIR is not the published file\. {BY_HAND}"
    ):
        wb.load_hillstrom()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionError("no route to host"), r"could not be fetched \(ConnectionError\)\."),
        (OSError("404"), r"could not be fetched \(OSError\)\."),
        (ValueError("SHA256 hash does not match"), r"at its source is no longer the published file\."),
    ],
)
def test_what_cannot_be_fetched_is_one_clear_error(no_folder, monkeypatch, error, said):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(pooch, "retrieve", fail)
    with pytest.raises(RuntimeError, match=rf"^hillstrom\.csv {said} {BY_HAND}"):
        wb.load_hillstrom()


def test_a_missing_pooch_says_how_to_install_it(no_folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(RuntimeError, match=r"needs pooch: pip install 'winback\[public\]'"):
        wb.load_hillstrom()


def test_the_pinned_hash_is_asked_of_the_source(no_folder, monkeypatch, tmp_path):
    asked = {}
    monkeypatch.setattr(pooch, "retrieve", lambda url, **how: asked.update(url=url, **how) or tmp_path)
    load_public_file(HILLSTROM)
    assert (asked["url"], asked["known_hash"]) == (HILLSTROM.url, f"sha256:{HILLSTROM.sha256}")


@pytest.mark.parametrize("margin", [0, -0.5, 50])
def test_a_margin_that_is_no_share_is_refused(margin):
    with pytest.raises(ValueError, match=rf"margin must be a share above 0 and up to 1; got {margin}"):
        wb.load_hillstrom(margin=margin)
