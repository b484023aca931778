"""Is the next step one sentence, and true whether tailoring pays, is not shown to, or no offer pays?"""

import numpy as np
import pandas as pd
import pytest
from sentences import hold_to_three

import winback as wb
from winback.minute import MOST_WORDS, next_steps, opening

RULE = {"x": "a", "y": "b"}
SPLITS = wb.Splits(repeats=2)


def trial_of(back: dict, *, control: float | None = 0.05, n: int = 600, cost: float = 5.0, covariate: bool = True):
    """Return a trial in which each offer brings back a share of those of kind x and of kind y; each brings 100."""
    shares = {**back} | ({} if control is None else {"none": (control, control)})
    rows = [
        (offer, kind, i < round(share * n))
        for offer, pair in shares.items()
        for kind, share in zip("xy", pair, strict=True)
        for i in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["offer", "kind", "returned"]).sample(frac=1, random_state=0)
    frame = frame.assign(customer_id=range(len(frame)), value=np.where(frame["returned"], 100.0, 0.0))
    offers = [wb.Offer(name=name, amount=cost, paid="per_contact") for name in back]
    return wb.read_trial(frame if covariate else frame.drop(columns="kind"), offers)


CASES = {
    "tailoring pays": (lambda: trial_of({"a": (0.6, 0.1), "b": (0.1, 0.6)}), "Give each customer what "),
    "one for all": (lambda: trial_of({"a": (0.6, 0.6), "b": (0.3, 0.3)}), "Send a to all who can still be won"),
    "a tie": (lambda: trial_of({"a": (0.5, 0.5), "b": (0.5, 0.5)}), "Send "),
    "all lose": (lambda: trial_of({"a": (0.1, 0.1), "b": (0.1, 0.1)}, cost=50), "Send nobody any of these offers"),
    "nothing shown": (lambda: trial_of({"a": (0.12, 0.12), "b": (0.06, 0.06)}, n=150), "Send none of these offers to"),
    "gross": (lambda: trial_of({"a": (0.6, 0.1), "b": (0.1, 0.6)}, control=None), "Before sending any to all"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_next_step_follows_from_what_was_found(case):
    make, begins = CASES[case]
    found = wb.evaluate_policy(make(), RULE, by="kind", splits=SPLITS)
    step = str(found.what_to_do())
    assert step.startswith(begins)
    assert step.endswith(".")
    assert len(step.splitlines()) == 1
    assert len(opening(found).answer.split()) < MOST_WORDS - 20
    assert next_steps(found).do == step


def test_a_learned_tree_says_the_same_and_without_columns_that_offers_are_compared():
    learned = wb.learn_policy(CASES["one for all"][0](), splits=SPLITS)
    assert learned.what_to_do() == learned.evaluation.what_to_do()
    alone = wb.learn_policy(trial_of({"a": (0.6, 0.6), "b": (0.3, 0.3)}, covariate=False), splits=SPLITS)
    assert alone.what_to_do().startswith("Compare the offers for all customers alike")


@pytest.mark.parametrize("case", CASES)
def test_rules_are_said_in_the_answer_or_in_the_details_and_what_one_offer_earns_in_the_other(case):
    learned = wb.learn_policy(CASES[case][0](), by="kind", splits=SPLITS)
    hold_to_three(learned)
    said = [*learned.describe().splitlines(), *learned.details().splitlines()]
    assert sum(line.startswith(("By the tree itself", "The best tree asks nothing")) for line in said) == 1
    assert len(said) == len(set(said))
    if learned.pays:
        assert said[1].startswith("By the tree itself")
