"""Which customers and which offers are looked at? One campaign: the study, or the analyst's own two files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from winback.provenance import Provenance, sha256_of
from winback.results import Sentences, format_count
from winback.tables import load_table, map_columns
from winback.terms.catalog import OfferCatalog, load_offers
from winback.terms.organic import Organic

if TYPE_CHECKING:
    from winback.policies.evaluation import PolicyEvaluation
    from winback.policies.learned import LearnedPolicy
    from winback.policies.truth import TruthComparison


@dataclass(frozen=True)
class Campaign:
    """Customers and offers of one campaign, and where they come from."""

    customers: pd.DataFrame = field(repr=False)
    offers: OfferCatalog
    source: str
    sha256: str  # of the customers' file, or of the simulated table
    details: tuple[tuple[str, str], ...] = ()  # what else a reader needs to make it again
    caveat: str = ""  # what a reader must know of the data
    true_profits: pd.DataFrame | None = field(default=None, repr=False)  # known of a simulation only

    @property
    def n_rows(self) -> int:
        """Customers."""
        return len(self.customers)

    def against_truth(self, policies: Mapping[str, PolicyEvaluation | LearnedPolicy]) -> TruthComparison | Sentences:
        """Hold policies against the truth where it is known, see `compare_with_truth`; else say that it is not."""
        if self.true_profits is None:
            return Sentences("What every customer would have earned under every offer is known of simulations only.")
        from winback.policies.truth import compare_with_truth

        return compare_with_truth(policies, self.true_profits)

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a report."""
        return Sentences(f"{self.source}: {format_count(len(self.customers))} customers, {len(self.offers)} offers")

    @property
    def provenance(self) -> Provenance:
        """What a reader needs to make a report again: data with hash, versions."""
        return Provenance.of(self.source, self.n_rows, self.sha256, self.details)


def load_campaign(
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    currency: str | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    columns: Mapping[str, str] | None = None,
) -> Campaign:
    """Return the analyst's own campaign from two files, or the telecom study when none is named.

    Parameters
    ----------
    customers : path, optional
        Table of lapsed customers: CSV, TSV or XLSX. None: the telecom study.
    offers : path, optional
        The offers (TOML); required with ``customers``.
    horizon_months, annual_discount, currency, organic, organic_value : optional
        Override what the offers file says, see `winback.terms.catalog.load_offers` and `winback.compare_offers`.
    columns : mapping, optional
        winback's name -> the table's own name.

    Raises
    ------
    ValueError
        When only one of the two files is named, or the offers file is broken.
    TableError
        When the customers' file holds no table or lacks a mapped column.

    Examples
    --------
    >>> load_campaign().offers.names
    ('discount', 'upgrade', 'bundle', 'tailored')
    """
    if (customers is None) != (offers is None):
        missing = "offers file (what does each offer cost?)" if offers is None else "customers' table"
        raise ValueError(f"A campaign of your own needs two files; the {missing} is missing.")
    if customers is None:
        campaign = _study_campaign()
    else:
        campaign = Campaign(
            load_table(customers),
            load_offers(offers),
            Path(customers).name,
            sha256_of(customers),
        )
    given = {
        "horizon_months": horizon_months,
        "annual_discount": annual_discount,
        "currency": currency,
        "organic": organic,
        "organic_value": organic_value,
    }
    catalog = replace(campaign.offers, **{name: value for name, value in given.items() if value is not None})
    return replace(campaign, customers=map_columns(campaign.customers, columns or {}), offers=catalog)


def _study_campaign() -> Campaign:
    from winback.datasets.telecom.study import SEED, load_telecom_study

    study = load_telecom_study()
    return Campaign(
        study.lapsed,
        study.offers,
        "The telecom study (simulated)",
        sha256_of(study.lapsed),
        details=(("seed of the simulation", str(SEED)),),
        true_profits=study.true_profits(),
        caveat="The telecom study is simulated: its published figures hold exactly, what lies between them is assumed "
        "and listed in data/telecom/README.md. Its horizon is the one with which the published value of a second "
        "lifetime holds.",
    )
