"""The order of a chain's steps: what is followed comes first, and days add up along the way."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from winback.outreach import Step
from winback.outreach.chains import circle_of, in_order


@st.composite
def trees(draw):
    """Draw steps as listed, each after another one or after the one before, without a circle."""
    n = draw(st.integers(1, 7))
    after = [None, *(draw(st.none() | st.integers(0, k - 1)) for k in range(1, n))]
    days = [draw(st.integers(0, 4)) for _ in range(n)]
    return [Step("call", days[k], name=f"s{k}", after=None if at is None else f"s{at}") for k, at in enumerate(after)]


@given(trees())
def test_days_add_up_and_what_is_followed_comes_first(steps):
    chain = in_order(steps)
    assert sorted(step.name for step in chain.steps) == sorted(step.name for step in steps)
    assert list(chain.days) == sorted(chain.days)
    assert (chain.follows[0], chain.days[0], chain.steps[0]) == (-1, 0, steps[0])
    listed = {step.name: place for place, step in enumerate(steps)}
    for place, (step, follows, day) in enumerate(zip(*chain, strict=True)):
        if place:
            assert 0 <= follows < place
            assert day == chain.days[follows] + step.after_days
            assert chain.steps[follows].name == step.after or listed[step.name] == listed[chain.steps[follows].name] + 1


def test_a_step_may_follow_one_that_is_listed_later():
    steps = [Step("visit"), Step("email", 1, after="letter"), Step("letter", 5, name="letter", after="thanks")]
    steps = [*steps, Step("call", 2, name="thanks", after="first")]
    chain = in_order([Step("visit", name="first"), *steps[1:]])
    assert [step.channel for step in chain.steps] == ["visit", "call", "letter", "email"]
    assert chain.days == (0, 2, 7, 8)


@given(st.lists(st.integers(0, 4), min_size=5, max_size=5))
def test_a_circle_is_found_if_and_only_if_walking_back_never_ends(after):
    steps = [Step("call", name=f"s{k}", after=f"s{at}" if k else None) for k, at in enumerate(after)]
    ends = []
    for start in range(5):
        at = start
        for _ in range(5):
            at = after[at] if at > 0 else -1
        ends.append(at < 0)
    circle = circle_of(steps)
    assert bool(circle) == (not all(ends))
    for one, other in itertools.pairwise(circle):
        assert one.name == other.after or other.name == one.after
