"""Which manager served whom, and which customers followed one who left? Alone, or as a team of several.

Managers leave on known days. Who was served by whom is drawn given when customers left [see `moments`], so that those
served alone follow far more often than those served by a team. Who stays is handed to a colleague of the same team.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, day_of
from winback.datasets.telecom.moments import CumulativeHazard, Jump, chosen

N_MANAGERS = planted.N_TEAMS * planted.TEAM_SIZE
NAMES = np.array([f"M{number:02d}" for number in range(1, N_MANAGERS + 1)], dtype=object)
NEVER = 10**6  # a day on which no manager leaves


def departures() -> np.ndarray:
    """Return the day on which each manager leaves: the first of each team until all who leave are placed."""
    days = np.full(N_MANAGERS, NEVER)
    leavers = np.arange(len(planted.DEPARTURES)) * planted.TEAM_SIZE
    days[leavers] = [day_of(month) for month in planted.DEPARTURES]
    return days


def indifferent() -> np.ndarray:
    """Return the places of the indifferent managers: the last ones, who stay."""
    return np.arange(N_MANAGERS - planted.N_INDIFFERENT, N_MANAGERS)


@dataclass(frozen=True)
class Served:
    """Who served each life: ``manager`` (place; -1 = nobody), ``by_team``, and what came of a departure."""

    manager: np.ndarray  # of those served alone the first one; of a team its first member
    by_team: np.ndarray
    followed: np.ndarray  # left because the manager had left
    table: pd.DataFrame  # customer_id, manager, from, to (days; to is missing where the service goes on)
    last: np.ndarray  # name of the manager at the end of the life or of the study; None = nobody
    events: pd.DataFrame


def draw_managers(lives: pd.DataFrame, rng: np.random.Generator) -> Served:
    """Draw who served each life, given when it ended."""
    plans, is_team = _plans(lives, rng)
    gone = departures()
    manager = np.where(plans < 0, -1, np.where(is_team, (plans - N_MANAGERS) * planted.TEAM_SIZE, plans))
    ratio = np.where(is_team, planted.TEAM_RATIO, planted.ALONE_RATIO)
    left_on = np.where(manager >= 0, gone[manager], NEVER)
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    in_window = (start < left_on) & (left_on < end) & (end <= left_on + planted.MANAGER_DAYS)
    followed = in_window & (rng.uniform(size=len(lives)) < (ratio - 1) / ratio)
    table, last = _service(lives, manager, is_team, left_on)
    events = _departure_events(lives, manager, left_on)
    return Served(manager, is_team, followed, table=table, last=last, events=events)


def _plans(lives: pd.DataFrame, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a plan for each life: -1 = no manager of its own, a manager, or ``N_MANAGERS`` + a team."""
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    hazard = CumulativeHazard.of(start, end)
    gone = departures()
    n_plans = 1 + N_MANAGERS + planted.N_TEAMS
    odds = np.zeros((n_plans, len(lives)), dtype=np.float32)
    alone = Jump(planted.ALONE_RATIO, planted.MANAGER_DAYS, planted.SERVED_ALONE / N_MANAGERS)
    team = Jump(planted.TEAM_RATIO, planted.MANAGER_DAYS, planted.SERVED_BY_TEAM / planted.N_TEAMS)
    for place in np.flatnonzero(gone < NEVER):
        was_there = start < gone[place]
        odds[1 + place] = np.where(was_there, alone.log_odds(end, gone[place], hazard), -np.inf)
        of_team = 1 + N_MANAGERS + place // planted.TEAM_SIZE
        odds[of_team] = np.where(was_there, team.log_odds(end, gone[place], hazard), 0.0)
    blamed = (lives["reason"] == "indifference").to_numpy()
    odds[np.ix_(1 + indifferent(), blamed)] += np.log(planted.INDIFFERENT_RATIO)
    each = (1 - planted.SERVED_ALONE - planted.SERVED_BY_TEAM, alone.share, team.share)
    shares = np.repeat(each, [1, N_MANAGERS, planted.N_TEAMS])
    plans = chosen(shares[:, None].astype(np.float32), odds, rng) - 1
    return plans, plans >= N_MANAGERS


def _service(lives, manager, is_team, left_on) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table of service, and who served last."""
    start, end = lives["start"].to_numpy(), lives["end"].to_numpy()
    handed = (manager >= 0) & (start < left_on) & (left_on < end) & (left_on <= LAST_DAY)
    arrived_after = (manager >= 0) & (left_on <= start)  # of a team whose first member had left
    alone = (manager >= 0) & ~is_team
    first_to = np.where(handed, left_on, end)
    rows = [
        _rows(lives, alone | (is_team & ~arrived_after), manager, (start, first_to)),
        _rows(lives, alone & handed, manager + 1, (np.minimum(left_on + 1, end), end)),
    ]
    rows += [_rows(lives, is_team, manager + more, (start, end)) for more in range(1, planted.TEAM_SIZE)]
    table = pd.concat(rows, ignore_index=True)
    table = table.sort_values(["customer_id", "from", "manager"], kind="stable", ignore_index=True)
    last = np.where(handed | arrived_after, manager + 1, manager)
    return table, np.where(manager >= 0, NAMES[np.maximum(last, 0)], None)


def _rows(lives, kept, manager, span) -> pd.DataFrame:
    """Return one row of service for each life that is kept; service that goes on has no end."""
    since, until = span
    until = pd.Series(until[kept], dtype="float64")
    return pd.DataFrame(
        {
            "customer_id": lives["customer_id"].to_numpy()[kept],
            "manager": NAMES[manager[kept]],
            "from": since[kept],
            "to": until.where(until <= LAST_DAY),
        }
    )


def _departure_events(lives, manager, left_on) -> pd.DataFrame:
    there = (manager >= 0) & (lives["start"].to_numpy() < left_on) & (left_on < lives["end"].to_numpy())
    there &= left_on <= LAST_DAY
    return pd.DataFrame(
        {
            "customer_id": lives["customer_id"].to_numpy()[there],
            "day": left_on[there],
            "event": "manager_left",
            "amount": np.nan,
            "manager": NAMES[manager[there]],
        }
    )
