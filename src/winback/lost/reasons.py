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
from winback.lost.exit_texts import ExitTexts, read_exit_texts
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
    return CodedReasons(
        frame=_framed(read, coded, book),
        reasons=_counted(read, coded, book),
        codebook=book,
        alike=np.append(coded.alike, -1)[read.codes],
        source=read.table,
        notes=read.notes,
    )


def _framed(read: ExitTexts, coded: Coded, book: Codebook) -> pd.DataFrame:
    """Return one row per text; distinct texts are looked at once."""
    n = len(read.distinct)
    first = coded.named.argmax(axis=1) if n else np.array([], dtype=int)
    there = coded.named.any(axis=1)
    written = [tuple(pattern.written for pattern in reason.patterns) for reason in book.reasons]
    pattern = [
        written[column][coded.pattern[row, column]] if there[row] else None for row, column in enumerate(first.tolist())
    ]
    rows = read.codes
    reason = np.append(np.where(there, first, -1), -1)[rows]
    columns = {} if read.ids is None else {"customer_id": read.ids}
    columns["text"] = np.array([*read.distinct, None], dtype=object)[rows]
    columns["reason"] = pd.Categorical.from_codes(reason, categories=list(book.names))
    columns["reasons"] = np.array([*_several(coded.named, book), ""], dtype=object)[rows]
    cause = np.array([*(each.cause for each in book.reasons), None], dtype=object)[reason]
    columns["cause"] = pd.Categorical(cause, categories=list(dict.fromkeys(each.cause for each in book.reasons)))
    columns["n_reasons"] = np.append(coded.named.sum(axis=1), 0)[rows]
    columns["pattern"] = np.array([*pattern, None], dtype=object)[rows]
    columns["set_aside"] = np.append(coded.set_aside, False)[rows]
    state = np.where(there, 0, 1)
    columns["state"] = pd.Categorical.from_codes(np.append(state, 2)[rows], categories=[CODED, UNMATCHED, NOTHING_SAID])
    return pd.DataFrame(columns)


def _several(named: np.ndarray, book: Codebook) -> list[str]:
    """Return all reasons of each distinct text as one label."""
    if not len(named):
        return []
    kinds, which = np.unique(named, axis=0, return_inverse=True)
    labels = [BETWEEN.join(name for name, there in zip(book.names, kind, strict=True) if there) for kind in kinds]
    return list(np.array(labels, dtype=object)[which.ravel()])


def _counted(read: ExitTexts, coded: Coded, book: Codebook) -> pd.DataFrame:
    """Return one row per reason: texts that name it, name it first, and name nothing else."""
    texts = np.bincount(read.codes[read.codes >= 0], minlength=len(read.distinct))
    alone = coded.named & (coded.named.sum(axis=1, keepdims=True) == 1)
    first = coded.named & (np.cumsum(coded.named, axis=1) == 1)
    frame = pd.DataFrame(
        {
            "reason": book.names,
            "cause": [reason.cause for reason in book.reasons],
            "involuntary": [reason.involuntary for reason in book.reasons],
            "words": [reason.words or reason.name for reason in book.reasons],
            "n": texts @ coded.named,
            "n_first": texts @ first,
            "n_alone": texts @ alone,
        }
    )
    n = max(int(texts.sum()), 1)
    return frame.assign(share=frame["n"] / n, share_first=frame["n_first"] / n)
