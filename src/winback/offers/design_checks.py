"""Is this trial fit to be read? Checks before any number is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from winback.offers.balance import covariate_matrix, group_balance, known_beforehand, label_codes
from winback.offers.catalog import Offer, OfferCatalog, as_catalog
from winback.results import Result, Sentences, format_count, join_words
from winback.tables import LAPSED, NO_OFFER, check_lapsed

ALARM = 0.001  # p-value below which chance is no explanation
LARGE_DIFFERENCE = 0.1  # standard deviations
FEW_RETURNED = 30
SMALL_SEGMENT = 50
OUTCOMES = [column.name for column in LAPSED if column.outcome]


@dataclass(frozen=True)
class Finding:
    """One check and what it found. Verdicts: ok, note, warning, refused."""

    check: str
    verdict: str
    finding: str


@dataclass(frozen=True, repr=False)
class DesignReport(Result):
    """Whether a trial can be read, check by check.

    Attributes
    ----------
    findings : tuple of Finding
        One per check, in order.
    control : str
        ``accepted``, ``refused`` or ``none``.
    control_reason : str
        Why the control group was refused; empty otherwise.
    """

    findings: tuple[Finding, ...]
    control: str
    control_reason: str = ""
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "check": ("Check", "text"),
        "verdict": ("Verdict", "text"),
        "finding": ("What was found", "text"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check."""
        return pd.DataFrame([asdict(finding) for finding in self.findings])

    def describe(self) -> Sentences:
        """Say what an analyst must know before reading the figures."""
        serious = [finding.finding for finding in self.findings if finding.verdict in ("warning", "refused")]
        return Sentences.of(serious or ["The trial can be read: every check was passed."])


def check_design(
    customers: pd.DataFrame,
    offers: OfferCatalog | list[Offer] | None = None,
    planned_shares: Mapping[str, float] | None = None,
) -> DesignReport:
    """Check whether a trial of offers can be read, before any figure is computed.

    The checks: sample ratio (chi-squared against the planned shares), balance of everything known before the offer
    (Hotelling's test of each group against the others), overlap (every group has customers of every kind), arms
    without customers or successes, columns that look as if measured after the offer, and whether the untreated are
    a random control group. Customers with ``eligible`` False are left out.

    A control group that differs from the offered customers beyond chance (p < .001) is refused: where the table has
    no ``eligible`` column always, with that column when a difference exceeds a tenth of a standard deviation.

    Parameters
    ----------
    customers : pandas.DataFrame
        Table of lapsed customers with ``offer`` and ``returned``.
    offers : OfferCatalog or list of Offer, optional
        To notice offers without customers.
    planned_shares : mapping, optional
        Group -> planned share of customers. By default from ``offer_probability``, else equal shares are tried.

    Returns
    -------
    DesignReport

    Raises
    ------
    TableError
        When the table itself is broken, duplicate ids included.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> wb.check_design(study.lapsed).control
    'accepted'
    >>> wb.check_design(study.lapsed.query("eligible or offer == 'none'").drop(columns="eligible")).control
    'refused'
    """
    table = check_lapsed(customers, needs=["offer", "returned"])
    return check_typed_design(table, None if offers is None else as_catalog(offers), planned_shares)


def check_typed_design(
    table: pd.DataFrame, catalog: OfferCatalog | None, planned_shares: Mapping[str, float] | None = None
) -> DesignReport:
    """Do the work of `check_design` on a table that was checked already."""
    n_all = len(table)
    has_eligible = "eligible" in table
    if has_eligible:
        table = table[table["eligible"].to_numpy(dtype=bool, na_value=False)]
    groups = Groups.of(table)
    late = measured_after_the_offer(table)
    covariates = [name for name in known_beforehand(table) if name not in late]
    matrix, labels = covariate_matrix(table, covariates)
    control, control_finding = _judge_control(groups, matrix, labels, has_eligible)
    findings = [
        Finding("duplicate ids", "ok", "Every customer is there once."),
        _check_eligible(has_eligible, n_all, len(table)),
        _check_sample_ratio(table, groups, planned_shares),
        _check_balance(groups, matrix, labels),
        control_finding,
        _check_overlap(table, groups, covariates),
        _check_arms(table, groups, catalog),
        _check_late_columns(late),
    ]
    found = tuple(finding for finding in findings if finding)
    return DesignReport(found, control, control_finding.finding if control == "refused" else "")


@dataclass(frozen=True)
class Groups:
    """The groups of a trial: their names, sizes and each customer's code."""

    names: list[str]
    codes: np.ndarray  # (n,) position in names
    sizes: np.ndarray  # (k,) customers

    @classmethod
    def of(cls, table: pd.DataFrame) -> Groups:
        """Read the groups from the column ``offer``."""
        codes, names = label_codes(table["offer"])
        return cls([str(name) for name in names], codes, np.bincount(codes, minlength=len(names)))

    @property
    def untreated(self) -> np.ndarray:
        """Who was sent no offer, shape (n,)."""
        return self.codes == (self.names.index(NO_OFFER) if NO_OFFER in self.names else -1)


def measured_after_the_offer(table: pd.DataFrame) -> list[str]:
    """Return columns that seem to have been recorded after the offer: known, or moving, only for those who returned."""
    if "returned" not in table or table["returned"].nunique() < 2:
        return []
    back = table["returned"].to_numpy(dtype=bool)
    late = []
    known = {column.name for column in LAPSED}
    for name in [name for name in table.columns if name not in known]:
        column = table[name]
        there = column.notna().to_numpy()
        only_known_then = there[back].mean() > 0.5 and there[~back].mean() < 0.01
        only_moves_then = len(column[~back].unique()) == 1 < len(column[back].unique())
        if only_known_then or only_moves_then:
            late.append(name)
    return late


def _check_eligible(has_eligible, n_all, n_kept):
    if not has_eligible:
        return Finding("eligible", "note", "There is no column eligible: everyone in the table is compared.")
    text = f"{format_count(n_all - n_kept)} customers judged not promising beforehand are left out."
    return Finding("eligible", "ok", text)


def _check_sample_ratio(table, groups, planned_shares):
    shares, source = _planned(table, groups, planned_shares)
    if len(groups.names) < 2:
        return Finding("sample ratio", "note", "There is only one group.")
    p_value = stats.chisquare(groups.sizes, groups.sizes.sum() * shares / shares.sum()).pvalue
    if p_value >= ALARM:
        return Finding("sample ratio", "ok", f"Group sizes agree with {source} ({show_p(p_value)}).")
    if source == "equal shares":
        return Finding("sample ratio", "note", "Groups differ in size; give planned_shares to test the plan.")
    text = f"Group sizes do not agree with {source} ({show_p(p_value)}): customers were lost or added after the draw."
    return Finding("sample ratio", "warning", text)


def _planned(table, groups, planned_shares):
    if planned_shares is not None:
        missing = set(groups.names) - set(planned_shares)
        if missing:
            raise ValueError(f"planned_shares lacks {join_words(sorted(missing))}.")
        return np.array([float(planned_shares[name]) for name in groups.names]), "the planned shares"
    if "offer_probability" in table and table["offer_probability"].notna().all():
        chance = np.bincount(groups.codes, weights=table["offer_probability"].to_numpy()) / groups.sizes
        return chance, "the column offer_probability"
    return np.ones(len(groups.names)), "equal shares"


def _check_balance(groups, matrix, labels):
    if matrix.shape[1] == 0:
        return Finding("balance", "note", "Nothing known before the offer is in the table, so balance is untested.")
    arms = [(code, name) for code, name in enumerate(groups.names) if name != NO_OFFER]
    if len(arms) < 2:
        return None
    offered = ~groups.untreated
    tests = group_balance(matrix[offered], labels, groups.codes[offered], len(groups.names))
    code, worst = min(arms, key=lambda arm: np.nan_to_num(tests[arm[0]].p_value, nan=1.0))
    p_value = min(1.0, tests[code].p_value * len(arms))
    if not p_value < ALARM:
        return Finding("balance", "ok", f"The offers went to customers who were alike beforehand ({show_p(p_value)}).")
    text = (
        f"{worst} went to customers who differed beforehand ({show_p(p_value)}), most in {tests[code].covariate} "
        f"({tests[code].largest_difference:+.2f} standard deviations): the comparison may be one of customers, "
        "not of offers, or that column was measured after the offer."
    )
    return Finding("balance", "warning", text)


def _judge_control(groups, matrix, labels, has_eligible) -> tuple[str, Finding]:
    untreated = groups.untreated
    if not untreated.any():
        return "none", Finding("control group", "note", "Nobody was left without an offer: all figures are gross.")
    if untreated.all():
        return "none", Finding("control group", "warning", "Nobody was sent an offer: there is nothing to compare.")
    _, balance = group_balance(matrix, labels, untreated.astype(int), 2)
    size = f"the {format_count(untreated.sum())} customers without an offer"
    if np.isnan(balance.p_value):
        return "accepted", Finding("control group", "note", f"Whether {size} are a random control cannot be tested.")
    if balance.p_value >= ALARM:
        text = f"T{size[1:]} are like those with one ({show_p(balance.p_value)})."
        return "accepted", Finding("control group", "ok", text)
    text = (
        f"T{size[1:]} differ from those with one beyond chance ({show_p(balance.p_value)}), most in "
        f"{balance.covariate} ({balance.largest_difference:+.2f} standard deviations)"
    )
    if has_eligible and abs(balance.largest_difference) < LARGE_DIFFERENCE:
        return "accepted", Finding("control group", "warning", f"{text}; the difference is small, but look into it.")
    reason = (
        f"{text}. They are not a random control group and are not used as one: incremental figures are not "
        "identified. If some were judged not promising beforehand, mark them in `eligible`."
    )
    return "refused", Finding("control group", "refused", reason)


def _check_overlap(table, groups, covariates):
    thin = []
    for name in covariates:
        if not pd.api.types.is_numeric_dtype(table[name]):
            codes, values = label_codes(table[name])
            cells = groups.codes[codes >= 0] * len(values) + codes[codes >= 0]
            counts = np.bincount(cells, minlength=len(groups.names) * len(values)).reshape(-1, len(values))
            empty = (counts == 0).any(axis=0) & (counts.sum(axis=0) >= SMALL_SEGMENT)
            thin += [f"{name} = {value}" for value, is_empty in zip(values, empty, strict=True) if is_empty]
    if not thin:
        return Finding("overlap", "ok", "Every group has customers of every kind.")
    return Finding("overlap", "warning", f"Some groups have no customer with {join_words(thin)}.")


def _check_arms(table, groups, catalog):
    returned = np.bincount(groups.codes, weights=table["returned"].to_numpy(dtype=float), minlength=len(groups.names))
    empty = [name for name in (catalog.names if catalog else ()) if name not in groups.names]
    few = [f"{name} ({n:.0f})" for name, n in zip(groups.names, returned, strict=True) if n < FEW_RETURNED]
    texts = [f"No customer was sent {join_words(empty)}: left out."] if empty else []
    if few:
        texts.append(
            f"Fewer than {FEW_RETURNED} returned under {join_words(few)}: no interval is reliable there; "
            "such arms are marked."
        )
    if not texts:
        return Finding("arms", "ok", f"Every group has at least {FEW_RETURNED} returned customers.")
    return Finding("arms", "warning", " ".join(texts))


def show_p(p_value: float) -> str:
    """Write a p-value."""
    return "p < 1e-15" if p_value < 1e-15 else f"p = {p_value:.2g}"


def _check_late_columns(late):
    if not late:
        return Finding("measured after the offer", "ok", "No column looks as if measured after the offer.")
    text = f"{join_words(late)} looks as if measured after the offer (known or varying only for those who returned)"
    return Finding("measured after the offer", "warning", f"{text}: not used. Drop it if it is not a driver.")
