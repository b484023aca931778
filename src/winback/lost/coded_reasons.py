"""Which reasons were named how often, and which texts does no pattern match? The answer of `code_reasons`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.lost.codebook import Codebook
from winback.lost.exit_texts import ids_of
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList, as_table
from winback.tables.column_checks import refuse_other_than_frame
from winback.tables.headings import refuse_shared_names
from winback.tables.ids import parse_id

CODED, UNMATCHED, NOTHING_SAID = "coded", "unmatched", "nothing said"
MANY_UNMATCHED = 0.2  # share of texts: more than that can turn the order of reasons round
LIMIT = "denials and praise are seen only in turns of speech that the codebook lists, and irony never"
LONGEST_SHOWN = 60  # characters of a text in a sentence
IN_TABLE = {
    "cause": ("Cause", "text"),
    "words": ("Reason", "text"),
    "n": ("Texts that name it", "count"),
    "share": ("Share", "percent"),
    "n_first": ("Named first", "count"),
    "share_first": ("Share named first", "percent"),
}


@dataclass(frozen=True, repr=False)
class CodedReasons(Result):
    """What each customer left for, as coded from their own words.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per text, see `code_reasons`.
    reasons : pandas.DataFrame
        One row per reason of the codebook, in its order: ``reason``, ``cause``, ``involuntary``, ``words``, ``n``
        texts that name it, ``n_first`` that name it first, ``n_alone`` that name nothing else; ``share`` and
        ``share_first`` of the texts in which something was said. A text can name several, so shares may add to more
        than one; those of the first reason and of unmatched texts add to one.
    codebook : Codebook
        By which they were coded.
    """

    frame: pd.DataFrame
    reasons: pd.DataFrame
    codebook: Codebook
    named: np.ndarray = field(repr=False)  # (n_texts, n_reasons) bool: which reasons each text names
    alike: np.ndarray = field(repr=False)  # (n_texts,) one number where only case, accents and a mark at the end differ
    source: pd.DataFrame | None = field(default=None, repr=False)  # the table that the texts stand in
    notes: tuple[str, ...] = ()
    shown: ClassVar[Mapping[str, tuple[str, str]]] = IN_TABLE

    @property
    def n_said(self) -> int:
        """Texts in which something was said."""
        return int((self.frame["state"] != NOTHING_SAID).sum())

    @property
    def n_coded(self) -> int:
        """Texts that name a reason of the codebook."""
        return int((self.frame["state"] == CODED).sum())

    def table(self) -> pd.DataFrame:
        """Return the reasons that were named, the most frequent first, then the texts without one; all text."""
        rows = self.reasons[self.reasons["n"] > 0].sort_values("n", ascending=False, kind="stable")
        n_unmatched, n_silent = self.n_said - self.n_coded, len(self.frame) - self.n_said
        share = n_unmatched / max(self.n_said, 1)
        rest = [("not matched", n_unmatched, share), ("nothing said", n_silent, np.nan)]
        others = [
            {"cause": "", "words": words, "n": n, "share": share, "n_first": n, "share_first": share}
            for words, n, share in rest
            if n
        ]
        return self.rounded(pd.DataFrame([*rows[list(IN_TABLE)].to_dict("records"), *others], columns=list(IN_TABLE)))

    def unmatched(self) -> pd.DataFrame:
        """Return the texts that no pattern matches, by frequency: ``text``, ``n``, ``share`` of all that were said.

        Texts that only case, accents and a mark at the end tell apart are one, shown as the first was written.
        """
        rows = (self.frame["state"] == UNMATCHED).to_numpy()
        texts = self.frame.loc[rows, "text"].astype(object)
        found = texts.groupby(self.alike[rows], sort=False).agg(text="first", n="size")
        found = found.sort_values("n", ascending=False, kind="stable").reset_index(drop=True)
        return found.assign(share=found["n"] / max(self.n_said, 1))

    @door
    def with_reasons(
        self, table: AnyTable | None = None, *, column: str = "reason", others: str | None = "other"
    ) -> pd.DataFrame:
        """Return a copy of a table with the first reason of each customer as a column.

        Parameters
        ----------
        table : pandas.DataFrame or path, optional
            By default the table that was coded. Another one has the same customers by ``customer_id``, or, without
            ids, the same rows in the same order.
        column : str
            Name of the column; it must be a new one.
        others : str, optional
            Label of texts that no pattern matches; None leaves them missing. It is missing also where nothing was said,
            and for customers of another table whose texts were not coded.

        Raises
        ------
        TableError
            When there is no table, it has such a column already, or its rows cannot be told.

        Examples
        --------
        >>> import pandas as pd, winback as wb
        >>> table = pd.DataFrame({"customer_id": [7, 8, 9], "exit_text": ["Too expensive", "?", None]})
        >>> wb.code_reasons(table).with_reasons()["reason"].tolist()
        ['price', 'other', nan]
        """
        given = self.source if table is None else as_table(table)
        if given is not None:
            refuse_other_than_frame(given, LAPSED_TABLE)
            refuse_shared_names(given, LAPSED_TABLE)
        problems = ProblemList(LAPSED_TABLE, given)
        if given is None:
            problems.add("table", "is not there: a list of texts was coded", "Name the table to add reasons to.")
        elif column in given:
            remedy = f'Name another one: with_reasons(column="coded_{column}").'
            problems.add(column, "is in the table already", remedy)
        problems.raise_if_any()
        rows = np.arange(len(given)) if given is self.source else self._rows_of(given, problems)
        labels = self.frame["reason"].astype(object)
        labels = labels.mask(self.frame["state"] == UNMATCHED, others)
        known = dict.fromkeys([*self.codebook.names, *([others] if others is not None else [])])
        values = pd.Categorical(np.append(labels.to_numpy(), None)[rows], categories=list(known))
        return given.assign(**{column: values})

    def _rows_of(self, given: pd.DataFrame, problems: ProblemList) -> np.ndarray:
        """Return which coded row each row of a table is, -1 for none."""
        ids = ids_of(given)
        if ids is not None and "customer_id" in self.frame:
            ours, theirs = (parse_id(each).column.astype(str) for each in (self.frame["customer_id"], ids))
            if ours.tolist() == theirs.tolist():
                return np.arange(len(given))
            remedy = "Code a table with one text per customer."
            coded = ProblemList("exit texts", self.frame)
            coded.add_rows("customer_id", ours.duplicated().to_numpy(), "has more than one text", remedy)
            coded.raise_if_any()
            rows = pd.Index(ours).get_indexer(theirs)
            if (rows < 0).all():
                problems.add("customer_id", "has no customer whose text was coded", "Check that the ids are the same.")
            problems.raise_if_any()
            return rows
        if len(given) != len(self.frame):
            what = f"has {format_count(len(given))} rows, and {format_count(len(self.frame))} texts were coded"
            problems.add("table", what, "Give both a `customer_id`, or code this very table.")
            problems.raise_if_any()
        return np.arange(len(given))

    def describe(self) -> Sentences:
        """Say which reasons are named most, how many texts name none, and that words are no proof."""
        if not self.n_said:
            return Sentences.of([f"None of {counted(len(self.frame), 'customers')} said anything."])
        lines = [_answer(self), _not_matched(self)]
        lines.append("What customers say is not always why they left, and words were matched, not what they mean.")
        return Sentences.of(line for line in lines if line)

    def details(self) -> Sentences:
        """Say how causes share the first reasons, and what the coding does and does not see."""
        return Sentences.of(_lines(self) if self.n_said else self.notes)


def _answer(coded: CodedReasons) -> str:
    named = coded.reasons[coded.reasons["n"] > 0].sort_values("n", ascending=False, kind="stable")
    if named.empty:
        return f"No exit text ({format_count(coded.n_said)}) names a reason that {coded.codebook.source} knows."
    top = [f"{row.words} ({format_percent(row.share)})" for row in named.head(3).itertuples()]
    among = f"{format_count(coded.n_coded)} of {format_count(coded.n_said)} exit texts"
    verb = "names" if coded.n_coded == 1 else "name"
    return f"{among} {verb} a known reason, most often {join_words(top)}."


def _not_matched(coded: CodedReasons) -> str:
    found = coded.unmatched()
    if found.empty:
        return ""
    n = int(found["n"].sum())
    text = " ".join(found["text"].iloc[0].split())
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    share = n / coded.n_said
    said = (
        f"{format_percent(share)} match no pattern, the most frequent one “{text}” ({format_count(found['n'].iloc[0])})"
    )
    return f"{said}, which may change the order of reasons." if share > MANY_UNMATCHED else f"{said}."


def _lines(coded: CodedReasons) -> list[str]:
    reasons, said = coded.reasons, coded.n_said
    causes = reasons.groupby("cause", sort=False)["n_first"].sum().sort_values(ascending=False, kind="stable")
    parts = [f"the {cause} in {format_percent(n / said)}" for cause, n in causes.items() if n]
    lines = [f"By the first reason named, the cause lies with {join_words(parts)}."] if parts else []
    if n := int(reasons.loc[reasons["involuntary"], "n_first"].sum()):
        lines.append(
            f"{format_percent(n / said)} did not decide to leave: death, a move, a failed payment or the like."
        )
    if n := int((coded.frame["n_reasons"] > 1).sum()):
        order = "the first in the codebook's order counts as the first reason"
        lines.append(f"{format_percent(n / said)} name several reasons; {order}, and shares add to more than 100%.")
    n = int(coded.frame["set_aside"].sum())
    said_back = "a reason was named and taken back, as in “not because of the price”, and set aside"
    lines.append(f"In {format_count(n)} {said_back}; {LIMIT}." if n else f"{LIMIT}.")
    if n := len(coded.frame) - said:
        lines.append(f"In {format_count(n)} of {format_count(len(coded.frame))} rows nothing was said.")
    lines.append(f"{coded.codebook.describe().splitlines()[0]}")
    return [*lines, *coded.notes]
