"""What did the trial measure for the customers a model has valued? Value and cost, customer by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.pseudo_observations import longest_supported_horizon
from winback.tables import NO_OFFER, in_trial
from winback.terms.costs import offer_costs
from winback.trial.outcomes import customer_values, typed_trial

if TYPE_CHECKING:
    from winback.second_lifetime.valuation import SecondLifetimeValues


def measured_outcomes(values: SecondLifetimeValues) -> pd.DataFrame:
    """Return what each customer of the trial brought and cost, beside what the model expected.

    Parameters
    ----------
    values : SecondLifetimeValues
        Of customers with ``offer``, ``returned`` and their second lifetimes.

    Returns
    -------
    pandas.DataFrame
        One row per customer in the trial (``eligible`` where given): ``row`` (position in the table), ``offer``,
        ``value`` and ``cost`` (money within the horizon; pseudo-observations within the offer's group where the data
        end first), ``expected_value`` and ``expected_cost`` by the model, under the customer's own offer.

    Raises
    ------
    ValueError
        When the horizon reaches beyond the second lifetimes seen under some offer.
    """
    table, horizon = values.customers, values.horizon
    table = typed_trial(table, values.catalog)
    pieces, tried = [], in_trial(table)
    for offer in values.net_values.columns:
        rows = np.flatnonzero(tried & (table["offer"].astype(object) == offer).to_numpy())
        if len(rows) == 0:
            continue
        arm = table.iloc[rows]
        _refuse_beyond(arm, offer, horizon.months)
        cost = np.zeros(len(arm))
        if offer != NO_OFFER:
            contract = values.catalog[offer]
            cost = offer_costs(arm, contract, values.catalog, horizon.months, horizon.annual_discount)
        net, expected_cost = (frame[offer].to_numpy()[rows] for frame in (values.net_values, values.costs))
        columns = {"row": rows, "offer": offer, "value": customer_values(arm, horizon.months, horizon.annual_discount)}
        columns |= {"cost": cost, "expected_value": net + expected_cost, "expected_cost": expected_cost}
        pieces.append(pd.DataFrame(columns))
    if not pieces:
        raise ValueError("None of these customers was in the trial: there is nothing to measure the model by.")
    return pd.concat(pieces, ignore_index=True)


def _refuse_beyond(arm, offer, months):
    back = arm[arm["returned"].to_numpy(dtype=bool)]
    if len(back) == 0:
        return
    seen = longest_supported_horizon(back["second_tenure"].to_numpy(), back["second_ended"].to_numpy(dtype=bool))
    if months > seen:
        raise ValueError(
            f"Values over {months:g} months cannot be measured: under {offer!r} no second lifetime was seen for longer "
            f"than {seen:g} months. Value the customers over at most {np.floor(seen):g} months for this comparison."
        )
