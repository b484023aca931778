"""How does a trial become one checked object? From frames or files, with its terms: `read_trial`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from winback.doors import door
from winback.labels import label_of
from winback.provenance import sha256_of
from winback.tables import AnyTable
from winback.tables.parsed import Written
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.terms.offers_file import ON_TOP, load_offers
from winback.terms.organic import Organic
from winback.trial.compared import compared_moments
from winback.trial.covariates import asked_covariates
from winback.trial.trial import Trial
from winback.trial.trial_table import Asked, trial_table


@door
def read_trial(
    customers: AnyTable,
    offers: OfferCatalog | Iterable[Offer] | str | Path,
    *,
    horizon_months: float | None = None,
    annual_discount: float | None = None,
    currency: str | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    margin_share: float | None = None,
    adjust: Iterable[str] | None = None,
    columns: Mapping[str, str] | None = None,
    control: str | Iterable[str] | None = None,
    keep: str | None = None,
    until: date | str | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    cluster: str | None = None,
    planned_shares: Mapping[str, float] | None = None,
    covariates: Iterable[str] | None = None,
    model: object = "linear",
    assignment: str = "known",
) -> Trial:
    """Read and check a trial of offers, and keep it with its terms, so that every question is asked of one thing.

    Parameters
    ----------
    customers : pandas.DataFrame or path
        Table of lapsed customers (`winback.tables.LAPSED`): ``customer_id``, ``offer`` (``none``: sent nothing),
        ``returned`` and either ``second_tenure``, ``second_ended``, ``second_margin`` or ``value``; or dates,
        ``offered_on``, ``returned_on``, ``ended_on`` with ``until``. CSV, TSV, XLSX or Parquet, or a frame of pandas,
        polars, pyarrow or DuckDB. What was taken for what is in ``trial.details()``.
    offers : OfferCatalog, list of Offer, or path
        What each offer costs and when that is due; a TOML file, see `load_offers`.
    horizon_months, annual_discount : float, optional
        Over how long second lifetimes are valued, and the rate a year as a share; required with second lifetimes
        unless the offers have them, refused with ``value``.
    currency : str, optional
        Sign or code put before money.
    organic : float, (low, high) or {column: {value: share}}, optional
        Share who would have returned without an offer, where there is no control group; by default the offers'.
    organic_value : float, optional
        Value of one who returns without an offer, in money; by default the offers', else what the untreated who
        returned were worth, and without a control group the offer's own value per returned customer.
    margin_share : float, optional
        Share of revenue that is margin, 0.3 for 30%: ``value``, or ``second_margin``, is then revenue and multiplied
        by it. By default the offers'; without one ``value`` is margin.
    adjust : iterable of str, optional
        Columns known before the offer. Naming them here declares, before looking, that the comparison's headline is
        what is left once they are allowed for (`winback.trial.adjusted`), with the plain figures beside it. By
        default the offers'; ``[]`` for the plain headline, beside which the adjusted one stands
        (`OfferComparison.adjusted`).
    columns : mapping, optional
        winback's name of a column -> the table's own; by default those of the offers file, and names that are alike
        ("Customer Id") are found.
    control : str or list of str, optional
        Labels in the column ``offer`` that mean sent nothing, "" for an empty cell; by default those of the offers
        file, else ``none``, or a single well-known word such as control, holdout or kein.
    keep : {"first", "last"}, optional
        Which row counts of a customer with several; by default they are refused.
    until : date or text, optional
        Last day on which the data were recorded; needed where dates stand instead of months.
    sheet : str or int, optional
        Of a workbook: its name, or its position from 1 among those that are not hidden.
    decimal : {",", "."}, optional
        The decimal mark of numbers in text that can be read in two ways, such as 1.234.
    day_first : bool, optional
        Whether 03/02/2024 is in February, where no date of the column tells.
    cluster : str, optional
        Column that customers who do alike share: household, store, agent. Intervals, folds and plans then take each
        as one draw. By default the column ``cluster``, where there is one.
    planned_shares : mapping, optional
        Group -> planned share of customers; by default from ``offer_probability``, else equal shares are tried.
    covariates : iterable of str, optional
        Columns known before the offer, from which outcomes are predicted; by default all that are, or none where an
        arm is too small for so many; ``[]`` for none.
    model : "linear", statsmodels family, or regressor
        How outcomes are predicted: least squares within each offer, a generalised linear model, or any object with
        ``fit(X, y)`` and ``predict(X)`` (it is copied, never changed).
    assignment : {"known", "estimated"}
        Known: ``offer_probability`` where the table has it, else the groups' shares. Estimated: by a multinomial logit
        on the covariates, from other folds; for offers that were not drawn at random but by what the table knows.

    Returns
    -------
    Trial
        ``design`` says whether it can be read, ``over(horizon_months=12)`` is the same trial under other terms.

    Raises
    ------
    TableError
        Listing every problem of the table.
    ValueError
        When horizon or discount rate are missing, impossible or beyond the data.
    FileNotFoundError
        When there is no such file.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> trial = wb.read_trial(study.lapsed, study.offers, horizon_months=24, annual_discount=0.10)
    >>> trial.arms, trial.n_left_out
    (('discount', 'upgrade', 'bundle', 'tailored', 'none'), 8000)
    """
    terms = dict(zip(ON_TOP, (currency, horizon_months, annual_discount, organic, organic_value, adjust), strict=True))
    catalog = load_offers(offers) if isinstance(offers, str | Path) else as_catalog(offers)
    terms |= {"margin_share": _share_of_margin(customers, catalog, margin_share)}
    terms = {name: value for name, value in terms.items() if value is not None}
    stated = {name: getattr(catalog, name) for name in terms}
    catalog = replace(catalog, **terms)
    overruled = [f"{name} = {was}" for name, was in stated.items() if was not in (None, getattr(catalog, name))]
    names = {**catalog.columns, **(columns or {}), **({} if cluster is None else {"cluster": cluster})}
    overruled += [f"columns.{ours}" for ours in columns or () if catalog.columns.get(ours, names[ours]) != names[ours]]
    catalog = replace(catalog, columns=names)  # by which a table of new leavers is read, too
    control = catalog.control if control is None else control
    how = {"control": control, "keep": keep, "until": until, "sheet": sheet, "decimal": decimal, "day_first": day_first}
    reading = trial_table(customers, catalog, Asked(columns=names, **how))
    catalog = replace(catalog, written=Written(decimal or reading.decimal, day_first))
    from_file = isinstance(customers, str | Path)
    trial = Trial(
        lapsed=reading.frame,
        reading=reading.notes,
        doubts=reading.doubts,
        other_contacts=reading.other_contacts,
        offers=catalog,
        source=Path(customers).name if from_file else "a table",
        made_with=(("SHA-256 of the file", sha256_of(customers)),) if from_file else (),
        overruled=tuple(overruled),
        cluster=label_of(cluster or "cluster"),
        planned_shares=planned_shares,
        covariates_asked=asked_covariates(covariates),
        model=model,
        assignment=assignment,
    )
    # all that can be wrong is said when it is read
    _ = (trial.design, trial.money, trial.covariates, trial.probability, compared_moments(trial))
    return trial


def _share_of_margin(customers: AnyTable, catalog: OfferCatalog, stated: float | None) -> float | None:
    """Return the share of margin that holds; a trial's money is margin already, by the share it was read with."""
    if not isinstance(customers, Trial):
        return stated
    was, asked = customers.offers.margin_share, catalog.margin_share if stated is None else stated
    if asked not in (None, was):
        raise ValueError(
            f"margin_share is for a table with revenue, and what was given is a trial, whose money is margin already; "
            f"got {asked:g}. Leave it out, also of the offers, or read the trial's own table again."
        )
    return was
