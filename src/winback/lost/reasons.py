"""Why did they leave? Reasons coded from what customers wrote or said, by a codebook that anyone can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from winback.doors import door
from winback.lost.codebook import Codebook
from winback.lost.codebook_files import load_codebook
from winback.lost.coded_reasons import CODED, NOTHING_SAID, UNMATCHED, CodedReasons
from winback.lost.coding import Coded, code_texts
from winback.lost.exit_texts import read_exit_texts
from winback.tables import AnyTable

BETWEEN = "; "  # between several reasons of a text


@door
def code_reasons(
    texts: AnyTable | Iterable,
    codebook: Codebook | Mapping | str | Path | None = None,
    *,
    more: Mapping | None = None,
) -> CodedReasons:
    r"""Code exit texts: which reasons for leaving each one names, and what caused them.

    A text names a reason where one of the reason's patterns stands in it: words, compared without case, accents and
    umlauts, whole ones unless a star says otherwise; or a regular expression. A text can name several; the first in
    the order of the codebook is its ``reason``. What a codebook's list of negations takes back ("not because of the
    price", "the service was good") is set aside. Texts that no pattern matches are kept, and listed by frequency.

    Parameters
    ----------
    texts : pandas.DataFrame, path, Base or Trial; or pandas.Series or list of text
        A table with ``exit_text`` (what the customer wrote or said when leaving), or the texts themselves. A single
        text is taken for a path.
    codebook : Codebook, mapping or path, optional
        See `winback.lost.load_codebook`. The shipped one knows the main reasons in English, German, Russian, Chinese,
        Persian, Georgian and Spanish.
    more : mapping, optional
        Patterns to add to the codebook's: name of a reason -> pattern or patterns.

    Returns
    -------
    CodedReasons
        ``to_frame()`` has one row per text in the order given: ``customer_id`` (of a table), ``text``, ``reason``
        (the first), ``reasons`` (all, with "; " between), ``cause``, ``n_reasons``, ``pattern`` (which named the
        first), ``set_aside`` (a reason was named and taken back) and ``state``: coded, unmatched or nothing said.

    Raises
    ------
    TableError
        Listing every problem of the texts.
    ValueError
        Listing every problem of the codebook: reason, pattern, what is wrong, remedy.

    Examples
    --------
    >>> import winback as wb
    >>> coded = wb.code_reasons(["Too expensive!", "zu teuer, und keiner geht ans Telefon", "не из-за цены", "太贵了"])
    >>> coded.to_frame()[["text", "reason", "reasons"]]
                                        text reason         reasons
    0                         Too expensive!  price           price
    1  zu teuer, und keiner geht ans Telefon  price  price; service
    2                          не из-за цены    NaN
    3                                   太贵了  price           price
    >>> coded.unmatched()["text"].tolist()
    ['не из-за цены']
    """
    book = load_codebook(codebook, more=more)
    read = read_exit_texts(texts)
    coded = code_texts(read.distinct, book)
    frame = _of_distinct(read.distinct, coded, book).iloc[read.codes].reset_index(drop=True)
    if read.ids is not None:
        frame.insert(0, "customer_id", read.ids)
    named = np.vstack([coded.named, np.zeros(len(book.reasons), dtype=bool)])[read.codes]
    return CodedReasons(
        frame=frame,
        reasons=_counted(named, int((read.codes >= 0).sum()), book),
        codebook=book,
        named=named,
        alike=np.append(coded.alike, -1)[read.codes],
        source=read.table,
        notes=read.notes,
    )


def _of_distinct(texts: list[str], coded: Coded, book: Codebook) -> pd.DataFrame:
    """Return one row per distinct text, which is looked at once, and a last one for what was not said."""
    named = np.vstack([coded.named, np.zeros(len(book.reasons), dtype=bool)])
    there = named.any(axis=1)
    first = np.where(there, named.argmax(axis=1), -1)
    number = np.append(coded.pattern[np.arange(len(texts)), first[:-1]], -1)
    cause = [reason.cause for reason in book.reasons]
    state = [*np.where(there[:-1], CODED, UNMATCHED), NOTHING_SAID]
    return pd.DataFrame(
        {
            "text": np.array([*texts, None], dtype=object),
            "reason": pd.Categorical.from_codes(first, categories=list(book.names)),
            "reasons": _joined(named, book.names),
            "cause": pd.Categorical(np.array([*cause, None])[first], categories=list(dict.fromkeys(cause))),
            "n_reasons": named.sum(axis=1),
            "pattern": [
                book.reasons[column].patterns[at].written if column >= 0 else None
                for column, at in zip(first, number, strict=True)
            ],
            "set_aside": np.append(coded.set_aside, False),
            "state": pd.Categorical(state, categories=[CODED, UNMATCHED, NOTHING_SAID]),
        }
    )


def _joined(named: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Return all reasons of each text as one label."""
    kinds, which = np.unique(named, axis=0, return_inverse=True)
    labels = [BETWEEN.join(np.array(names, dtype=object)[kind]) for kind in kinds]
    return np.array(labels, dtype=object)[which.ravel()]


def _counted(named: np.ndarray, n_said: int, book: Codebook) -> pd.DataFrame:
    """Return one row per reason: texts that name it, name it first, and name nothing else."""
    alone = named & (named.sum(axis=1, keepdims=True) == 1)
    first = named & (np.cumsum(named, axis=1) == 1)
    frame = pd.DataFrame(
        {
            "reason": book.names,
            "cause": [reason.cause for reason in book.reasons],
            "involuntary": [reason.involuntary for reason in book.reasons],
            "words": [reason.words or reason.name for reason in book.reasons],
            "n": named.sum(axis=0),
            "n_first": first.sum(axis=0),
            "n_alone": alone.sum(axis=0),
        }
    )
    n = max(n_said, 1)
    return frame.assign(share=frame["n"] / n, share_first=frame["n_first"] / n)
