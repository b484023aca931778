"""Is this trial fit to be read? Checks before any number is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

import pandas as pd

from winback.results import Result, Sentences
from winback.tables import LAPSED_TABLE, Problem, TableError, check_lapsed, in_trial
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.trial.design_findings import findings_of
from winback.trial.finding import Finding
from winback.trial.follow_up import follow_up_of
from winback.trial.one_customer import check_one_customer
from winback.trial.one_look import ONE_LOOK
from winback.trial.plausible import CHECK as UNITS
from winback.trial.plausible import check_units

MOST_SAID = 3
READ = "as read"
AT_RANDOM = ("balance", "control group")  # checks that test whether the groups were drawn at random
REFUSED = (
    "Without a control group incremental figures are not identified; if some were judged not promising beforehand, "
    "mark them in `eligible`."
)


@dataclass(frozen=True, repr=False)
class DesignReport(Result):
    """Whether a trial can be read, check by check."""

    findings: tuple[Finding, ...]  # one per check, in order
    control: str  # accepted, refused or none
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "check": ("Check", "text"),
        "verdict": ("Verdict", "text"),
        "finding": ("What was found", "text"),
    }

    @property
    def control_reason(self) -> str:
        """Why the control group was refused; empty otherwise."""
        return next((each.finding for each in self.findings if each.verdict == "refused"), "")

    @property
    def of_the_files(self) -> list[str]:
        """What speaks against the files: offers that nobody was sent, units and cells that look wrong."""
        return [each.finding for each in self.findings if each.verdict == "warning" and each.check in ("arms", UNITS)]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per check."""
        return pd.DataFrame([asdict(finding) for finding in self.findings])

    def describe(self) -> Sentences:
        """Say what an analyst must know before reading the figures, the most serious first."""
        if serious := self._serious():
            return Sentences.of(serious[:MOST_SAID])
        verdicts = {each.check: each.verdict for each in self.findings}
        if "ok" not in (verdicts.get(check) for check in AT_RANDOM):
            untested = "what was known before the offer is not in the table, so randomisation is not tested"
            return Sentences.of([f"Nothing speaks against the trial, but {untested}."])
        some = (
            " that could be made" if "note" in (verdicts.get(check) for check in ("sample ratio", *AT_RANDOM)) else ""
        )
        return Sentences.of([f"The trial can be read: every check{some} was passed."])

    def details(self) -> Sentences:
        """Say what else speaks against the trial, what to do about a refused control group, and when to read it."""
        remedy = [REFUSED] if self.control == "refused" else []
        read = [each.finding for each in self.findings if each.check == READ]
        return Sentences.of([*self._serious()[MOST_SAID:], *remedy, ONE_LOOK, *read])

    def _serious(self) -> list[str]:
        return [each.finding for verdict in ("refused", "warning") for each in self.findings if each.verdict == verdict]


def check_design(
    customers: pd.DataFrame,
    offers: OfferCatalog | list[Offer] | None = None,
    planned_shares: Mapping[str, float] | None = None,
) -> DesignReport:
    """Check whether a trial of offers can be read, before any figure is computed.

    The checks: sample ratio (chi-squared against the planned shares), balance of everything known before the offer
    (Hotelling's test of each group against the others), overlap (every group has customers of every kind), arms
    without customers or successes, columns that look as if measured after the offer, and whether the untreated are
    a random control group. Customers with ``eligible`` False are left out.

    A control group that differs from the offered customers beyond chance (p < .001) is refused: where the table has
    no ``eligible`` column always, with that column when a difference exceeds a tenth of a standard deviation.

    Parameters
    ----------
    customers : pandas.DataFrame
        Table of lapsed customers with ``offer`` and ``returned``.
    offers : OfferCatalog or list of Offer, optional
        To notice offers without customers.
    planned_shares : mapping, optional
        Group -> planned share of customers. By default from ``offer_probability``, else equal shares are tried.

    Raises
    ------
    TableError
        When the table itself is broken, duplicate ids included.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> check_design(study.lapsed).control
    'accepted'
    >>> check_design(study.lapsed.query("eligible or offer == 'none'").drop(columns="eligible")).control
    'refused'
    """
    table = check_lapsed(customers, needs=["offer", "returned"])
    return check_typed_design(table, None if offers is None else as_catalog(offers), planned_shares)


def check_typed_design(
    table: pd.DataFrame,
    catalog: OfferCatalog | None,
    planned_shares: Mapping[str, float] | None = None,
    cluster: str = "cluster",
    *,
    reading: Iterable[str] = (),
    doubts: Iterable[str] = (),
) -> DesignReport:
    """Do the work of `check_design` on a table that was checked already.

    ``cluster`` is what clusters are called; ``reading`` says what was taken for what when the table was read, and
    ``doubts`` what of that may be wrong.
    """
    compared = table[in_trial(table)]
    if compared.empty:
        problem = Problem("eligible", "is true for nobody", 0, "", "Check the column: True means promising beforehand.")
        raise TableError(LAPSED_TABLE, [problem])
    names, horizon = (catalog.names, catalog.horizon_months) if catalog else ((), None)
    control, found = findings_of(compared, len(table), names, planned_shares, cluster)
    taken = [Finding(READ, "note", text) for text in reading]
    taken += [*(Finding(UNITS, "warning", text) for text in doubts), *check_units(compared, horizon)]
    taken += check_one_customer(compared)
    return DesignReport((*taken, *found, *follow_up_of(table, horizon).findings), control)
