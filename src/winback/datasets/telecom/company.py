"""The company around the study's leavers: everybody's contracts, what happened to them, and who served them.

The lives come first [see `lives`]. All else is drawn given them, each part from a random stream of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, day_of, on, study_days
from winback.datasets.telecom.complaints import complaint_events, referral_events
from winback.datasets.telecom.contracts import contract_table
from winback.datasets.telecom.effort import effort_events
from winback.datasets.telecom.exits import draw_exits
from winback.datasets.telecom.lives import draw_lives
from winback.datasets.telecom.managers import draw_managers
from winback.datasets.telecom.moments import draw_price_changes, draw_terms, draw_welcome, moment_events
from winback.datasets.telecom.surveys import survey_events
from winback.datasets.telecom.usage import draw_shrinking, volume_events

# One random stream per part. New parts go to the end, so that older ones never change.
PARTS = (
    "other_losses",
    "other_tenures",
    "other_counts",
    "told",
    "second_lives",
    "back",
    "welcome",
    "terms",
    "price_changes",
    "complaints",
    "referrals",
    "managers",
    "surveys",
    "shrinking",
    "volume",
    "effort",
    "exit_texts",
    "untrue",
    "went_to",
    "plan_changes",
)


@dataclass(frozen=True)
class TelecomCompany:
    """The company's tables, and the truth behind them.

    The truth has one row per life: ``customer_id``, ``life``, ``start``, ``end`` (the true one, also after the end of
    the study), ``reason`` (stated) and ``true_reason``, ``welcome_months``, ``term``, ``by_team``, ``followed`` (a
    manager who had left), ``shrinks`` (volume before leaving), ``told`` (of the new service, after this life).

    ``moments`` says after which events the hazard of leaving (after ``new_service``: of coming back) was made to jump:
    ``event``, ``among`` whom (empty: all), ``ratio`` of hazards (1 = no effect), ``days`` after it.
    """

    contracts: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    served_by: pd.DataFrame = field(repr=False)
    truth: pd.DataFrame = field(repr=False)
    moments: pd.DataFrame = field(repr=False)


def draw_company(
    lapsed: pd.DataFrame, outcomes: pd.DataFrame, scale: float, seed: np.random.SeedSequence
) -> TelecomCompany:
    """Draw the company around the study's leavers; ``scale`` is that of first margins."""
    streams = {
        part: np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, place)))
        for place, part in enumerate(PARTS)
    }
    lives = draw_lives(lapsed, outcomes, scale, streams)
    served = draw_managers(lives, streams["managers"])
    surveys = survey_events(lives, streams["surveys"])
    exits = draw_exits(lives, served.followed, streams)
    planted_in = pd.DataFrame(
        {
            "welcome_months": draw_welcome(lives, streams["welcome"]),
            "term": draw_terms(lives, streams["terms"]),
            "by_team": served.by_team,
            "followed": served.followed & (lives["end"] <= LAST_DAY),
            "shrinks": draw_shrinking(lives, streams["shrinking"]),
            "told": lives["told"],
        }
    )
    size = len(lapsed) / assumed.N_LEAVERS
    happened = [served.events, surveys, *_what_happened(lives, planted_in, served.manager, size, streams)]
    said = {name: exits[name] for name in ("exit_text", "reported_by", "went_to")}
    known = lives.assign(manager=served.last, satisfaction=_last_answer(lives, surveys), **said)
    return TelecomCompany(
        contracts=contract_table(known, streams["plan_changes"]),
        events=_dated_events(happened),
        served_by=_dated_service(served.table),
        truth=pd.concat([_dated_lives(lives), exits[["true_reason"]], planted_in], axis=1),
        moments=pd.DataFrame(planted.MOMENTS, columns=["event", "among", "ratio", "days"]),
    )


def _what_happened(lives, planted_in, manager, size, streams) -> list[pd.DataFrame]:
    """Return the events that come to lives, but for surveys and managers' departures."""
    welcome, term = (planted_in[name].to_numpy() for name in ("welcome_months", "term"))
    shrinks = planted_in["shrinks"].to_numpy()
    return [
        moment_events(lives, welcome, term, draw_price_changes(lives, streams["price_changes"])),
        complaint_events(lives, streams["complaints"]),
        referral_events(lives, streams["referrals"]),
        volume_events(lives, shrinks, size, streams["volume"]),
        effort_events(lives, manager, streams["effort"]),
        _told_of_the_service(lives),
    ]


def _dated_lives(lives: pd.DataFrame) -> pd.DataFrame:
    dates = {name: pd.Series(on(lives[name].to_numpy())).astype("datetime64[ns]") for name in ("start", "end")}
    return lives[["customer_id", "life"]].assign(**dates, reason=lives["reason"])


def sent_table(lapsed: pd.DataFrame) -> pd.DataFrame:
    """Return the campaign: one row per leaver with the offer, its day, and what was known when it was drawn."""
    offered = pd.Series(on(study_days(lapsed)["offered"].to_numpy())).astype("datetime64[ns]")
    known = lapsed[["offer", "eligible", "offer_probability", "contact_attempts"]]
    return pd.DataFrame({"customer_id": lapsed["customer_id"], "offered_on": offered, **known})[
        ["customer_id", "offer", "offered_on", "eligible", "offer_probability", "contact_attempts"]
    ]


def _told_of_the_service(lives: pd.DataFrame) -> pd.DataFrame:
    ids = lives.loc[lives["told"], "customer_id"].to_numpy()
    return pd.DataFrame({"customer_id": ids, "day": day_of(planted.NEW_SERVICE), "event": "new_service"}).assign(
        amount=np.nan
    )


def _last_answer(lives: pd.DataFrame, surveys: pd.DataFrame) -> np.ndarray:
    """Return each life's last answer on satisfaction; missing where there was none."""
    answers = surveys[surveys["event"] == "satisfaction"].sort_values("day", kind="stable")
    spans = lives[["customer_id", "start", "end"]].assign(place=np.arange(len(lives)))
    joined = answers.merge(spans, on="customer_id")
    joined = joined[(joined["start"] <= joined["day"]) & (joined["day"] < joined["end"])]
    last = joined.groupby("place")["amount"].last()
    return last.reindex(np.arange(len(lives))).to_numpy()


def _dated_events(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all events in one table, sorted by event, customer and day."""
    table = pd.concat(found, ignore_index=True).sort_values(["event", "customer_id", "day"], kind="stable")
    return pd.DataFrame(
        {
            "customer_id": table["customer_id"].to_numpy(),
            "date": on(table["day"].to_numpy(np.int64)).astype("datetime64[ns]"),
            "event": pd.Categorical(table["event"]),
            "amount": table["amount"].to_numpy(),
            "manager": pd.Categorical(table["manager"]),
        }
    )


def _dated_service(table: pd.DataFrame) -> pd.DataFrame:
    going_on = table["to"].isna().to_numpy()
    last = on(np.where(going_on, 0, table["to"]).astype(np.int64))
    return pd.DataFrame(
        {
            "customer_id": table["customer_id"],
            "manager": pd.Categorical(table["manager"]),
            "from": pd.Series(on(table["from"].to_numpy(np.int64))).astype("datetime64[ns]"),
            "to": pd.Series(last).astype("datetime64[ns]").where(~going_on),
        }
    )
