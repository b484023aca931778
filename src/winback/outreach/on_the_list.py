"""Who is on the list that is planned, as they are on its first day? Checked once, also what their contacts cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.base.lapsed import Lapsed
from winback.outreach.first_day import makes_the_offer
from winback.outreach.matching import is_sent_an_offer
from winback.outreach.playbook import Playbook
from winback.outreach.reached import months_to_wait
from winback.outreach.slots import refuse_unless_read
from winback.outreach.unclear_consent import refuse_unclear_consent
from winback.periods import DAYS_IN_MONTH
from winback.policies.contact_list import ContactList
from winback.policies.learned import LearnedPolicy
from winback.policies.list_day import GRACE
from winback.results import counted
from winback.tables import AnyTable, ProblemList
from winback.tables.ids import as_index
from winback.tables.kinds import WHAT_IS_READ, parse_flag
from winback.trial.outcomes import trial_groups, trial_money
from winback.trial.same_terms import contacts_in_words
from winback.trial.trial import Trial

MOST_NAMED = 5
LEAVE_BEFORE = "Correct the dates, leave these customers out, or begin later."
CENT = 0.005
LATER = "customers seen later"


def list_of(
    policy: LearnedPolicy | ContactList,
    customers: AnyTable | None,
    keep_back: float,
    rng: int | np.random.Generator | None,
    first: np.datetime64,
) -> ContactList:
    """Return the list that is planned; a policy makes one as of the first day of the plan, on whatever day it is made.

    Raises
    ------
    ValueError
        When a list is given and customers, or a share to keep back, beside it; or when it has a customer twice.
    """
    if isinstance(policy, LearnedPolicy):
        return policy.contact_list(customers, keep_back=keep_back, asof=first.item(), rng=rng)
    if customers is not None or keep_back:
        raise ValueError("customers and keep_back are for a policy. This list has its own: leave both out.")
    refuse(policy.frame["customer_id"], policy.frame["customer_id"].duplicated(), "stand on the list more than once")
    return policy


def refuse(ids: pd.Series, rows: pd.Series | np.ndarray, what: str, remedy: str = "List each once.") -> None:
    """Refuse customers, named by the first of their ids.

    Examples
    --------
    >>> refuse(pd.Series([7, 8]), np.array([False, True]), "stand on the list more than once")
    Traceback (most recent call last):
    ValueError: 1 of the customers stand on the list more than once (customer 8). List each once.
    """
    found = pd.unique(ids[np.asarray(rows)])
    if len(found):
        raise ValueError(f"{len(found):,} of the customers {what} (customer {_named(found)}). {remedy}")


def _named(ids: Sequence) -> str:
    """Name the first few of some ids."""
    return ", ".join([*map(str, ids[:MOST_NAMED]), *(["..."] if len(ids) > MOST_NAMED else [])])


def playbook_of(listed: ContactList, playbook: Playbook | None) -> Playbook:
    """Return the playbook of a plan: the one whose costs the list's trial counts, unless another is given.

    Raises
    ------
    ValueError
        When the trial counts no playbook's costs, when contacts would cost something else than it counts, or when a
        column looks like consent and it is not clear to which channel.
    """
    trial = listed.value.trial
    counted = trial.contact_costs
    if playbook is None and isinstance(counted, Playbook):
        playbook = counted
    if playbook is None or counted is None or not _cost_alike(trial, counted, playbook, listed):
        given = "" if playbook is None else f", not {contacts_in_words(trial.over(contact_costs=playbook))}"
        raise ValueError(
            f"The list was made from a trial with {contacts_in_words(trial)}{given}: a plan must spend what its policy "
            "was learned with. Learn it from trial.over(contact_costs=playbook), and list with that."
        )
    refuse_unclear_consent(playbook.channels, playbook.rules, listed.customers)
    return playbook


def _cost_alike(trial: Trial, counted, playbook: Playbook, listed: ContactList) -> bool:
    """Say whether contacts cost the same: other limits, agents or words are no other costs."""
    if counted == playbook:
        return True
    sent = trial.customers[is_sent_an_offer(trial.customers)]
    asked = (sent, listed.customers.assign(offer=listed.frame["offer"]))
    return all(np.allclose(counted.contact_costs(each), playbook.contact_costs(each), atol=CENT) for each in asked)


def due_on_contact(trial: Trial, people: pd.DataFrame) -> np.ndarray:
    """Return what each customer's offer costs if nobody buys, (n,): what its terms say is paid with the contact.

    Examples
    --------
    >>> import winback as wb
    >>> table = {"offer": ["gift", "gift", "none", "none"], "returned": [True, False] * 2, "value": [50, None] * 2}
    >>> table = pd.DataFrame(table).assign(customer_id=range(4))
    >>> trial = wb.read_trial(table, [wb.Offer(name="gift", amount=8, paid="per_contact")])
    >>> due_on_contact(trial, pd.DataFrame({"customer_id": [7, 8], "offer": ["gift", "none"]})).tolist()
    [8.0, 0.0]
    """
    catalog = replace(trial.offers.as_paid, contact_costs=None, horizon_months=None, annual_discount=None)
    deciding = [name for name in dict.fromkeys(each.tailored_by for each in catalog) if name in people]
    nobody_buys = people[["customer_id", "offer", *deciding]].assign(returned=False, value=0.0)
    return trial_money(nobody_buys, catalog, trial_groups(nobody_buys, catalog))[1]


def people_on(listed: ContactList, first: np.datetime64) -> pd.DataFrame:
    """Return the customers of a list as they are on a day, with their ``offer``; ``left_on`` where it can be told.

    Where only the months away are known, they are taken for those of that day.

    Raises
    ------
    ValueError
        When the day is before that of the list, or of a date on which some have left.
    """
    people = listed.customers.assign(offer=listed.frame["offer"].to_numpy())
    left = pd.Series(people.get("left_on", pd.NaT), people.index, dtype="datetime64[s]")
    months = pd.Series(people.get("months_away", np.nan), people.index, dtype=float)
    refuse_later_leavers(people["customer_id"], left, first)
    made = (left + _days(months.fillna(0.0))).max()
    if made > pd.Timestamp(first):
        raise ValueError(f"start ({first}) is before the day of the list, {made:%Y-%m-%d}. Begin then or later.")
    now = (pd.Timestamp(first) - left).dt.days / DAYS_IN_MONTH
    left = left.fillna(pd.Timestamp(first) - _days(months))
    return people.assign(left_on=left, months_away=now.fillna(months))


def refuse_later_leavers(ids: pd.Series, left: pd.Series, first: np.datetime64) -> None:
    """Refuse a few dates of leaving after the first day of a plan; where all are, that day is too early.

    Examples
    --------
    >>> left = pd.Series(pd.to_datetime(["2026-12-01", "2027-06-01"]))
    >>> refuse_later_leavers(pd.Series([7, 8]), left, np.datetime64("2027-01-04"))
    Traceback (most recent call last):
    ValueError: 1 of the customers left after start (2027-01-04), the last on 2027-06-01 (customer 8). Correct ...
    """
    later = leave_later(left, first)
    if later.any():
        refuse(ids, later, f"left after start ({first}), the last on {left.max():%Y-%m-%d}", LEAVE_BEFORE)


def leave_later(left: pd.Series, first: np.datetime64) -> np.ndarray:
    """Return who left after a day, (n,), where not all did: then it is the day that is wrong."""
    later = (left > pd.Timestamp(first)).to_numpy()
    return later & (not later[left.notna()].all())


def last_offered(people: pd.DataFrame, planned: pd.DataFrame) -> np.ndarray:
    """Return the last day on which plans made before make each customer an offer, (n,); NaT where none does."""
    offered = offers_begun(planned)
    place = places_among(offered["customer_id"], as_index(people["customer_id"])) if len(offered) else np.zeros(0, int)
    last = np.full(len(people), np.datetime64("NaT", "D"))
    np.fmax.at(last, place[place >= 0], offered["date"].to_numpy(dtype="datetime64[D]")[place >= 0])
    return last


def asked_before(listed: ContactList, people: pd.DataFrame, last: np.ndarray, first: np.datetime64) -> np.ndarray:
    """Tell who was ``last`` made an offer by a plan made before, (n,), and not yet waited as long as its terms say."""
    waits = months_to_wait(listed.value.trial.offers, people)
    since = (first - last).astype(float) / DAYS_IN_MONTH
    return ~np.isnat(last) & ~((since >= 0) & (since >= waits))


def offers_begun(planned: pd.DataFrame) -> pd.DataFrame:
    """Return the contacts by which plans made before first make a customer an offer, one each time that one is made.

    What follows with a later step, such as a reminder, makes no other; nor does what goes ahead, such as the
    announcement of a visit, unless no contact is left that makes it.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": 7, "date": pd.to_datetime(["2026-01-05", "2026-01-12", "2026-01-19"])})
    >>> rows = rows.assign(step=[1, 2, 3], offer="gift", plan=0, channel="letter")
    >>> offers_begun(rows.assign(message=["Announce.", "Come back. Offer: gift.", "Remind."]))["step"].tolist()
    [2]
    """
    rows = planned[is_sent_an_offer(planned)].drop_duplicates(["customer_id", "step", "date", "channel"])
    rows = rows.assign(step=pd.to_numeric(rows["step"], errors="coerce"), ahead=~makes_the_offer(rows))
    rows = rows.sort_values(["plan", "date", "step"], kind="stable")
    goes_on = rows["step"] > rows.groupby(["plan", "customer_id"])["step"].shift()
    rows = rows.assign(time=(~goes_on).groupby([rows["plan"], rows["customer_id"]]).cumsum())
    one_time = ["plan", "customer_id", "time"]
    return rows.sort_values("ahead", kind="stable").drop_duplicates(one_time)


def away_too_long(listed: ContactList, people: pd.DataFrame) -> np.ndarray:
    """Tell who has been away, by the first day, for clearly longer than anybody whom the trial sent an offer, (n,)."""
    known = listed.value.trial.customers.get("months_away")
    if known is None or known.isna().all():
        return np.zeros(len(people), dtype=bool)
    return (people["months_away"] > known.max() + GRACE).to_numpy()


def _days(months: pd.Series) -> pd.Series:
    return pd.to_timedelta((months * DAYS_IN_MONTH).round(), unit="D")


def is_back(ids: pd.Series, back: Lapsed | pd.DataFrame | Iterable) -> np.ndarray:
    """Tell who has bought again: the ids given, or the rows of a table, those that say ``returned`` where it does.

    Examples
    --------
    >>> later = pd.DataFrame({"customer_id": [7, 8], "returned": [True, False]})
    >>> is_back(pd.Series([7, 8, 9]), later).tolist(), is_back(pd.Series([7, 8, 9]), [9]).tolist()
    ([True, False, False], [False, False, True])
    """
    who, each = _who_is_back(back), ids.drop_duplicates()  # of contacts an id stands in several rows
    place = places_among(who, as_index(each)) if len(who) and len(each) else np.zeros(0, dtype=int)
    return ids.isin(each.iloc[place[place >= 0]]).to_numpy()


def back_in_words(ids: pd.Series, back: Lapsed | pd.DataFrame | Iterable) -> str:
    """Say how many are back of those to be contacted, and which of the ids given for it are not among them.

    Examples
    --------
    >>> back_in_words(pd.Series([7, 8, 9]), [9, 10])
    '1 of those to be contacted is back and left out. Not among them is 1 of the 2 ids given for it: 10.'
    """
    who = pd.Series(_who_is_back(back).dropna().unique())
    n = int(is_back(ids, back).sum())
    unknown = who[places_among(who, as_index(ids)) < 0] if len(who) else who
    said = f"{counted(n, 'of those to be contacted', 'are')} back and left out."
    if unknown.empty:
        return said
    are = "is" if len(unknown) == 1 else "are"
    given = f"{counted(len(who), 'ids')} given for it: {_named(unknown)}."
    return f"{said} Not among them {are} {len(unknown):,} of the {given}"


def _who_is_back(back: Lapsed | pd.DataFrame | Iterable) -> pd.Series:
    table = back.to_frame() if isinstance(back, Lapsed) else back
    if not isinstance(table, pd.DataFrame):
        table = pd.DataFrame({"customer_id": pd.Series(list(table), dtype=object)}).infer_objects()
    refuse_unless_read(table, LATER, ["customer_id"], "Say who bought again.")
    if "returned" not in table:
        return table["customer_id"]
    read, problems = parse_flag(table["returned"]), ProblemList(LATER, table)
    problems.add_rows("returned", read.unread, *WHAT_IS_READ["flag"])
    problems.raise_if_any()
    return table["customer_id"][read.column.fillna(False).to_numpy(dtype=bool)]
