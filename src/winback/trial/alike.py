"""Who in a trial is there twice, and who does alike? Equal rows and clusters, as findings of its design."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.clusters import FEW_CLUSTERS, cluster_codes, drawn_whole
from winback.results import format_count, join_words
from winback.trial.balance import can_be_told
from winback.trial.finding import Finding, Groups

MANY_EQUAL = 0.05  # share of those who brought money; less is not worth an alarm
MOST_COPIES = 5  # of one customer; an amount that more share is a price
NOT_OF_A_CUSTOMER = ("customer_id", "cluster", "eligible", "offer_probability")
MONEY = ("value", "second_margin")


def check_ids(table: pd.DataFrame) -> Finding:
    """Count the rows that are equal but for their ids: one customer under two ids makes intervals too narrow."""
    names = [name for name in table.columns if name not in NOT_OF_A_CUSTOMER and can_be_told(table[name])]
    codes, _ = pd.factorize(pd.util.hash_pandas_object(table[names], index=False))  # 64 bits: no two rows by accident
    if "cluster" in table:  # what one cluster shares is allowed for
        pairs = pd.DataFrame({"row": codes, "cluster": cluster_codes(table["cluster"])})
        equal = pairs.groupby("row")["cluster"].transform("nunique").to_numpy() > 1
    else:
        equal = np.bincount(codes)[codes] > 1
    if not equal.any():
        return Finding("duplicate ids", "ok", "Every customer is there once.")
    counted = (
        f"{format_count(equal.sum())} of {format_count(len(table))} customers have the same row as another but for "
        "the id"
    )
    if _beyond_chance(table, codes, equal):
        doubt = "if they are the same, intervals look too sure. Drop the doubles, or name what they share as cluster"
        return Finding("duplicate ids", "warning", f"{counted}: {doubt}.")
    return Finding("duplicate ids", "note", f"{counted}, as is usual where a table has few columns.")


def _beyond_chance(table: pd.DataFrame, codes: np.ndarray, equal: np.ndarray) -> bool:
    """Say whether many who brought money share it and all else with another, while others rarely share an amount.

    Two rows agree by chance no more often than their amounts do, which rows that differ show.
    """
    money = next((table[name].to_numpy(dtype=float, na_value=0.0) for name in MONEY if name in table), None)
    own = np.zeros(len(table), dtype=bool) if money is None else np.nan_to_num(money) != 0
    if not own.any() or equal[own].mean() <= MANY_EQUAL:
        return False
    different = pd.Series(money[own][~pd.Series(codes[own]).duplicated().to_numpy()])
    return len(different) >= own.sum() / MOST_COPIES and different.duplicated(keep=False).mean() <= MANY_EQUAL


def check_clusters(table: pd.DataFrame, groups: Groups, name: str) -> Iterator[Finding]:
    """Say who does alike, whether each cluster was drawn whole, and where there are too few; nothing without them."""
    if "cluster" not in table:
        return
    clusters = cluster_codes(table["cluster"])
    n_clusters, alone = len(np.unique(clusters)), int(table["cluster"].isna().sum())
    whole = "each was sent one offer" if drawn_whole(clusters, groups.codes) else "some were sent different offers"
    text = (
        f"Customers of one {name} may do alike: {format_count(n_clusters)} count as one draw each, of "
        f"{len(clusters) / n_clusters:.1f} customers; {whole}."
    )
    without = f" {format_count(alone)} without a {name} stand for themselves." if alone else ""
    pairs = np.unique(np.stack([groups.codes, clusters]), axis=1)
    sizes = np.bincount(pairs[0], minlength=len(groups.names))
    few = [f"{group} ({n})" for group, n in zip(groups.names, sizes, strict=True) if n < FEW_CLUSTERS]
    if few:
        fault = f"Under {join_words(few)} there are fewer than {FEW_CLUSTERS} draws by {name}"
        yield Finding("clusters", "warning", f"{fault}: intervals are a little too narrow there.{without}")
    else:
        yield Finding("clusters", "ok", text + without)
