r"""Which two questions earn most? Every tree of depth two, compared exactly.

A tree's value is a sum over its leaves, and a leaf is where a root split's side meets a child split's side. Customers
enter these sums only through their bins: with :math:`H^{ab}_k` the scores of offer k summed by the bins of columns a
and b, and :math:`M_a` the bins on either side of each split of a, the sums of all pairs of splits are
:math:`M_a' H^{ab}_k M_b`. So the customers are passed through once per pair of columns, whatever the number of splits;
neighbouring columns of few bins are taken together as one block, which saves most of these passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from winback.policies.questions import SplitTable
from winback.policies.tree import Leaf, PolicyTree, Step, conditions_of, leaf_of

ROUNDING = 1e-11  # share of the sum of all score differences below which two trees are equally good
DEPTHS = (0, 1, 2)
NONE = -1  # no split
MOST_BINS = 512  # of a block: more would cost more in products than they save in passes


@dataclass(frozen=True)
class Block:
    """Neighbouring columns taken as one, whose bins are all combinations of theirs; their splits keep their order."""

    bins: np.ndarray  # (n,)
    yes: np.ndarray  # (n_bins, n_splits) whether a bin is on the yes side

    @property
    def sides(self) -> np.ndarray:
        """Which bins are on the yes sides, then on the no sides, of the splits: (n_bins, 2 n_splits) of 0 and 1."""
        return np.concatenate([self.yes, ~self.yes], axis=1).astype(float)

    def joined(self, other: Block) -> Block:
        """Return both as one block."""
        n_own, n_other = len(self.yes), len(other.yes)
        yes = np.concatenate([np.repeat(self.yes, n_other, axis=0), np.tile(other.yes, (n_own, 1))], axis=1)
        return Block(self.bins * n_other + other.bins, yes)


@dataclass(frozen=True)
class Search:
    """What a search works with: the scores against the first offer, and what counts as a difference."""

    gains: np.ndarray  # (K - 1, n) score of each further offer minus that of the first
    smallest_leaf: int
    tolerance: float

    def histogram(self, bins: np.ndarray, n_bins: int) -> np.ndarray:
        """Return customers and summed gains by bin, shape (K, n_bins)."""
        counts = np.bincount(bins, minlength=n_bins)
        return np.stack([counts, *(np.bincount(bins, weights=gain, minlength=n_bins) for gain in self.gains)])

    def best(self, sums: np.ndarray) -> np.ndarray:
        """Return what the best offer gains in each cell; the first offer gains 0."""
        return sums[1:].max(axis=0, initial=0.0)

    def first_of_best(self, values: np.ndarray) -> np.ndarray:
        """Return the first place along the last axis that is as good as any."""
        return np.argmax(values >= values.max(axis=-1, keepdims=True) - self.tolerance, axis=-1)


def exact_tree(scores: ArrayLike, splits: SplitTable, depth: int = 2, smallest_leaf: int | None = None) -> PolicyTree:
    r"""Find the tree under which the customers' mean score is highest, among all trees of these splits.

    .. math:: \max_{\pi} \frac{1}{n} \sum_i \Gamma_{i \pi(X_i)}

    over trees :math:`\pi` of at most ``depth`` questions in a row, :math:`\Gamma_{ik}` the score of customer i under
    offer k (policy learning with doubly robust scores: Athey & Wager 2021 [1]_; exact depth-two search: Zhou, Athey &
    Wager 2023 [2]_). Nothing is greedy: each root split is judged with the best split of either side. Time grows with
    n times the number of pairs of columns, not of splits.

    Of equally good trees the one with fewer leaves is taken, then the first in the order of the splits, and in each
    leaf the first offer. A split is kept only if it changes somebody's offer for the better, so neighbouring leaves
    never share an offer.

    Parameters
    ----------
    scores : array_like, shape (n, K)
        Estimated profit of each customer under each of K offers, in money per customer.
    splits : SplitTable
        Of the same n customers in the same order; ``splits.rows(mask)`` for some of them.
    depth : int
        Questions in a row: 0 (the best single offer), 1 or 2.
    smallest_leaf : int, optional
        Customers a leaf must have. By default 1% of the customers, and at least 30: fewer say little about an offer.

    References
    ----------
    .. [1] Athey, S. & Wager, S. (2021). Policy learning with observational data. Econometrica 89(1).
    .. [2] Zhou, Z., Athey, S. & Wager, S. (2023). Offline multi-action policy learning. Operations Research 71(1).

    Examples
    --------
    >>> import pandas as pd
    >>> from winback.policies.questions import split_table
    >>> customers = pd.DataFrame({"months_away": [1, 2, 8, 9]})
    >>> scores = [[5, 0], [4, 0], [0, 2], [0, 3]]  # of offers 0 and 1
    >>> tree = exact_tree(scores, split_table(customers, "months_away"), depth=1, smallest_leaf=1)
    >>> print(tree)
    months away up to 2: offer 0 (2 customers)
    months away above 2: offer 1 (2 customers)
    >>> tree.value, tree.assign(pd.DataFrame({"months_away": [3, None]})).tolist()
    (3.5, [1, 1])
    """
    scores = _checked(scores, splits, depth, smallest_leaf)
    search = search_of(scores, splits, smallest_leaf)
    return _tree(search, scores, splits, _paths(search, splits, depth))


def search_of(scores: np.ndarray, splits: SplitTable, smallest_leaf: int | None) -> Search:
    """Return what a search works with."""
    smallest_leaf = max(30, -(-splits.n // 100)) if smallest_leaf is None else int(smallest_leaf)
    gains = np.ascontiguousarray((scores[:, 1:] - scores[:, :1]).T)
    return Search(gains, smallest_leaf, ROUNDING * np.abs(gains).sum())


def _paths(search: Search, splits: SplitTable, depth: int) -> list[tuple[Step, ...]]:
    """Return the answers that lead to each leaf of the best tree."""
    if depth == 0:
        return [()]
    blocks = _blocks(splits)
    own = [search.histogram(block.bins, len(block.yes)) for block in blocks]
    sides = [_by_side(one @ block.sides) for one, block in zip(own, blocks, strict=True)]
    level = np.concatenate(sides, axis=-1)  # (K, 2, S)
    unsplit = search.best(level)
    value, child = unsplit, np.full(unsplit.shape, NONE)
    if depth == 2:
        value, child = _with_children(search, blocks, own, unsplit)
    total = np.where((level[0] >= search.smallest_leaf).all(axis=0), value.sum(axis=0), -np.inf)
    everyone = search.best(own[0].sum(axis=1))
    if not total.max() > everyone + search.tolerance:
        return [()]
    n_leaves = 2 + (child != NONE).sum(axis=0)
    as_good = total >= total.max() - search.tolerance
    root = np.argmin(np.where(as_good, n_leaves, 5))
    return [path for yes, side in ((True, 0), (False, 1)) for path in _below(splits, root, yes, child[side, root])]


def _blocks(splits: SplitTable) -> list[Block]:
    """Take neighbouring columns together while two blocks have no more pairs of bins than there are customers."""
    most_bins = min(MOST_BINS, splits.n**0.5)
    blocks: list[Block] = []
    for column, bins in zip(splits.columns, splits.bins, strict=True):
        block = Block(bins, column.sides)
        if blocks and len(blocks[-1].yes) * column.n_bins <= most_bins:
            block = blocks.pop().joined(block)
        blocks.append(block)
    return blocks


def _by_side(sums: np.ndarray) -> np.ndarray:
    """Give the sides of a block's splits, (..., 2 n_splits), an axis of their own: (..., 2, n_splits)."""
    return sums.reshape(*sums.shape[:-1], 2, sums.shape[-1] // 2)


def _with_children(search: Search, blocks, own, unsplit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the best value of either side of every root split and the split that gives it, each (2, S)."""
    cells, found = _cells(search, blocks, own), []
    for root in range(len(blocks)):
        sums = np.concatenate([cells[root, place] for place in range(len(blocks))], axis=-1)
        enough = (sums[0] >= search.smallest_leaf).all(axis=-2)  # (2, S of the root's block, S)
        value = np.where(enough, search.best(sums).sum(axis=-2), -np.inf)
        found.append((value.max(axis=-1), search.first_of_best(value)))
    value, child = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
    gains = value > unsplit + search.tolerance
    return np.maximum(value, unsplit), np.where(gains, child, NONE)


def _cells(search: Search, blocks: list[Block], own: list[np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Return customers and summed gains where sides of two splits meet, by pair of blocks, each (K, 2, S, 2, S)."""
    cells = {}
    for first, one in enumerate(blocks):
        cells[first, first] = _by_both_sides((one.sides.T * own[first][:, None, :]) @ one.sides)
        for second, other in enumerate(blocks[:first]):
            shape = len(one.yes), len(other.yes)
            joint = search.histogram(one.bins * shape[1] + other.bins, shape[0] * shape[1])
            both = _by_both_sides(one.sides.T @ joint.reshape(-1, *shape) @ other.sides)
            cells[first, second], cells[second, first] = both, both.transpose(0, 3, 4, 1, 2)
    return cells


def _by_both_sides(sums: np.ndarray) -> np.ndarray:
    return sums.reshape(len(sums), 2, sums.shape[1] // 2, 2, sums.shape[2] // 2)


def _below(splits: SplitTable, root: int, yes: bool, child: int) -> list[tuple[Step, ...]]:
    """Return the paths below one side of the root."""
    start = (_step(splits, root, yes),)
    return [start] if child == NONE else [(*start, _step(splits, child, answer)) for answer in (True, False)]


def _step(splits: SplitTable, split: int, yes: bool) -> Step:
    """Find a split, counted over all columns, in its column."""
    ends = np.cumsum([column.n_splits for column in splits.columns])
    place = int(np.searchsorted(ends, split, side="right"))
    column = splits.columns[place]
    return Step(column, int(split - ends[place] + column.n_splits), yes)


def _tree(search: Search, scores: np.ndarray, splits: SplitTable, paths: list[tuple[Step, ...]]) -> PolicyTree:
    """Give each leaf its best offer, and the tree its value, from the customers themselves."""
    leaf = leaf_of(paths, splits)
    sums = search.histogram(leaf, len(paths))
    n = sums[0].astype(int)
    arms = search.first_of_best(np.concatenate([np.zeros((1, len(paths))), sums[1:]]).T)
    each = zip(paths, arms.tolist(), n.tolist(), strict=True)
    leaves = tuple(Leaf(conditions_of(path), arm, size, path) for path, arm, size in each)
    value = scores[np.arange(len(scores)), arms[leaf]].mean()
    return PolicyTree(leaves, float(value), len(scores))


def _checked(scores: ArrayLike, splits: SplitTable, depth: int, smallest_leaf: int | None) -> np.ndarray:
    scores = np.asarray(scores, dtype=float)
    problems = []
    if scores.ndim != 2 or scores.shape[0] != splits.n or 0 in scores.shape:
        wanted = f"one row per customer ({splits.n:,}) and one column per offer"
        problems.append(f"scores must be {wanted}; got shape {scores.shape}")
    elif not np.isfinite(scores).all():
        bad = ~np.isfinite(scores).all(axis=1)
        first = int(bad.argmax())
        problems.append(f"scores must be finite; {bad.sum():,} of {len(bad):,} rows are not (first: row {first + 1})")
    if isinstance(depth, bool) or depth not in DEPTHS:
        problems.append(f"depth must be 0, 1 or 2; got {depth!r}")
    whole = isinstance(smallest_leaf, int | np.integer) and not isinstance(smallest_leaf, bool)
    if smallest_leaf is not None and (not whole or smallest_leaf < 1):
        problems.append(f"smallest_leaf must be a whole number of at least 1; got {smallest_leaf!r}")
    if problems:
        raise ValueError("; ".join(problems) + ".")
    return scores
