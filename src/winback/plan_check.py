"""Did it come as forecast, as a page? A plan is made anew, and held against its list and against what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from winback.datasets.telecom import campaign, load_telecom_study
from winback.outreach.came_as_forecast import CameAsForecast
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook_files import load_playbook
from winback.outreach.slots import planned_before
from winback.pages.settings import load_notebook
from winback.pages.shown import drop_of_the_study
from winback.pages.written import write_page
from winback.plan_asked import checked_settings
from winback.plan_list import TABLES
from winback.plan_page import planned
from winback.report import whom_to_contact
from winback.results import counted
from winback.tables import AnyTable, check_writable, load_table, scratch_folder, write_csv
from winback.trial.trial import Trial

NOTEBOOK = "12-did-it-come-as-forecast.ipynb"
PAGE = "plan-check.html"
CONTACT = ["customer_id", "step", "date", "channel"]  # tells a contact from every other
MOST_STRUCK_OUT = 0.5  # of the contacts: a list that lacks more was made with other files or options
LATER = (
    "Whether it came as forecast is asked once the campaign is over, with a table of what came of everybody on the "
    "list: winback plan, with the files and options of the plan, and --outcomes FILE."
)


def plan_and_outcomes(
    trial: Trial, customers: AnyTable | None, whom: AnyTable | None, outcomes: AnyTable | None, **how: object
) -> tuple[OutreachPlan, AnyTable]:
    """Return a plan made anew and what came of it; of the study, without outcomes, both are simulated.

    ``how`` is of `winback.plan_page.planned`; of the simulation its playbook alone counts.

    Raises
    ------
    ValueError
        When a table of one's own has no outcomes yet.

    Examples
    --------
    >>> import winback as wb
    >>> plan, came = plan_and_outcomes(wb.load_telecom_study().trial, None, None, None)
    >>> len(plan.customers) == len(came)
    True
    """
    if outcomes is not None:
        return planned(trial, whom_to_contact(customers, whom), **how), outcomes
    if customers is not None:
        raise ValueError(LATER)
    plan = campaign.plan_for_half(trial, load_playbook(how.get("playbook")))
    return plan, campaign.outcomes_of(load_telecom_study(), plan)


def write_check_page(
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    outcomes: str | Path,
    columns: Mapping[str, str] | None = None,
    whom: str | Path | None = None,
    out: str | Path = "reports",
    tell: Callable[[str], object] | None = None,
    how: Mapping[str, object] | None = None,
    **terms: object,
) -> list[Path]:
    """Write whether a plan came as forecast, and what to change in the next forecast: one self-contained page.

    Parameters
    ----------
    outcomes : path
        Table of what came of everybody on the list, see `winback.outreach.OutreachPlan.check`; its columns are found
        as those of the trial's table.
    out : path
        Folder in which the plan's list lies; the page is written beside it.
    customers, offers, columns, whom, tell, how, **terms
        As in `winback.plan_page.write_plan_page`, and as they were when the plan was made.

    Returns
    -------
    list of Path
        ``plan-check.html``. The list stays as it is.

    Raises
    ------
    ValueError
        Listing what cannot be used; or when the plan that is made anew is not that of the list.
    OSError, RuntimeError
        As `winback.plan_page.write_plan_page`; also when the folder holds no list.

    Examples
    --------
    >>> write_check_page("customers.csv", "offers.toml", outcomes="came.csv")  # doctest: +SKIP
    """
    check_writable(out, (PAGE,))
    listed = _list_in(Path(out))
    given = {"columns": columns, "whom": whom, "how": how, "terms": terms, "outcomes": outcomes}
    settings, trial, _ = checked_settings(customers, offers, **given)
    settings |= {"outcomes": str(Path(outcomes).resolve())}
    plan, _ = plan_and_outcomes(trial, customers, settings["whom"], outcomes, **settings["how"])
    struck_out = refuse_other_plan(plan, listed)
    came = plan.check(outcomes)  # what is wrong with it in the light of the list is found before a kernel starts
    notebook = load_notebook(NOTEBOOK)
    drop_of_the_study(notebook)
    paths = write_page(notebook, settings, out, page=PAGE, tables=(), tell=tell)
    for line in (*filter(None, [struck_out]), *said_of(came)) if tell is not None else ():
        tell(line)
    return paths


def said_of(came: CameAsForecast) -> list[str]:
    """Return what is said of a checked plan where there is no page to be read."""
    return [*came.describe().splitlines(), *came.what_to_do().splitlines()]


def _list_in(folder: Path) -> Path:
    """Return where the list of a plan lies, or refuse a folder that holds none."""
    if not (folder / TABLES[0]).is_file():
        raise FileNotFoundError(f"There is no {TABLES[0]} in {folder}: name the folder of the plan with --out.")
    return folder / TABLES[0]


def refuse_other_plan(plan: OutreachPlan, listed: Path) -> str:
    """Refuse a plan that is not that of a list written before, in whatever order; say who was struck out of it.

    Whoever has bought is to be struck out every day: contacts that the plan has and the list has no longer are no
    other plan, as long as most are there.

    Raises
    ------
    ValueError
        Saying how many contacts differ, the first of them, and what may have changed.
    """
    with scratch_folder(tempfile.gettempdir()) as folder:
        write_csv(plan.frame[CONTACT], folder / TABLES[0])  # as texts were guarded in the list
        old, new = (_contacts_of(path) for path in (listed, folder / TABLES[0]))
    gone, come = old.difference(new, sort=False), new.difference(old, sort=False)
    if len(gone) or len(come) > MOST_STRUCK_OUT * len(new):
        differ = gone.append(come)
        customer, step, date, channel = differ[0]
        where = "on the list alone" if len(gone) else "in the plan made anew alone"
        n = differ.droplevel([2, 3]).nunique()
        raise ValueError(
            f"{listed} is the list of another plan: {n:,} of {counted(len(old), 'contacts')} differ from the plan made "
            f"anew (first: customer {customer}, step {step}, {channel} on {date}, {where}). Give the files and options "
            "that the plan was made with, --start too, and the list as it was written, but for rows struck out: "
            "changed rows, a file that was edited since or another version of winback make another plan."
        )
    if come.empty:
        return ""
    who = counted(come.get_level_values("customer_id").nunique(), "customers")
    return (
        f"Struck out of the list since: {counted(len(come), 'contacts')} with {who}. They count here as planned: give "
        "the outcomes of these customers, too."
    )


def _contacts_of(path: Path) -> pd.MultiIndex:
    """Return the contacts of a list as text."""
    contacts = planned_before(load_table(path))[CONTACT]
    days = contacts["date"].dt.strftime("%Y-%m-%d")
    return pd.MultiIndex.from_frame(contacts.assign(date=days).astype(str)).unique()
