"""Which reasons did each lost customer name? Those stated in the table, or those that their own words are coded to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.labels import short_words
from winback.lost.codebook import CAUSES, Codebook
from winback.lost.codebook_files import load_codebook
from winback.lost.coded_reasons import UNMATCHED, CodedReasons
from winback.lost.reasons import code_reasons
from winback.tables import ProblemList, label_codes, label_text

BOTH = "both"  # winback's own label of those who left for price and service
OTHER = "other"  # what was said matches no pattern
MOST_REASONS = 60  # more labels than that are what people wrote, not a list that somebody chose from
WHAT = "table of lost customers"


@dataclass(frozen=True, eq=False)
class Stated:
    """The k reasons that n lost customers named."""

    lost: pd.DataFrame  # n rows of lost customers, see `winback.base.lapsed.Lapsed`
    names: tuple[str, ...]
    words: tuple[str, ...]  # the reasons as in "left because of ..."
    causes: tuple[str, ...]  # competitor, company, customer; empty where the codebook does not know the reason
    involuntary: np.ndarray  # (k,) bool
    named: np.ndarray  # (n, k) bool
    coded: CodedReasons | None = None
    n_alike: int = 0  # ways of writing a reason that only case and blanks tell from another

    @property
    def known(self) -> np.ndarray:
        """Whose reason is known, (n,) bool."""
        return self.named.any(axis=1)

    @property
    def returned(self) -> np.ndarray:
        """Who came back, (n,) bool; nobody whom the table does not know it of."""
        back = self.lost["returned"] if "returned" in self.lost else np.zeros(len(self.lost))
        return np.asarray(back, dtype=bool)

    @property
    def alone(self) -> np.ndarray:
        """Which reasons were named alone, (n, k) bool."""
        return self.named & (self.named.sum(axis=1, keepdims=True) == 1)

    @property
    def several(self) -> int:
        """How many customers named more than one reason."""
        return int((self.named.sum(axis=1) > 1).sum())


def stated_reasons(
    base: Base, codebook: Codebook | Mapping | str | Path | None = None, since: pd.Timestamp | None = None
) -> Stated:
    """Return the reasons that lost customers named, each seen as of the first loss; of those lost since a day, if said.

    Without a codebook they are those of the column ``reason``; where it has none, or a codebook is given, exit texts
    are coded.

    Raises
    ------
    TableError
        When nobody was lost, nobody's reason is known, or the reasons are what people wrote.
    """
    lost = base.lapsed().frame
    if since is not None:
        lost = lost[lost["left_on"] >= since].reset_index(drop=True)
    problems = ProblemList(WHAT, lost)
    has_reason, has_text = (name in lost and lost[name].notna().any() for name in ("reason", "exit_text"))
    if not len(lost):
        problems.add("table", "is empty: nobody was lost", "Give customers who left, or an earlier last day.")
    elif codebook is not None and not has_text:
        remedy = "Leave the codebook out to take the reasons as they are stated, or add the texts."
        problems.add("exit_text", "is missing or empty: there is nothing to code by the codebook", remedy)
    elif not (has_reason or has_text):
        remedy = "Add why customers left, or as `exit_text` what they said."
        problems.add("reason", "is missing or empty for everybody who was lost", remedy)
    problems.raise_if_any()
    if codebook is None and has_reason:
        return _as_stated(lost, problems)
    found = _coded(lost, codebook)
    if not found.names:
        problems.add("exit_text", "says nothing for anybody who was lost", "Add why customers left.")
    problems.raise_if_any()
    return found


def _coded(lost: pd.DataFrame, codebook: Codebook | Mapping | str | Path | None) -> Stated:
    coded = code_reasons(lost[["customer_id", "exit_text"]], codebook)
    named = np.column_stack([coded.named, coded.frame["state"] == UNMATCHED])
    other = pd.DataFrame([{"reason": OTHER, "words": "another reason", "cause": "", "involuntary": False}])
    there = named.any(axis=0)
    reasons = pd.concat([coded.reasons[list(other)], other])[there]
    return Stated(
        lost=lost,
        names=tuple(reasons["reason"]),
        words=tuple(reasons["words"]),
        causes=tuple(reasons["cause"]),
        involuntary=reasons["involuntary"].to_numpy(dtype=bool),
        named=named[:, there],
        coded=coded,
    )


def _as_stated(lost: pd.DataFrame, problems: ProblemList) -> Stated:
    codes, written = label_codes(lost["reason"])
    codes, labels = _alike(codes, written)
    if len(labels) > MOST_REASONS:
        said = f"has {len(labels):,} different values, such as {label_text(labels[0])[:40]!r}: they read like free text"
        problems.add("reason", said, "Name the column `exit_text`, and the reasons are coded from it.")
    problems.raise_if_any()
    names = tuple(label_text(label) for label in labels)
    cause = {reason.name: reason.cause for reason in load_codebook().reasons}
    cause |= {**dict(zip(CAUSES, CAUSES, strict=True)), BOTH: cause["price"]}
    named = codes[:, None] == np.arange(len(labels))
    had_to = lost["involuntary"].fillna(False).to_numpy(dtype=bool) if "involuntary" in lost else np.zeros(len(lost))
    return Stated(
        lost=lost,
        names=names,
        words=tuple(short_words("reason", label) for label in labels),
        causes=tuple(cause.get(name, "") for name in names),
        involuntary=(named & had_to[:, None].astype(bool)).any(axis=0),
        named=named,
        n_alike=len(written) - len(labels),
    )


def _alike(codes: np.ndarray, labels: list) -> tuple[np.ndarray, list]:
    """Return codes and labels with those as one that only case and blanks tell apart, written as most often."""
    folded = [" ".join(label_text(label).split()).casefold() for label in labels]
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels))
    chosen: dict[str, int] = {}
    for place in np.argsort(-sizes, kind="stable"):
        chosen.setdefault(folded[place], int(place))
    kept = sorted(chosen.values())
    place_of = {place: at for at, place in enumerate(kept)}
    return np.array([*(place_of[chosen[name]] for name in folded), -1])[codes], [labels[place] for place in kept]
