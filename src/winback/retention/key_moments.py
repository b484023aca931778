r"""After which moments do customers leave, come back, or leave again? `key_moments`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import dates_of
from winback.base.contract_tables import AFTER
from winback.doors import ArgumentError, door
from winback.labels import short_words
from winback.retention import jump_figures as figures
from winback.retention.beside import NEIGHBOURS, NOBODY, Population, jumps_by_segment, jumps_of
from winback.retention.exposure import Cells, Watched, Windows, cells_of, stretches_of
from winback.retention.found_moments import AGAIN, LEAVING, OF, RETURNING, KeyMoments
from winback.retention.moments import (
    asked_windows,
    check_days,
    moment_in_words,
    moments_of,
    told_of_moments,
    windows_of,
)
from winback.retention.watched import ends_of_offers, first_lives, second_lives, times_away
from winback.tables import AnyTable, Problem, TableError
from winback.tables.kinds import label_codes
from winback.tables.likeness import to_choose_from
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.uncertainty import normal_quantile

WINDOW = 61  # days: two months, within which who was surprised by a bill has had it and has given notice
MOST_SEGMENTS = 12


@door
def key_moments(
    base: ContractBase | AnyTable,
    moments: Mapping[str, int] | Iterable[str] | str | None = None,
    *,
    of: str = LEAVING,
    window_days: int = WINDOW,
    by: str | None = None,
    sent: AnyTable | None = None,
    offers: OfferCatalog | Iterable[Offer] | None = None,
    level: float = 0.95,
) -> KeyMoments:
    r"""Find the moments after which the hazard jumps, and by how much: in customers and in money.

    After each event of a customer a window of days is open. In it the hazard of leaving is

    .. math:: h = h_0(\text{month of life}, \text{calendar}, \text{segment}) \, e^{\beta}

    with :math:`h_0` that of those at risk at the same time without it; :math:`e^\beta` is a ratio of hazards, whose
    discrete form is the complementary log-log link (see `winback.retention.jumps`). Losses in excess are
    :math:`d (1 - e^{-\beta})` of the :math:`d` in the windows. Where everybody has the moment at the same time, there
    is nobody to compare with: then the time beside the windows is, and that is said.

    Parameters
    ----------
    base : ContractBase, Trial or table
        Customers with contracts and their events. For ``of="leaving again"`` a trial, or a table of lapsed customers.
    moments : mapping, iterable of str or str, optional
        Names of events, one's own among them; a mapping gives each its days. By default all but what measures
        something, such as volume.
    of : {"leaving", "returning", "leaving again"}
        Leaving the first life; returning, after events that reached lost customers; leaving the second life after the
        end of the offer they came back for.
    window_days : int
        Days after a moment that count, where ``moments`` does not say.
    by : str, optional
        Column by which customers are told apart, as known before: ratios of each group, and whether they differ.
    sent : table, optional
        Offers sent (`winback.tables.SENT`); lost customers are watched for a return until one went out to them.
    offers : OfferCatalog or Offers, optional
        How long each offer runs, for leaving again; those of a trial unless given.
    level : float
        Confidence level at which all intervals hold together.

    Returns
    -------
    KeyMoments
        ``to_frame()`` has one row per moment; ``segments`` the ratios by group, ``monthly`` the hazard by month.

    Raises
    ------
    ValueError
        When a moment never comes, a window is empty, or what is asked of is not there.
    TableError
        When the column of groups or a table cannot be used.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> found = wb.key_moments(base, ["welcome_discount_end", "renewal"])
    >>> found.to_frame()[["moment", "verdict"]].to_string(index=False, header=False).split()
    ['welcome_discount_end', 'higher', 'renewal', 'higher']
    """
    normal_quantile(level)
    check_days(window_days)
    if of not in OF:
        raise ArgumentError(f"of must be one of {', '.join(map(repr, OF))}; got {of!r}.")
    asked = _Asked(moments=moments, of=of, window_days=window_days, by=by, sent=sent, offers=offers)
    found = _again(base, asked) if of == AGAIN else _of_contracts(base, asked)
    stretches = stretches_of(found.watched, found.windows)
    population = Population(found.watched, found.windows, stretches, found.own)
    cells = cells_of(found.watched, stretches, found.segment)
    jumps, compared = jumps_of(population, cells)
    frame = figures.figures_of(found.asked_days, found.windows, cells, jumps, level)
    frame = frame.assign(compared=compared, in_words=[found.said(name) for name in found.asked_days])
    frame = figures.with_money(frame, found.watched, stretches)
    frame = frame.assign(**figures.coming(found.now, frame))
    ages = figures.by_age(found.watched, found.windows)
    return KeyMoments(
        frame=frame,
        segments=_by_segment(found, population, cells, compared, level) if by else None,
        monthly=figures.monthly_hazard(cells, figures.dated_in_life(ages), level),
        marks=figures.marks_of(ages, list(found.asked_days), found.windows.days, cells, level),
        now=found.now,
        of=of,
        by=by,
        level=level,
        n=len(found.watched),
        n_ended=int(found.watched.ended.sum()),
        notes=tuple(found.notes),
        source=getattr(base, "source", "a table"),
        currency=getattr(base, "currency", "$"),
    )


@dataclass(frozen=True)
class _Asked:
    moments: object
    of: str
    window_days: int
    by: str | None
    sent: AnyTable | None
    offers: object


@dataclass(frozen=True, eq=False)
class _Found:
    """Who is watched, what came to them, and in which group they are."""

    watched: Watched
    windows: Windows
    asked_days: Mapping[str, int]  # moment -> days of its window
    own: np.ndarray | None  # (n,) whose offer each came back for; None: no moment has customers of its own
    segment: np.ndarray  # (n,) place among the names
    names: list  # of segments
    now: pd.DataFrame  # who is here on the last day, or away, and met a moment lately
    notes: list[str]

    def said(self, name: str) -> str:
        return moment_in_words(name) if self.watched.dated else f"the end of the {short_words('offer', name)} offer"


def _of_contracts(base, asked: _Asked) -> _Found:
    if not isinstance(base, ContractBase):
        raise ArgumentError(
            f"Moments of {asked.of} are asked of contracts with dates: give what read_contracts returns."
        )
    if asked.sent is not None and asked.of == LEAVING:
        raise ArgumentError("sent goes with of='returning' only: lost customers are watched until an offer goes out.")
    watched, contract = first_lives(base) if asked.of == LEAVING else times_away(base, asked.sent)
    if not len(watched) or not watched.ended.any():
        raise ValueError(f"Nobody was seen {asked.of}: there is no hazard to speak of.")
    moments = moments_of(base, watched)
    there = moments["event"].value_counts().to_dict()
    days = asked_windows(there, asked.moments, asked.window_days)
    left_out = [name for name in there if name not in days] if asked.moments is None else []
    segment, names = _segments(base.contracts.iloc[contract].reset_index(drop=True), asked)
    notes = told_of_moments(moments, days, left_out)
    return _Found(
        watched=watched,
        windows=windows_of(moments, days),
        asked_days=days,
        own=None,
        segment=segment,
        names=names,
        now=_now(base, days, asked.of),
        notes=notes,
    )


def _again(base: AnyTable, asked: _Asked) -> _Found:
    if asked.moments is not None:
        raise ArgumentError("of='leaving again' looks at the end of each offer; moments cannot be chosen.")
    table = base.lapsed(sent=asked.sent) if isinstance(base, ContractBase) and asked.sent is not None else base
    offers = asked.offers if asked.offers is not None else getattr(base, "offers", None)
    if offers is None:
        raise ValueError("offers must say how long each offer runs, such as load_offers('offers.toml').")
    watched, known = second_lives(table, asked.by)
    windows, names = ends_of_offers(known, watched, as_catalog(offers), asked.window_days)
    segment, groups = _segments(known, asked)
    days = dict.fromkeys(names, asked.window_days)
    nobody = pd.DataFrame({"customer_id": [], "moment": [], "day": [], "days_left": [], "margin": []})
    return _Found(
        watched=watched,
        windows=windows,
        asked_days=days,
        own=pd.Index(names).get_indexer(known["offer"]),
        segment=segment,
        names=groups,
        now=nobody,
        notes=[],
    )


def _segments(table: pd.DataFrame, asked: _Asked) -> tuple[np.ndarray, list]:
    """Return the place of each row's group, and the groups in words; those of a missing one come last."""
    if asked.by is None:
        return np.zeros(len(table), dtype=np.int64), []
    late = asked.of == LEAVING and asked.by in AFTER
    if asked.by not in table or late:
        said = "is known of those who left only, not before" if late else "is not a column of the table"
        there = to_choose_from(asked.by, [name for name in table.columns if name not in AFTER])
        raise TableError("customers", [Problem(asked.by, said, 0, "", there)])
    codes, values = label_codes(table[asked.by])
    if len(values) > MOST_SEGMENTS:
        said = f"has {len(values):,} different values, too many to be groups"
        raise TableError("customers", [Problem(asked.by, said, 0, "", "Give a column of classes.")])
    names = [short_words(asked.by, value) for value in values]
    missing = codes < 0
    return np.where(missing, len(values), codes), [*names, "not known"] if missing.any() else names


def _by_segment(found: _Found, population: Population, cells: Cells, compared, level: float) -> pd.DataFrame:
    """Return the ratios by group, those of a moment together, and whether they differ."""
    parts = []
    for kind, name in enumerate(found.asked_days):
        if compared[kind] == NOBODY:
            continue
        jumps = jumps_by_segment(population, cells, kind, found.segment, compared[kind] == NEIGHBOURS)
        inside = np.bincount(cells.segment, cells.lost * cells.open[:, kind], minlength=len(found.names))
        part = {"moment": name, "in_words": found.said(name), "segment": found.names, "n_ended": inside.astype(int)}
        parts.append(pd.DataFrame({**part, **figures.ratios(jumps, level), "differ": jumps.differ()}))
    columns = ("moment", "in_words", "segment", "n_ended", "ratio", "ratio_low", "ratio_high", "verdict", "differ")
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))


def _now(base: ContractBase, days: Mapping[str, int], of: str) -> pd.DataFrame:
    """Return who is here, or away, on the last day and met a moment lately, and how many days its window is still open.

    Among them are those of the last three months whose window has closed, with less than 0 days left.
    """
    lives = base.all_lives
    rows = np.flatnonzero(lives.is_last & (lives.ended if of == RETURNING else lives.runs & (lives.number == 1)))
    row_of = np.full(len(base.ids), -1)
    row_of[lives.customer[rows]] = rows
    happened = base.happened[base.happened["event"].isin(list(days))]
    customer, day = (happened[name].to_numpy(dtype=np.int64) for name in ("customer", "day"))
    row = row_of[customer]
    begin = lives.end if of == RETURNING else lives.start
    length = happened["event"].map(days).to_numpy(dtype=np.int64)
    left = day + length - base.last
    kept = (row >= 0) & (day >= begin[row]) & (left >= np.minimum(0, length - figures.LATELY))
    found = pd.DataFrame(
        {
            "customer_id": base.ids[customer[kept]],
            "moment": happened["event"].to_numpy()[kept],
            "day": dates_of(day[kept]),
            "days_left": left[kept],
            "margin": lives.margin[row[kept]],
        }
    )
    return found.sort_values(["days_left", "margin"], ascending=[True, False], ignore_index=True)
