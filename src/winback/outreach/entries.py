"""What stands in a playbook? Channels, rules with their steps, remedies, causes and aftercare, as plain settings.

What is wrong with them is said when they are put together, all at once, see `winback.outreach.playbook.Playbook`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

SOURCES = ("practice", "study", "assumption")


class Entry:
    """What stands in a playbook: lists become tuples, and one text in place of several is a list of one."""

    def __post_init__(self):
        for each in fields(self):
            value = getattr(self, each.name)
            if "tuple[" in str(each.type) and isinstance(value, str | list):
                object.__setattr__(self, each.name, (value,) if isinstance(value, str) else tuple(value))


@dataclass(frozen=True)
class Channel(Entry):
    """A way to reach customers.

    Parameters
    ----------
    name : str
        As in the steps; who may be reached by it stands in the customers' column ``consent_<name>``.
    cost : float
        Of one contact, in money.
    per_day : int, optional
        How many contacts can be made on a day, by all agents together; without it there is no limit.
    on_quiet_days : bool
        Whether customers may be reached on quiet days, too.
    agents : tuple of str
        Who makes the contacts; they share out those that no step gives to somebody else, such as a manager, or all
        where every step is given to the same.
    consent : str
        The customers' column that says who may be reached by it, where it is not called ``consent_<name>``.
    """

    name: str
    cost: float = 0.0
    per_day: int | None = None
    on_quiet_days: bool = False
    agents: tuple[str, ...] = ()
    consent: str = ""


@dataclass(frozen=True)
class Step(Entry):
    """One contact in a chain of them.

    Parameters
    ----------
    channel : str
        Name of a channel.
    after_days : int
        Days after the step it follows; the first step's count from the first possible day.
    after_leaving_days : int, optional
        Of the first step, instead: days after the customer left that are waited for at least.
    after : str, optional
        Name of the step it follows; the one before it, unless said.
    name : str, optional
        By which other steps follow it.
    by : str
        Who does it, such as a manager.
    message : str
        What is said, as in a note to whoever does it.
    brings_offer : bool
        Whether the offer, and the remedy for the customer's reason, is made with it.
    apology : bool
        Whether it apologises; then the chain brings an offer or a remedy.
    stop_if : str
        What ends the chain before this step, besides a purchase, in words.
    cost : float, optional
        In money; the channel's, unless said.
    """

    channel: str
    after_days: int = 0
    after_leaving_days: int | None = None
    after: str | None = None
    name: str | None = None
    by: str = ""
    message: str = ""
    brings_offer: bool = False
    apology: bool = False
    stop_if: str = ""
    cost: float | None = None


@dataclass(frozen=True)
class Rule(Entry):
    """Whom a chain of steps is for. What is not asked for holds for everybody.

    Parameters
    ----------
    name : str
        What it is called.
    steps : tuple of Step
        The chain.
    reasons : tuple of str, optional
        Any of these reasons for leaving; who left for "both" left for price and for service.
    months_away : (float, float), optional
        From so many months after leaving up to, not including, so many; the offer is made before these end, too.
    margin_from : float, optional
        Money per month earned with the customer in the first lifetime, at least.
    offers : tuple of str, optional
        Any of these offers.
    within_days : int
        The whole chain must be done so many days after its first possible day.
    why : str
        Why it is done so, as said to whoever does it.
    source : {"practice", "study", "assumption"}
        Where it comes from.
    """

    name: str
    steps: tuple[Step, ...]
    reasons: tuple[str, ...] | None = None
    months_away: tuple[float, float] | None = None
    margin_from: float | None = None
    offers: tuple[str, ...] | None = None
    within_days: int = 30
    why: str = ""
    source: str = "assumption"

    @property
    def is_for_all(self) -> bool:
        """Whether nothing is asked of a customer."""
        return self.reasons is self.months_away is self.margin_from is self.offers is None


@dataclass(frozen=True)
class Remedy(Entry):
    """What answers a reason for leaving; it is said with the step that brings the offer."""

    text: str
    reasons: tuple[str, ...] | None = None  # any of these; without them it answers every reason
    cost: float = 0.0  # money per customer
    source: str = "assumption"


@dataclass(frozen=True)
class Cause(Entry):
    """What drove customers away: whether it still stands, or since when it is mended."""

    reason: str
    remedied_on: date | None = None
    stands: bool = False  # nobody who left for it is offered anything, unless told otherwise
    told: str = ""  # what those who left for it before are told of the mending


@dataclass(frozen=True)
class Occasion(Entry):
    """A day for a contact: ``"12-24"`` of every year, a date, or a column of the customers such as their birthday."""

    name: str
    day: str | date | None = None
    column: str | None = None


@dataclass(frozen=True)
class News(Entry):
    """A new product or a promotion, and since when there is one."""

    name: str
    since: date


@dataclass(frozen=True)
class Aftercare(Entry):
    """What follows a purchase: steps counted from its day, then one contact a month with occasions and news."""

    steps: tuple[Step, ...] = ()
    monthly: Step | None = None  # every month after the purchase
    occasions: tuple[Occasion, ...] = ()
    news: tuple[News, ...] = ()
    source: str = "assumption"
