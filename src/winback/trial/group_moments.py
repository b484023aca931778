r"""What are the moments of the groups of a trial, whether customers are independent or belong together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from winback.clusters import cluster_codes, sums_within
from winback.trial.moments import ArmMoments, arm_moments, third_moments


def group_moments(
    table: pd.DataFrame, names: Sequence[str], groups: np.ndarray, money: tuple[np.ndarray, np.ndarray]
) -> Mapping[str, ArmMoments]:
    """Return the moments of every group of a checked trial by name.

    Parameters
    ----------
    table : pandas.DataFrame
        The lapsed customers; those with the same ``cluster``, where there is such a column, belong together.
    names : sequence of str
        The groups.
    groups : numpy.ndarray of int, shape (n,)
        Each customer's position among them; -1: in no group.
    money : pair of numpy.ndarray, shape (n,)
        What each customer brought, and cost.
    """
    triple = np.column_stack([table["returned"].to_numpy(dtype=bool), *money])
    if "cluster" not in table:
        arms = ([column[groups == place] for column in triple.T] for place in range(len(names)))
        return {
            name: arm_moments(returned, value, cost) for name, (returned, value, cost) in zip(names, arms, strict=True)
        }
    inside, clusters = groups >= 0, cluster_codes(table["cluster"])
    every = clustered_moments(triple[inside], groups[inside], clusters[inside])
    return {name: every.arm(place) for place, name in enumerate(names)}


def independent_moments(trial) -> Mapping[str, ArmMoments]:
    """Return the moments of every group of a trial as if its customers were independent."""
    table = trial.lapsed.drop(columns="cluster", errors="ignore")
    return group_moments(table, trial.groups.arms, trial.groups.arm, trial.money)


def clustered_moments(triple: np.ndarray, groups: np.ndarray, clusters: np.ndarray) -> ArmMoments:
    r"""Return the moments of all groups of a trial whose customers belong together, see `winback.clusters`.

    Those of one customer are what the groups' means are as sure as: n times the variance of the mean, by the sums of
    clusters, and n squared times its third cumulant.

    Parameters
    ----------
    triple : numpy.ndarray, shape (n, 3)
        (returned, value, cost).
    groups, clusters : numpy.ndarray of int, shape (n,)
        Each customer's group, from 0, and cluster.
    """
    n = np.bincount(groups)
    member = (groups[:, None] == np.arange(len(n))).astype(float)
    mean = member.T @ triple / n[:, None]
    sums = sums_within(member[:, :, None] * (triple - mean[groups])[:, None, :] / n[:, None], clusters)  # (G, k, 3)
    return moments_of_sums(n, mean, sums, scaled=sums * small_sample_factor(groups, clusters)[:, None])


def small_sample_factor(groups: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the factor of each group's deviations from its mean that makes their squares unbiased, shape (k,)."""
    member = (groups[:, None] == np.arange(groups.max() + 1)).astype(float)
    n_clusters = (sums_within(member, clusters) > 0).sum(axis=0)
    if (n_clusters < 2).any():
        raise ValueError(
            "A group has customers of one cluster only, so nothing tells how sure its figures are. Leave it out, or "
            "name a finer cluster."
        )
    return np.sqrt(n_clusters / (n_clusters - 1))


def moments_of_sums(
    n: np.ndarray, mean: np.ndarray, sums: np.ndarray, *, scaled: np.ndarray, **known: object
) -> ArmMoments:
    """Return the moments of groups from what each independent draw adds to their means' errors, (n_draws, k, 3).

    ``scaled`` is the same, made unbiased for variances; the rest that is known of the groups goes with them.
    """
    k, flat = len(n), scaled.reshape(len(scaled), -1)
    beside = (flat.T @ flat).reshape(k, 3, k, 3).transpose(0, 2, 1, 3)
    covariance = np.einsum("kkij->kij", beside) * n[:, None, None]
    third = np.stack([third_moments(sums[:, place]) for place in range(k)]) * n[:, None, None, None] ** 2
    return ArmMoments(n, mean, covariance, third=third, beside=beside, place=np.arange(k), **known)
