"""Sharing out applications: even, without conflicts, the same every time."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.review.assignment import Paper, Reader, able, assign, loads, next_reader, shuffled

PAPERS = [Paper(f"p{n}") for n in range(64)]


def check(plan, papers, readers, each, conflicts):
    by_id = {reader.id: reader for reader in readers}
    for paper in papers:
        chosen = plan.readers[paper.id]
        everybody = [*paper.has, *chosen]
        assert len(everybody) == len(set(everybody))
        assert len(everybody) + plan.short.get(paper.id, 0) >= each
        assert not {(paper.id, reader) for reader in chosen} & set(conflicts)
        assert all(paper.language in by_id[reader].languages for reader in chosen)
        employers = [by_id[r].employer for r in everybody if r in by_id and by_id[r].employer]
        assert len(employers) == len(set(employers))


def test_even_within_one():
    readers = [Reader(n) for n in range(5)]
    plan = assign(PAPERS, readers, each=3, conflicts=[], seed="s")
    check(plan, PAPERS, readers, 3, [])
    assert sorted(loads(plan, readers).values()) == [38, 38, 38, 39, 39]
    assert plan.short == {}


def test_conflicts_are_taken_out_and_the_rest_stays_even():
    readers = [Reader(n) for n in range(4)]
    conflicts = [(f"p{n}", 0) for n in range(20)]
    plan = assign(PAPERS, readers, each=3, conflicts=conflicts, seed="s")
    check(plan, PAPERS, readers, 3, conflicts)
    assert loads(plan, readers)[0] == 44  # all that is left to them
    assert max(loads(plan, readers).values()) - min(v for k, v in loads(plan, readers).items() if k) <= 1


def test_two_readers_of_one_employer_never_read_the_same_application():
    readers = [Reader("a", employer="clinic"), Reader("b", employer="clinic"), Reader("c"), Reader("d")]
    plan = assign(PAPERS, readers, each=3, conflicts=[], seed="s")
    check(plan, PAPERS, readers, 3, [])
    assert plan.short == {}
    assert Counter(loads(plan, readers).values()) == {32: 2, 64: 2}


def test_too_few_readers_is_said():
    plan = assign([Paper("x"), Paper("y")], [Reader(1), Reader(2)], each=3, conflicts=[("y", 1)], seed="s")
    assert plan.short == {"x": 1, "y": 2}


def test_language():
    readers = [Reader(1), Reader(2, languages=frozenset({"en", "es"})), Reader(3, languages=frozenset({"en", "es"}))]
    plan = assign([Paper("x", language="es")], readers, each=3, conflicts=[], seed="s")
    assert (sorted(plan.readers["x"]), plan.short) == ([2, 3], {"x": 1})
    assert able(Paper("x", language="es"), readers, conflicts=[]) == [2, 3]


def test_what_is_there_stays_and_loads_count_what_readers_hold():
    readers = [Reader(1, load=10), Reader(2), Reader(3)]
    plan = assign([Paper("x", has=(2,)), Paper("y")], readers, each=2, conflicts=[], seed="s")
    assert plan.readers["x"] == [3]
    assert sorted(plan.readers["y"]) == [2, 3]
    assert next_reader(Paper("x", has=(2,)), readers, conflicts=[("x", 3)], seed="s") == 1
    assert next_reader(Paper("x", has=(2,)), readers, conflicts=[("x", 3), ("x", 1)], seed="s") is None


def test_same_seed_same_plan_whatever_the_order_of_rows():
    readers = [Reader(n) for n in range(6)]
    first = assign(PAPERS, readers, each=3, conflicts=[("p1", 2)], seed="s")
    again = assign(PAPERS[::-1], readers, each=3, conflicts=[("p1", 2)], seed="s")
    other = assign(PAPERS, readers, each=3, conflicts=[("p1", 2)], seed="t")
    assert {k: set(v) for k, v in first.readers.items()} == {k: set(v) for k, v in again.readers.items()}
    assert first.readers != other.readers


def test_every_reader_meets_the_applications_in_an_order_of_their_own():
    ids = list(range(30))
    orders = [shuffled(ids, "s", reader) for reader in "abc"]
    assert [sorted(order) for order in orders] == [ids] * 3
    assert len({tuple(order) for order in [*orders, tuple(ids)]}) == 4
    assert shuffled(ids, "s", "a") == orders[0]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_conflicts_any_employers(data):
    count = data.draw(st.integers(1, 6))
    readers = [Reader(n, employer=data.draw(st.sampled_from(["", "a", "b"]))) for n in range(count)]
    papers = [Paper(f"p{n}") for n in range(data.draw(st.integers(1, 12)))]
    pairs = st.tuples(st.sampled_from([p.id for p in papers]), st.integers(0, count - 1))
    conflicts = data.draw(st.sets(pairs, max_size=20))
    plan = assign(papers, readers, each=2, conflicts=conflicts, seed="s")
    check(plan, papers, readers, 2, conflicts)
    for paper in papers:  # short only where nobody else could take it
        if plan.short.get(paper.id):
            have = Paper(paper.id, has=tuple(plan.readers[paper.id]))
            assert able(have, readers, conflicts=conflicts) == []
