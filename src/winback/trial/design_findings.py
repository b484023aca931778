"""What does each check of a trial find? One function per check."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np
import pandas as pd
from scipy import stats

from winback.clusters import cluster_codes, drawn_whole, part_of
from winback.labels import value_words
from winback.results import counted, join_words, state_p_value
from winback.tables import NO_OFFER, label_codes
from winback.trial.alike import check_clusters, check_ids
from winback.trial.balance import covariate_matrix, group_balance, known_beforehand
from winback.trial.finding import Finding, Groups
from winback.trial.late_columns import check_late_columns, late_columns

ALARM = 0.001  # p-value below which chance is no explanation
LARGE_DIFFERENCE = 0.1  # standard deviations
FEW_RETURNED, MANY_RETURNED = 30, 200  # below the first no interval can be trusted, from the second on it holds
SMALL_SEGMENT = 50


def findings_of(
    table: pd.DataFrame, n_all: int, sent: tuple[str, ...], planned_shares: Mapping[str, float] | None, cluster: str
) -> tuple[str, list[Finding]]:
    """Return whether the control group is accepted, refused or none, and what each check finds.

    The table has the customers who were judged promising, of ``n_all``; ``sent`` are the offers that should be there,
    ``cluster`` is what customers of one cluster share, in words.
    """
    groups, late = Groups.of(table), late_columns(table)
    covariates = [name for name in known_beforehand(table) if not any(name in names for names in late.values())]
    matrix, labels = covariate_matrix(table, covariates)
    together = cluster_codes(table["cluster"]) if "cluster" in table else None
    control, of_control = _judge_control(groups, matrix, labels, "eligible" in table, together)
    found = [
        check_ids(table),
        *check_clusters(table, groups, cluster),
        _check_eligible("eligible" in table, n_all - len(table)),
        _check_sample_ratio(table, groups, planned_shares, together),
        _check_balance(groups, matrix, labels, together),
        of_control,
        _check_overlap(table, groups, covariates),
        _check_arms(groups, sent),
        _check_returned(table, groups),
        check_late_columns(late),
    ]
    return control, [finding for finding in found if finding]


def _check_eligible(has_eligible, n_left_out):
    """Say how many were judged not promising beforehand."""
    if not has_eligible:
        return Finding("eligible", "note", "There is no column eligible: everyone in the table is compared.")
    text = f"{counted(n_left_out, 'customers judged not promising beforehand', 'are')} left out."
    return Finding("eligible", "ok", text)


def _check_sample_ratio(table, groups, planned_shares, clusters):
    """Test the groups' sizes against the plan by chi-squared: in clusters, where these were drawn whole."""
    shares, source = _planned(table, groups, planned_shares)
    absent = sorted(set(planned_shares or ()) - set(groups.names))
    if absent:
        return Finding("sample ratio", "warning", f"{join_words(absent)} was planned and has no customer.")
    if len(groups.names) < 2:
        return Finding("sample ratio", "note", "There is only one group.")
    sizes = groups.sizes
    if clusters is not None and drawn_whole(clusters, groups.codes):
        sizes = np.bincount(groups.codes[np.unique(clusters, return_index=True)[1]], minlength=len(sizes))
    p_value = stats.chisquare(sizes, sizes.sum() * shares / shares.sum()).pvalue
    if p_value >= ALARM:
        return Finding("sample ratio", "ok", f"Group sizes agree with {source} ({state_p_value(p_value)}).")
    if source == "equal shares":
        return Finding("sample ratio", "note", "Groups differ in size; no plan is known (offer_probability).")
    chance = state_p_value(p_value)
    text = f"Group sizes do not agree with {source} ({chance}): customers were lost or added after the draw."
    return Finding("sample ratio", "warning", text)


def _planned(table, groups, planned_shares):
    if planned_shares is not None:
        missing = set(groups.names) - set(planned_shares)
        numbers = all(isinstance(share, Real) and share > 0 for share in planned_shares.values())
        if missing or not numbers:
            lacking = f"; it lacks {join_words(sorted(missing))}" if missing else ""
            raise ValueError(f"planned_shares must give a share above 0 for every group{lacking}.")
        return np.array([float(planned_shares[name]) for name in groups.names]), "the planned shares"
    if "offer_probability" in table and table["offer_probability"].notna().all():
        chance = np.bincount(groups.codes, weights=table["offer_probability"].to_numpy()) / groups.sizes
        return chance, "the column offer_probability"
    return np.ones(len(groups.names)), "equal shares"


def _check_balance(groups, matrix, labels, clusters):
    """Test whether each offer went to customers who were like the others beforehand."""
    if matrix.shape[1] == 0:
        return Finding("balance", "note", "Nothing known before the offer is in the table, so balance is untested.")
    arms = [(code, name) for code, name in enumerate(groups.names) if name != NO_OFFER]
    if len(arms) < 2:
        return None
    offered = ~groups.untreated
    asked = {"n_groups": len(groups.names), "clusters": part_of(clusters, offered)}
    tests = group_balance(matrix.T[:, offered].T, labels, groups.codes[offered], **asked)
    code, worst = min(arms, key=lambda arm: _suspicion(tests[arm[0]]))
    if np.isnan(tests[code].p_value):
        return Finding("balance", "note", "What is known beforehand does not allow a test of balance.")
    p_value = min(1.0, tests[code].p_value * len(arms))
    chance = state_p_value(p_value)
    if not p_value < ALARM:
        return Finding("balance", "ok", f"The offers went to customers who were alike beforehand ({chance}).")
    text = (
        f'{worst} went to customers who differed beforehand ({chance}), most in "{tests[code].covariate}" '
        f"({tests[code].largest_difference:+.2f} standard deviations): the comparison may be one of customers, "
        "not of offers, or that column was measured after the offer."
    )
    return Finding("balance", "warning", text)


def _suspicion(balance):
    """Order by p-value; of two arms that mirror each other, the one with more of the covariate comes first."""
    p_value = 1.0 if np.isnan(balance.p_value) else float(f"{balance.p_value:.6g}")
    return p_value, -np.nan_to_num(balance.largest_difference)


def _judge_control(groups, matrix, labels, has_eligible, clusters) -> tuple[str, Finding]:
    """Decide whether the untreated are a random control group: accepted, refused or none."""
    untreated = groups.untreated
    if not untreated.any():
        text = "Nobody was left without an offer: what would have come back anyway is not measured."
        return "none", Finding("control group", "note", text)
    if untreated.all():
        return "none", Finding("control group", "warning", "Nobody was sent an offer: there is nothing to compare.")
    _, balance = group_balance(matrix, labels, untreated.astype(int), 2, clusters)
    they = counted(untreated.sum(), "customers without an offer")
    if np.isnan(balance.p_value):
        text = f"Whether the {they} are a random control cannot be tested."
        return "accepted", Finding("control group", "note", text)
    if balance.p_value >= ALARM:
        text = f"The {they} are like those with one ({state_p_value(balance.p_value)})."
        return "accepted", Finding("control group", "ok", text)
    text = (
        f"The {they} differ from those with one beyond chance ({state_p_value(balance.p_value)}), most in "
        f'"{balance.covariate}" ({balance.largest_difference:+.2f} standard deviations)'
    )
    if has_eligible and abs(balance.largest_difference) < LARGE_DIFFERENCE:
        return "accepted", Finding("control group", "warning", f"{text}; the difference is small, but look into it.")
    instead = _but_for(balance.covariate, matrix, labels, untreated, clusters)
    reason = f"{text}: they are not a random control group and are not used as one.{instead}"
    return "refused", Finding("control group", "refused", reason)


def _but_for(covariate, matrix, labels, untreated, clusters) -> str:
    """Ask about the one column without which the groups are alike: if it came later, nothing speaks against them."""
    others = np.array(labels) != covariate
    rest = [label for label in labels if label != covariate]
    _, balance = group_balance(matrix[:, others], rest, untreated.astype(int), 2, clusters)
    if not balance.p_value >= ALARM:
        return ""
    asked = f' In all else they are alike: was "{covariate}" recorded after the offer?'
    return f"{asked} Then leave that column out, and they are one."


def _check_overlap(table, groups, covariates):
    """Name kinds of customers that some group lacks."""
    thin = []
    for name in covariates:
        if not pd.api.types.is_numeric_dtype(table[name]):
            codes, values = label_codes(table[name])
            cells = groups.codes[codes >= 0] * len(values) + codes[codes >= 0]
            counts = np.bincount(cells, minlength=len(groups.names) * len(values)).reshape(len(groups.names), -1)
            empty = (counts == 0).any(axis=0) & (counts.sum(axis=0) >= SMALL_SEGMENT)
            thin += [value_words(name, values[place]) for place in np.flatnonzero(empty)]
    if not thin:
        return Finding("overlap", "ok", "Every group has customers of every kind.")
    text = f"Some groups have no customer of a kind that others have: {join_words(thin)}."
    return Finding("overlap", "warning", text)


def _check_arms(groups, sent):
    """Name the offers of the catalog that nobody was sent."""
    empty = [name for name in sent if name not in groups.names]
    if empty:
        return Finding("arms", "warning", f"No customer was sent {join_words(empty)}: left out.")
    return Finding("arms", "ok", "Every offer was sent to customers.")


def _check_returned(table, groups):
    """Name the groups with too few returned customers for any interval."""
    returned = np.bincount(groups.codes, weights=table["returned"].to_numpy(dtype=float), minlength=len(groups.names))
    few = [f"{name} ({n:.0f})" for name, n in zip(groups.names, returned, strict=True) if n < FEW_RETURNED]
    if few:
        text = f"Fewer than {FEW_RETURNED} returned under {join_words(few)}: no interval is reliable there."
        return Finding("returned", "warning", text)
    return Finding("returned", "ok", f"At least {FEW_RETURNED} customers of every group returned.")
