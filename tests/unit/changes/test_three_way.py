from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubegenie_tui.changes.reversal import reversal_of
from kubegenie_tui.changes.three_way import Change, carried_over, changes_between, merge_patch, same, set_back, value_of
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Step, StepPreview, Verb

Object = dict[str, Any]


def applied(target: Any, patch: Any) -> Any:
    """The pseudocode of RFC 7386, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = applied(result.get(name), value)
    return result


def pod(*containers: Object, **spec: Any) -> Object:
    return {"spec": {**spec, "containers": list(containers)}}


def env(**variables: str) -> list[Object]:
    return [{"name": name, "value": value} for name, value in variables.items()]


WEB, PROXY = {"name": "web", "image": "web:1"}, {"name": "proxy", "image": "envoy:1"}

TOUCHED: list[tuple[str, Object, Object, list[str]]] = [
    ("a number", {"spec": {"replicas": 3}}, {"spec": {"replicas": 6}}, ["spec.replicas"]),
    ("true is not 1", {"spec": {"paused": True}}, {"spec": {"paused": 1}}, ["spec.paused"]),
    ("a key that is new", {"metadata": {}}, {"metadata": {"labels": {"a": "b"}}}, ["metadata.labels"]),
    ("a key that is gone", {"labels": {"a": "b", "c": "d"}}, {"labels": {"c": "d"}}, ["labels.a"]),
    ("one image of two", pod(WEB, PROXY), pod({**WEB, "image": "web:2"}, PROXY), ["spec.containers[web].image"]),
    ("a container more", pod(WEB), pod(WEB, PROXY), ["spec.containers[proxy]"]),
    ("a container less", pod(WEB, PROXY), pod(PROXY), ["spec.containers[web]"]),
    ("another order", pod(WEB, PROXY), pod(PROXY, WEB), ["spec.containers"]),
    (
        "a variable of a container",
        pod({**WEB, "env": env(A="1", B="2")}),
        pod({**WEB, "env": env(A="1", B="3")}),
        ["spec.containers[web].env[B].value"],
    ),
    ("arguments", pod({**WEB, "args": ["a", "b"]}), pod({**WEB, "args": ["a"]}), ["spec.containers[web].args"]),
    ("names that are not unique", {"x": env(A="1") * 2}, {"x": env(A="2") * 2}, ["x"]),
    (
        "ports without names",
        {"ports": [{"containerPort": 80}, {"containerPort": 443}]},
        {"ports": [{"containerPort": 80, "hostPort": 80}, {"containerPort": 443}]},
        ["ports[80].hostPort"],
    ),
    ("a list that was empty", {"spec": {"containers": []}}, pod(WEB), ["spec.containers"]),
    ("another type", {"a": {"b": 1}}, {"a": [1]}, ["a"]),
]


@pytest.mark.parametrize(
    ("before", "after", "fields"), [each[1:] for each in TOUCHED], ids=[each[0] for each in TOUCHED]
)
def test_what_was_touched_is_named_and_set_back(before: Object, after: Object, fields: list[str]) -> None:
    changes = list(changes_between(before, after))
    assert [change.field for change in changes] == fields
    restored, conflicts = set_back(after, changes)
    assert same(restored, before)
    assert conflicts == []
    kept = msgspec.json.decode(msgspec.json.encode(changes), type=list[Change])
    assert kept == changes


CHANGED = list(changes_between(pod(WEB, replicas=3), pod({**WEB, "image": "web:2"}, replicas=3)))


@pytest.mark.parametrize(
    ("live", "wanted"),
    [
        (pod({**WEB, "image": "web:2"}, replicas=9), pod(WEB, replicas=9)),
        (pod(PROXY, {**WEB, "image": "web:2", "tty": True}), pod(PROXY, {**WEB, "tty": True})),
        (pod(WEB, replicas=3), pod(WEB, replicas=3)),
    ],
    ids=["another field", "another container and another field of this one", "set back already"],
)
def test_what_others_did_elsewhere_stays(live: Object, wanted: Object) -> None:
    assert set_back(live, CHANGED) == (wanted, [])


@pytest.mark.parametrize(
    ("live", "said"),
    [
        (
            pod({**WEB, "image": "web:3"}),
            'spec.containers[web].image is "web:3" now, and was "web:2" after this change',
        ),
        (pod(PROXY), 'spec.containers[web].image is not there now, and was "web:2" after this change'),
        ({"spec": {}}, 'spec.containers[web].image is not there now, and was "web:2" after this change'),
    ],
)
def test_what_others_did_to_the_same_field_stands_in_the_way(live: Object, said: str) -> None:
    assert set_back(live, CHANGED) == (live, [said])


NOTED = list(changes_between({"metadata": {}}, {"metadata": {"annotations": {"note": "x"}}}))
BARED = list(changes_between({"metadata": {"annotations": {"note": "x"}}}, {"metadata": {}}))


@pytest.mark.parametrize(
    ("changes", "live", "wanted"),
    [
        (NOTED, {"note": "x", "theirs": "y"}, {"theirs": "y"}),
        (NOTED, {"theirs": "y"}, {"theirs": "y"}),
        (BARED, {"theirs": "y"}, {"theirs": "y", "note": "x"}),
    ],
)
def test_others_may_use_a_mapping_that_came_or_went(changes: list[Change], live: Object, wanted: Object) -> None:
    restored, conflicts = set_back({"metadata": {"annotations": live}}, changes)
    assert conflicts == []
    assert restored == {"metadata": {"annotations": wanted}}


def test_a_mapping_that_came_is_no_licence_for_what_others_changed_in_it() -> None:
    live = {"metadata": {"annotations": {"note": "z", "theirs": "y"}}}
    restored, (said,) = set_back(live, NOTED)
    assert restored == live
    assert said == 'metadata.annotations.note is "z" now, and was "x" after this change'


def test_a_long_value_is_not_told_in_full() -> None:
    change = Change(("data", "page"), "a", "b" * 1000)
    (said,) = set_back({"data": {"page": "c" * 1000}}, [change])[1]
    assert len(said) < 200


def test_an_item_returns_to_its_place_among_those_that_others_added() -> None:
    one, two, three, other = ({"name": name} for name in ("one", "two", "three", "other"))
    changes = list(changes_between({"c": [one, two, three]}, {"c": [one, three]}))
    assert set_back({"c": [other, one, three]}, changes)[0] == {"c": [other, one, two, three]}


def test_the_object_that_is_read_is_never_changed() -> None:
    live = pod({**WEB, "image": "web:2"})
    copy = msgspec.json.decode(msgspec.json.encode(live))
    set_back(live, CHANGED)
    assert live == copy


KEYS = st.sampled_from(["a", "b", "c", "name", "port"])
SCALARS = st.one_of(st.booleans(), st.integers(-3, 3), st.sampled_from(["", "x", "y"]))


def _named(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    item = st.tuples(st.sampled_from(["p", "q", "r", "s"]), st.dictionaries(st.sampled_from(["a", "b"]), values))
    return st.lists(item, unique_by=lambda pair: pair[0], max_size=4).map(
        lambda pairs: [{"name": name, **value} for name, value in pairs]
    )


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(KEYS, inner, max_size=4), st.lists(inner, max_size=3), _named(inner), _named(inner)
    ),
    max_leaves=12,
)
OBJECTS = st.fixed_dictionaries(
    {"spec": st.dictionaries(KEYS, VALUES, max_size=4), "containers": _named(VALUES)},
    optional={"data": st.dictionaries(KEYS, SCALARS)},
)


@settings(max_examples=60)
@given(OBJECTS, OBJECTS)
def test_any_change_can_be_set_back(before: Object, after: Object) -> None:
    restored, conflicts = set_back(after, list(changes_between(before, after)))
    assert conflicts == []
    assert same(restored, before)


@settings(max_examples=60)
@given(OBJECTS, OBJECTS)
def test_a_merge_patch_makes_the_one_of_the_other(before: Object, after: Object) -> None:
    assert same(applied(before, merge_patch(before, after)), after)


@settings(max_examples=60)
@given(OBJECTS, OBJECTS)
def test_the_inverse_of_a_change_undoes_it(before: Object, after: Object) -> None:
    identity = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "x", "uid": "1"}}
    step = Step(Verb.PATCH, ObjectRef("things", "x"), after)
    reversal = reversal_of(StepPreview(step, {**identity, **before}, None, ()), {**identity, **after})
    if same(before, after):
        assert reversal.step is None
        return
    assert reversal.step is not None
    assert reversal.step.patch is PatchType.MERGE
    assert same(applied({**identity, **after}, reversal.step.body), {**identity, **before})


@settings(max_examples=60)
@given(OBJECTS, OBJECTS)
def test_what_others_added_survives_an_undo(before: Object, after: Object) -> None:
    other = {"name": "other", "image": "sidecar"}
    live = {**after, "containers": [*after["containers"], other], "theirs": {"a": 1}}
    changes = list(changes_between(before, after))
    restored, conflicts = set_back(live, changes)
    assert restored["theirs"] == {"a": 1}
    assert other in restored["containers"]
    whole = any(change.path == ("containers",) for change in changes)
    assert bool(conflicts) == whole
    if not whole:
        assert [each for each in restored["containers"] if each is not other] == before["containers"]


def test_nothing_is_at_a_path_that_leads_nowhere() -> None:
    assert value_of({"a": 1}, ("a", "b")) is msgspec.UNSET
    assert value_of({"a": 1}, ("a", ("name", "b"))) is msgspec.UNSET


APPLIED: list[tuple[str, Object, Object, Object, Object]] = [
    ("what the new says wins over what others did", {"a": 1}, {"a": 2}, {"a": 7}, {"a": 2}),
    ("also where it is what it was", {"a": 1}, {"a": 1}, {"a": 7}, {"a": 1}),
    ("what only the old said goes, whoever changed it since", {"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 7}, {"a": 1}),
    ("what others added stays", {"m": {"a": 1}}, {"m": {"a": 2}}, {"m": {"a": 1, "x": 3}}, {"m": {"a": 2, "x": 3}}),
    ("what is gone already is no harm", {"a": 1}, {}, {"x": 1}, {"x": 1}),
    (
        "containers by name",
        pod(WEB, PROXY),
        pod({**WEB, "image": "web:2"}),
        pod({"name": "injected", "image": "i"}, {**WEB, "tty": True}, PROXY),
        pod({"name": "injected", "image": "i"}, {"name": "web", "image": "web:2", "tty": True}),
    ),
    ("a plain list is one value", {"l": [1, 2]}, {"l": [2]}, {"l": [1, 2, 3]}, {"l": [2]}),
]


@pytest.mark.parametrize(
    ("old", "new", "live", "expected"), [each[1:] for each in APPLIED], ids=[e[0] for e in APPLIED]
)
def test_a_three_way_apply(old: Object, new: Object, live: Object, expected: Object) -> None:
    assert carried_over(live, old, new) == expected
    assert carried_over(expected, old, new) == expected
