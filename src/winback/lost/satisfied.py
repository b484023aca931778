r"""Had those who left been satisfied, and more or less than those who stayed? `satisfied_leavers`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.doors import door
from winback.lost.answers import SATISFACTION, Answers, answers_of
from winback.lost.foretells import NOT_KNOWN, Figure, area, odds_ratio
from winback.lost.satisfaction import SatisfiedLeavers
from winback.lost.stated import BOTH, Stated, stated_reasons
from winback.periods import DAYS_IN_MONTH
from winback.tables import ProblemList, TableError
from winback.uncertainty import normal_quantile, share_interval

SELLER = "seller_rating"
WORDS = {SATISFACTION: "been satisfied", SELLER: "found their seller exceptional"}
BOXES = {SATISFACTION: 2, SELLER: 1}  # top answers of a scale that count, where nobody says otherwise
LONGEST_SCALE = 11  # answers, as from 0 to 10; more are no scale with boxes
# What a survey found, as named by Peppers & Rogers: neither its questions nor whom it asked were consulted.
INDIFFERENT = ("left over indifferent sales people", 0.60, 0.60)
POOR_SERVICE = ("left over poor service", 0.70, 0.70)
WERE_SATISFIED = ("had called themselves satisfied before they left", 0.80, 0.80)
EXCEPTIONAL_SELLER = ("likelier to stay with a seller found exceptional", 10.0, 15.0)
FOR_INDIFFERENCE, FOR_SERVICE = ("indifference",), ("service", BOTH)  # labels of reasons


@door
def satisfied_leavers(
    base: Base,
    *,
    within_months: float = 12.0,
    top: Mapping[str, float] | float | None = None,
    level: float = 0.95,
) -> SatisfiedLeavers:
    r"""Compare how satisfied those who left had been with those who stayed at the same time.

    That most of those who left had been satisfied says nothing where those who stayed were no more so. Every answer is
    of a customer who was here; from it on it is seen who was lost within so many months. Answers given later than that
    before the end of the data are left out, as are those of one customer before the time after the last one is over.
    Odds and ranks compare within stretches of that length, see `winback.lost.foretells`.

    Parameters
    ----------
    base : Base
        With events ``satisfaction`` and ``seller_rating`` (how customers rated who sells to them), their ``amount`` the
        answer; or with a column ``satisfaction``, which has no day and tells less.
    within_months : float
        Time after an answer within which a loss counts.
    top : number or mapping, optional
        From which answer on customers count as satisfied; a mapping names ``satisfaction`` and ``seller_rating``. By
        default the two highest answers of the scale, and the highest one for the seller.
    level : float
        Confidence level of each interval.

    Returns
    -------
    SatisfiedLeavers
        ``to_frame()`` has one row per question; ``claims`` has four claims of a survey beside what the base says.

    Raises
    ------
    TableError
        When nobody's satisfaction is known, or the answers are no scale and nothing says which are high.
    ValueError
        When the time or an answer makes no sense.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> ends = ["2023-06-30"] * 3 + [None] * 5
    >>> contracts = pd.DataFrame({"customer_id": range(8), "start": "2022-01-01", "end": ends})
    >>> events = pd.DataFrame({"customer_id": range(8), "date": "2023-01-31", "event": "satisfaction",
    ...                        "amount": [5, 4, 2, 5, 5, 4, 4, 1]})
    >>> found = wb.satisfied_leavers(wb.read_contracts(contracts, events, until="2024-12-31"))
    >>> found.to_frame()[["n_left", "left_top", "n_stayed", "stayed_top"]].round(3)
       n_left  left_top  n_stayed  stayed_top
    0       3     0.667         5         0.8
    """
    normal_quantile(level)
    base.needs_calendar("Whether satisfaction foretells who leaves within a time")
    if not 0 < within_months < np.inf:
        raise ValueError(f"within_months must be above 0; got {within_months}.")
    tops = top if isinstance(top, Mapping) else {} if top is None else {SATISFACTION: top}
    if odd := [name for name in tops if name not in WORDS]:
        raise ValueError(f"top names {odd[0]!r}; it may name {' and '.join(WORDS)}.")
    found = {name: answers_of(base, name, within_months * DAYS_IN_MONTH) for name in WORDS}
    there = {name: answers for name, answers in found.items() if answers is not None}
    if not there:
        problems = ProblemList("base", pd.DataFrame())
        remedy = "Add events `satisfaction` with the answer as `amount`, or a column `satisfaction` of the contracts."
        problems.add(SATISFACTION, "is not known of anybody", remedy)
        problems.raise_if_any()
    rows = [_row(name, answers, _top(name, answers, tops), level) for name, answers in there.items()]
    frame = pd.DataFrame(rows)
    return SatisfiedLeavers(
        frame=frame,
        claims=_claims(frame, _stated(base), level),
        within_months=within_months,
        dated=all(answers.dated for answers in there.values()),
        n_too_late=sum(answers.n_too_late for answers in there.values()),
        n_overlapping=sum(answers.n_overlapping for answers in there.values()),
        level=level,
        source=base.source,
    )


def _top(name: str, answers: Answers, tops: Mapping[str, float]) -> float:
    """Return the lowest answer that counts as high, or refuse to guess it."""
    if name in tops:
        return float(tops[name])
    scale = answers.scale
    span = scale[-1] - scale[0]
    if (scale != np.rint(scale)).any() or not BOXES[name] < span < LONGEST_SCALE:
        problems = ProblemList("answers", pd.DataFrame())
        said = f"has answers from {scale[0]:g} to {scale[-1]:g}, which do not tell the scale"
        problems.add(name, said, f"Say from which one on they are high: top={{{name!r}: ...}}.")
        problems.raise_if_any()
    return float(scale[-1] - BOXES[name] + 1)


def _row(name: str, answers: Answers, top: float, level: float) -> dict:
    """Return one question's figures: shares with a top answer, odds of staying, and the area under the curve."""
    high, left = answers.score >= top, answers.left
    row = {"question": name, "words": WORDS[name], "top": top, "n": len(left)}
    for who, rows in (("left", left), ("stayed", ~left)):
        n = int(rows.sum())
        row[f"n_{who}"] = n
        yes = int((high & rows).sum())
        ends = share_interval(yes, n, level) if n else (np.nan, np.nan)
        row |= _ends(f"{who}_top", (yes / n if n else np.nan, *map(float, ends)))
    both = left.any() and not left.all()
    row |= _ends("odds", odds_ratio(high, ~left, answers.time, level) if both else NOT_KNOWN)
    return row | _ends("auc", area(answers.score, left, answers.time, level) if both else NOT_KNOWN)


def _ends(name: str, figure: Figure) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), figure, strict=True))


def _stated(base: Base) -> Stated | None:
    """Return the reasons that those who left stated; None where none are known."""
    try:
        return stated_reasons(base)
    except TableError:
        return None


def _claims(frame: pd.DataFrame, stated: Stated | None, level: float) -> pd.DataFrame:
    """Return the survey's claims beside what the base says of the same."""
    asked = frame.set_index("question")
    rows = [
        _beside(INDIFFERENT, _share_of(stated, FOR_INDIFFERENCE, level)),
        _beside(POOR_SERVICE, _share_of(stated, FOR_SERVICE, level)),
        _beside(WERE_SATISFIED, _from(asked, SATISFACTION, "left_top")),
        _beside(EXCEPTIONAL_SELLER, _from(asked, SELLER, "odds")),
    ]
    return pd.DataFrame(rows)


def _beside(claim: tuple[str, float, float], measured: Figure) -> dict:
    said, low, high = claim
    claimed = {"claim": said, "claimed_low": low, "claimed_high": high, "evidence": "survey"}
    return claimed | _ends("measured", measured)


def _from(asked: pd.DataFrame, question: str, name: str) -> Figure:
    if question not in asked.index:
        return NOT_KNOWN
    return tuple(float(asked.loc[question, f"{name}{end}"]) for end in ("", "_low", "_high"))


def _share_of(stated: Stated | None, labels: tuple[str, ...], level: float) -> Figure:
    """Return the share of those whose reason is known who named one of these; not known where nobody could have."""
    places = [] if stated is None else [at for at, name in enumerate(stated.names) if name.casefold() in labels]
    if stated is None or not places:
        return NOT_KNOWN
    yes, n = int(stated.named[:, places].any(axis=1).sum()), int(stated.known.sum())
    return (yes / n, *map(float, share_interval(yes, n, level)))
