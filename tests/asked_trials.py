"""Trials of a known outcome, to be asked the four questions."""

import pandas as pd

import winback as wb


def valued(*shares, control=0.05, n=400, names="abc", brought=100.0, cost=10.0, **columns):
    """Return a trial in which every offer has n customers, a given share of whom return and bring the same."""
    groups = dict(zip(names, shares, strict=False)) | ({} if control is None else {"none": control})
    rows = [(offer, i < round(share * n)) for offer, share in groups.items() for i in range(n)]
    frame = pd.DataFrame(rows, columns=["offer", "returned"])
    frame["customer_id"] = range(len(frame))
    frame["value"] = frame["returned"].map({True: brought, False: 0.0})
    for name, labels in columns.items():
        frame[name] = [labels[place % len(labels)] for place in range(len(frame))]
    offers = [wb.Offer(name=name, amount=cost, paid="on_acceptance") for name in list(names)[: len(shares)]]
    return wb.read_trial(frame, offers)
