"""How are key moments said? After which most go, how sure that is, and of which it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.results import counted, format_count, format_percent, join_words, state_p_value
from winback.retention.beside import NEIGHBOURS
from winback.retention.jump_figures import HIGHER, UNCLEAR, UNKNOWN
from winback.uncertainty import normal_interval

GO = {"leaving": "leave", "returning": "come back", "leaving again": "leave again"}
WENT = {"leaving": "left", "returning": "came back", "leaving again": "left again"}
PAID = {"leaving": "paid", "returning": "had paid", "leaving again": "paid"}
TIME = {
    "leaving": "month of life at the same time",
    "returning": "month away at the same time",
    "leaving again": "month since they came back",
}
ALIKE = 0.05  # p-value up to which groups are said to differ


def strongest(found) -> pd.Series | None:
    """Return the moment with the most losses (returns) in excess among those clearly different; None where none is."""
    ranked = found.ranked()
    up = ranked[ranked["verdict"] == HIGHER]
    return None if up.empty else up.iloc[0]


def answer_lines(found) -> Iterator[str]:
    """Yield at most three sentences: the answer, how sure, the doubt."""
    top = strongest(found)
    if top is None:
        looked = counted(len(found.frame), "moments")
        yield f"Of {looked} looked at there is none after which more customers {GO[found.of]} than without it."
        yield from _at_most(found)
    else:
        hazards = [_hazard(top[name]) for name in ("hazard", "hazard_without")]
        yield (
            f"{_times(top)} customers {GO[found.of]} within {top['window_days']} days after {top['in_words']} as "
            f"without it: {hazards[0]} instead of {hazards[1]} a month."
        )
        yield _in_excess(found, top)
    yield _doubt(found)


def _at_most(found) -> Iterator[str]:
    """Yield how many times as many there may yet be, where anything is known."""
    if found.frame["ratio_high"].notna().any():
        row = found.frame.loc[found.frame["ratio_high"].idxmax()]
        yield f"There may be up to {row['ratio_high']:.2f} times as many after {row['in_words']} ({found.level:.0%})."


def _times(row) -> str:
    return f"{row['ratio']:.2f} times as many [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"


def _hazard(share: float) -> str:
    return format_percent(share, 1 if share >= 0.01 else 2)


def _in_excess(found, row) -> str:
    """Say how many went who otherwise would not have, and what they paid."""
    n, low, high = (format_count(row[f"excess{end}"]) for end in ("", "_low", "_high"))
    money = "" if pd.isna(row["money"]) else f", who {PAID[found.of]} {found.interval(row, 'money', 'money')} a month"
    several = len(found.frame) > 1
    together = f"; the intervals of all moments hold together at {found.level:.0%}" if several else ""
    return f"That is {n} [{low}, {high}] of the {row['n_ended']:,} who {WENT[found.of]} then{money}{together}."


def _doubt(found) -> str:
    """Say what cannot be told of a moment that comes to all at once, else that those it comes to may be others."""
    shared = found.frame[found.frame["compared"] == NEIGHBOURS]
    if found.of == "leaving again":
        return (
            "An offer ends for all who came back for it at the same time: nobody is left to compare with, so the time "
            "just before and after is, and what else changes then counts, too."
        )
    if len(shared):
        comes = "comes" if len(shared) == 1 else "come"
        return (
            f"{join_words(shared['in_words'])} {comes} to everybody at the same time: nobody is left to compare with, "
            "so the time just before and after the windows is, and what else changes then counts, too."
        )
    return (
        f"Compared with others in the same {TIME[found.of]}: where those whom the moment comes to differ in more than "
        "the moment, so does the figure."
    )


def detail_lines(found) -> Iterator[str]:
    """Yield what else there is to say, one sentence a line."""
    whose = "times away" if found.of == "returning" else "lives"
    yield f"Watched were {found.n:,} {whose}; at the end of {found.n_ended:,} customers {WENT[found.of]}."
    if found.of == "leaving again":
        yield from _in_all(found)
    top, ranked = strongest(found), found.ranked()
    for row in ranked[ranked["verdict"] != UNKNOWN].to_dict("records"):
        if top is None or row["moment"] != top["moment"]:
            beside = ", compared with the time beside" if row["compared"] == NEIGHBOURS else ""
            chance = ", which may be chance" if row["verdict"] == UNCLEAR else ""
            window = f"within {row['window_days']} days after {row['in_words']}"
            yield f"{_times(row)} {GO[found.of]} {window}{beside}{chance}."
    unknown = found.frame[found.frame["verdict"] == UNKNOWN]
    if len(unknown):
        yield (
            f"Not known after {join_words(unknown['in_words'])}: too few {WENT[found.of]} within the windows or "
            "without them at the same time, or the moment always comes together with another."
        )
    yield from _groups(found)
    yield "In excess are those who would not have gone then; some of them may have gone later."
    yield from found.notes


def _in_all(found) -> Iterator[str]:
    """Yield how many left with their offer, whichever it was: customers of several offers are others."""
    known = found.frame[found.frame["verdict"] != UNKNOWN]
    if len(known) > 1:
        spread = ((known["n_ended"] / known["ratio"] * known["std_error"]) ** 2).sum() ** 0.5
        ends = normal_interval(known["excess"].sum(), spread, found.level)
        n, low, high = map(format_count, (known["excess"].sum(), *ends))
        yield f"With their offer, whichever it was, {n} [{low}, {high}] left who would have stayed."


def _groups(found) -> Iterator[str]:
    if found.segments is None:
        return
    for _, rows in found.segments.groupby("moment", sort=False):
        p_value, known = rows["differ"].iloc[0], rows[rows["verdict"] != UNKNOWN]
        if len(known) > 1:
            each = join_words(f"{row.segment} {row.ratio:.2f}" for row in known.itertuples())
            said = "differs" if p_value < ALIKE else "is not shown to differ"
            yield f"After {rows['in_words'].iloc[0]} the ratio {said} by group ({state_p_value(p_value)}): {each}."


def next_step(found) -> Iterator[str]:
    """Yield whom to speak to."""
    top = strongest(found)
    if top is None:
        return
    now = f"{top['n_open']:,} are within {top['window_days']} days after it now"
    if found.of == "leaving again":
        yield f"Speak to those who came back before {top['in_words']}, and find out what else they would stay for."
    elif found.of == "returning":
        more = f"; {now}" if top["n_open"] else ""
        yield f"See to it that more of the lost meet what brings them back, such as {top['in_words']}{more}."
    else:
        lately = f"{top['n_lately']:,} came to it in the last three months, about as many will in the next three"
        yield f"Speak to customers before {top['in_words']}: {lately}; {now}."
