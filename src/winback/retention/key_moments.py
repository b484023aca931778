r"""After which moments do customers leave, come back, or leave again? `key_moments`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import dates_of
from winback.base.contract_tables import AFTER
from winback.doors import ArgumentError, door
from winback.labels import NOT_KNOWN, short_words
from winback.retention import jump_figures as figures
from winback.retention.beside import WITH_NEIGHBOURS, WITH_NOBODY, Population, jumps_by_segment, jumps_of
from winback.retention.exposure import Cells, cells_of, stretches_of
from winback.retention.found_moments import KeyMoments
from winback.retention.moments import (
    AGAIN,
    LEAVING,
    OF,
    RETURNING,
    asked_windows,
    check_days,
    moment_in_words,
    moments_of,
    notes_on,
    windows_of,
)
from winback.retention.watched import days_of_ends, ends_of_offers, first_lives, offer_months, second_lives, times_away
from winback.tables import AnyTable, ProblemList, label_codes
from winback.tables.likeness import to_choose_from
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.uncertainty import normal_quantile

WINDOW = 61  # days: two months, within which who was surprised by a bill has had it and has given notice
LATELY = 91  # days: who met a moment in the last three months stands for who will in the next
MOST_SEGMENTS = 12
AFTER_AN_OFFER = (
    "Customers of the campaign are watched until their offer went out, or would have: {:,} came back from then on, who "
    "do not count here; of them tells who compares offers."
)


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
    if of == AGAIN and moments is not None:
        raise ArgumentError("of='leaving again' looks at the end of each offer; moments cannot be chosen.")
    if of == AGAIN:
        found = _of_second_lives(base, window_days, by, sent, offers)
    else:
        found = _of_contracts(base, moments, of=of, window_days=window_days, by=by, sent=sent)
    population, watched = found.population, found.population.watched
    cells = cells_of(watched, population.windows, population.stretches, found.groups[0])
    frame = _figures(found, cells, level)
    ages = figures.by_age(population)
    left_out = figures.dated_in_life(ages) & (figures.is_claimed(frame["verdict"]) | (of == AGAIN))
    return KeyMoments(
        frame=frame,
        segments=_by_segment(found, cells, frame["compared"].to_numpy(), level) if by else None,
        monthly=figures.monthly_hazard(cells, left_out, level),
        marks=figures.marks_of(ages, list(found.asked), population.windows.days, cells, level),
        now=found.now,
        of=of,
        by=by,
        level=level,
        n=len(watched),
        n_ended=int(watched.ended.sum()),
        notes=tuple(found.notes),
        source=getattr(base, "source", "a table"),
        currency=getattr(base, "currency", "$"),
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Who is watched, what came to them, and in which group they are."""

    population: Population
    asked: Mapping[str, int]  # moment -> days of its window
    words: list[str]  # of each
    groups: tuple[np.ndarray, list]  # place of each among the groups, (n,), and the groups in words
    now: pd.DataFrame  # who is here on the last day, or away, and met a moment lately
    notes: list[str]


def _of_contracts(base, moments, *, of: str, window_days: int, by: str | None, sent) -> _Found:
    if not isinstance(base, ContractBase):
        raise ArgumentError(f"Moments of {of} are asked of contracts with dates: give what read_contracts returns.")
    if sent is not None and of == LEAVING:
        raise ArgumentError("sent goes with of='returning' only: lost customers are watched until an offer goes out.")
    watched, contract = first_lives(base) if of == LEAVING else times_away(base, sent)
    if not watched.ended.any():
        raise ValueError(f"Nobody was seen {of}: there is no hazard to speak of.")
    came = moments_of(base, watched)
    asked = asked_windows(came["event"].value_counts().to_dict(), moments, window_days)
    windows, notes = windows_of(came, asked), notes_on(came, asked, chosen=moments is not None)
    if sent is not None and (n := int(base.losses.came_back[watched.customer].sum() - watched.ended.sum())):
        notes.insert(0, AFTER_AN_OFFER.format(n))
    return _Found(
        Population(watched, windows, stretches_of(watched, windows)),
        asked,
        words=list(map(moment_in_words, asked)),
        groups=_groups(base.contracts.iloc[contract], by, AFTER if of == LEAVING else ()),
        now=_now(base, asked, of),
        notes=notes,
    )


def _of_second_lives(base, window_days, by, sent, offers) -> _Found:
    table = base.lapsed(sent=sent) if isinstance(base, ContractBase) and sent is not None else base
    offers = getattr(base, "offers", None) if offers is None else offers
    if offers is None:
        raise ValueError("offers must say how long each offer runs, such as load_offers('offers.toml').")
    watched, known = second_lives(table, by)
    windows, names = ends_of_offers(known, watched, as_catalog(offers), window_days)
    own, ends = pd.Index(names).get_indexer(known["offer"]), days_of_ends(offer_months(known, as_catalog(offers)))
    return _Found(
        Population(watched, windows, stretches_of(watched, windows), own, ends),
        dict.fromkeys(names, window_days),
        words=[f"the end of the {short_words('offer', name)} offer" for name in names],
        groups=_groups(known, by),
        now=pd.DataFrame(columns=["customer_id", "moment", "day", "days_left", "margin"]),
        notes=[],
    )


def _figures(found: _Found, cells: Cells, level: float) -> pd.DataFrame:
    """Return one row per moment, with how many met it lately."""
    jumps, compared = jumps_of(found.population, cells)
    frame = figures.figures_of(found.population, cells, jumps, level, compared == WITH_NEIGHBOURS)
    frame.insert(0, "moment", list(found.asked))
    since = found.now["moment"].map(found.asked).astype(float) - found.now["days_left"].astype(float)
    for name, some in (("n_open", found.now["days_left"] > 0), ("n_lately", since < LATELY)):
        n = found.now[some].groupby("moment")["customer_id"].nunique()
        frame[name] = frame["moment"].map(n).fillna(0).astype(int)
    inside = pd.Series(figures.inside_of(cells, frame["ratio"])).map(dict(enumerate(found.words)))
    days = list(found.asked.values())  # without those added for rounding
    return frame.assign(window_days=days, compared=compared, in_words=found.words, inside=inside)


def _groups(table: pd.DataFrame, by: str | None, late: Iterable[str] = ()) -> tuple[np.ndarray, list]:
    """Return the place of each row's group, and the groups in words; those of a missing one come last."""
    if by is None:
        return np.zeros(len(table), dtype=np.int64), []
    problems, there = ProblemList("customers", table), to_choose_from(by, [each for each in table if each not in AFTER])
    if by in late:
        problems.add(by, "is known of those who left only, not before", there)
    elif by not in table:
        problems.add(by, "is not a column of the table", there)
    elif (n := table[by].nunique()) > MOST_SEGMENTS:
        problems.add(by, f"has {n:,} different values, too many to be groups", "Give a column of classes.")
    problems.raise_if_any()
    codes, values = label_codes(table[by])
    missing = codes < 0
    names = [short_words(by, value) for value in values]
    return np.where(missing, len(values), codes), [*names, NOT_KNOWN] if missing.any() else names


def _by_segment(found: _Found, cells: Cells, compared: np.ndarray, level: float) -> pd.DataFrame:
    """Return the ratios by group, those of a moment together, and whether they differ."""
    segment, names = found.groups
    parts = []
    for kind in np.flatnonzero(compared != WITH_NOBODY):
        jumps = jumps_by_segment(found.population, cells, kind, segment, compared[kind] == WITH_NEIGHBOURS)
        inside = np.bincount(cells.segment, cells.lost * cells.open[:, kind], minlength=len(names)).astype(int)
        part = {"moment": list(found.asked)[kind], "in_words": found.words[kind], "segment": names, "n_ended": inside}
        told = figures.ratios(jumps, level)
        more = {"differ": jumps.differ()}
        if found.population.own is not None:  # whoever is told apart may be few, with hardly a hazard beside
            more = figures.shares_with_offer(found.population, kind, segment, inside, told)
        parts.append(pd.DataFrame({**part, **told, **more}))
    columns = ("moment", "in_words", "segment", "n_ended", "ratio", "ratio_low", "ratio_high", "verdict", "differ")
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    return frame if found.population.own is None else _holm(frame)


def _holm(segments: pd.DataFrame) -> pd.DataFrame:
    """Return the groups with Holm's p-values over the moments, each of which is one test."""
    p_values = segments.groupby("moment", sort=False)["differ"].first().dropna()
    if p_values.empty:
        return segments
    adjusted = pd.Series(multipletests(p_values, method="holm")[1], p_values.index)
    return segments.assign(differ=segments["moment"].map(adjusted))


def _now(base: ContractBase, asked: Mapping[str, int], of: str) -> pd.DataFrame:
    """Return who is here, or away, on the last day and met a moment lately, and how many days its window is still open.

    Among them are those of the last three months whose window has closed, with less than 0 days left.
    """
    lives = base.all_lives
    here = lives.is_last & (lives.ended if of == RETURNING else lives.runs & (lives.number == 1))
    begin = lives.end if of == RETURNING else lives.start
    customers = pd.DataFrame({"customer": lives.customer, "begin": begin, "margin": lives.margin})[here]
    found = base.happened[base.happened["event"].isin(list(asked))].merge(customers, on="customer")
    length = found["event"].map(asked).astype(int)
    found = found.rename(columns={"event": "moment"}).assign(days_left=found["day"] + length - base.last)
    found = found[(found["day"] >= found["begin"]) & (found["days_left"] >= np.minimum(0, length - LATELY))]
    found = found.assign(customer_id=base.ids[found["customer"]], day=dates_of(found["day"].to_numpy()))
    found = found.sort_values(["days_left", "margin"], ascending=[True, False], ignore_index=True)
    return found[["customer_id", "moment", "day", "days_left", "margin"]]
