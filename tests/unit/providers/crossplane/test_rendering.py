"""What would be composed is told as the function composes it, or told to be unknown."""

import re
from typing import Any

import pytest

from kubegenie_tui.providers.crossplane.asked import cluster_asked, composition_asked
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.crossplane.field_path import MISSING, put, read
from kubegenie_tui.providers.crossplane.rendering import NAME, Rendered, render, writes_kubeconfig
from kubegenie_tui.providers.crossplane.transforms import NotRendered, transformed
from tests.cluster.managed.crossplane_player import rendered as played
from tests.cluster.managed.crossplane_player import resources_of

SPEC = CrossplaneSpec.model_validate(
    {"name": "shop", "cloud": "gcp", "region": "europe-west1", "version": "1.34", "node_size": "e2-standard-4"}
)
CLUSTER = cluster_asked(SPEC, CrossplaneConfig.model_validate({"namespace": "teams"}), "kgtest")


@pytest.mark.parametrize("cloud", ["aws", "gcp", "azure"])
def test_ours_are_rendered_as_they_are_composed(cloud: str) -> None:
    composition = composition_asked(cloud, "compose", "kgtest")
    found = render(composition, CLUSTER)
    assert (found.refused, found.unknown) == ((), ())
    for told, resource in zip(found.resources, resources_of(composition), strict=True):
        wanted = played(resource, composition, CLUSTER)
        assert told["spec"] == wanted["spec"]
        assert told["metadata"]["annotations"][NAME] == resource["name"]
        assert (told["metadata"]["generateName"], told["metadata"]["namespace"]) == ("shop-", "teams")
    assert writes_kubeconfig(found, "shop")
    assert not writes_kubeconfig(found, "stage")


def composed(*patches: dict[str, Any], **more: Any) -> Rendered:
    resource = {"name": "one", "base": {"apiVersion": "v1", "kind": "ConfigMap"}, "patches": list(patches), **more}
    given = {"apiVersion": "pt.fn.crossplane.io/v1beta1", "kind": "Resources", "resources": [resource]}
    return render({"spec": {"pipeline": [{"step": "compose", "functionRef": {"name": "f"}, "input": given}]}}, CLUSTER)


def test_what_the_cluster_has_not_is_left_out_unless_it_is_required() -> None:
    patch = {"fromFieldPath": "spec.parameters.tags", "toFieldPath": "data.tags"}
    assert composed(patch).resources[0].get("data") is None
    [told] = composed({**patch, "policy": {"fromFieldPath": "Required"}}).refused
    assert told == "resource one: spec.parameters.tags is required, and the cluster has none"


def test_values_are_combined() -> None:
    variables = [{"fromFieldPath": "metadata.name"}, {"fromFieldPath": "spec.parameters.minNodes"}]
    combine = {"strategy": "string", "variables": variables, "string": {"fmt": "%s-of-%03d"}}
    patch = {"type": "CombineFromComposite", "combine": combine, "toFieldPath": "data[a.b/c]"}
    assert composed(patch).resources[0]["data"] == {"a.b/c": "shop-of-001"}
    missing = {**patch, "combine": {**combine, "variables": [*variables, {"fromFieldPath": "spec.none"}]}}
    assert "data" not in composed(missing).resources[0]


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"type": "FromEnvironmentFieldPath", "fromFieldPath": "a", "toFieldPath": "b"},
            "FromEnvironmentFieldPath to b",
        ),
        ({"fromFieldPath": "metadata.name", "toFieldPath": "a[*].b"}, "goes to many places or merges"),
        ({"fromFieldPath": "metadata.name", "toFieldPath": "a", "policy": {"toFieldPath": "MergeObjects"}}, "merges"),
    ],
)
def test_what_only_crossplane_can_tell_is_told_as_that(patch: dict[str, Any], words: str) -> None:
    found = composed(patch)
    assert words in found.unknown[0]
    assert writes_kubeconfig(found, "shop")


def test_what_is_patched_back_is_for_later() -> None:
    back = {"type": "ToCompositeFieldPath", "fromFieldPath": "status.a", "toFieldPath": "status.b"}
    assert composed(back).unknown == ()


def test_other_functions_are_not_played() -> None:
    step = {"step": "more", "functionRef": {"name": "function-kcl"}, "input": {"apiVersion": "krm.kcl.dev/v1alpha1"}}
    assert render({"spec": {"pipeline": [step]}}, CLUSTER).unknown == ("step more: what function-kcl does",)


@pytest.mark.parametrize(
    ("value", "transform", "wanted"),
    [
        ("gcp", {"type": "map", "map": {"gcp": "Google"}}, "Google"),
        ("a", {"type": "match", "match": {"patterns": [{"type": "literal", "literal": "a", "result": 1}]}}, 1),
        ("ab", {"type": "match", "match": {"patterns": [{"type": "regexp", "regexp": "^a", "result": {"x": 1}}]}},
         {"x": 1}),
        ("b", {"type": "match", "match": {"patterns": [], "fallbackTo": "Input"}}, "b"),
        ("b", {"type": "match", "match": {"patterns": [], "fallbackValue": 0}}, 0),
        (3, {"type": "math", "math": {"multiply": 2}}, 6),
        (3, {"type": "math", "math": {"type": "ClampMin", "clampMin": 5}}, 5),
        (9, {"type": "math", "math": {"type": "ClampMax", "clampMax": 5}}, 5),
        ("eu", {"type": "string", "string": {"fmt": "%s-a 100%%"}}, "eu-a 100%"),
        (True, {"type": "string", "string": {"fmt": "%t/%%"}}, "true/%"),
        ("Eu", {"type": "string", "string": {"type": "Convert", "convert": "ToUpper"}}, "EU"),
        ("a", {"type": "string", "string": {"type": "Convert", "convert": "ToBase64"}}, "YQ=="),
        ("YQ==", {"type": "string", "string": {"type": "Convert", "convert": "FromBase64"}}, "a"),
        ({"b": 1}, {"type": "string", "string": {"type": "Convert", "convert": "ToJson"}}, '{"b":1}'),
        ("a", {"type": "string", "string": {"type": "Convert", "convert": "ToSha1"}},
         "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("eu-west", {"type": "string", "string": {"type": "TrimPrefix", "trim": "eu-"}}, "west"),
        ("eu-west", {"type": "string", "string": {"type": "TrimSuffix", "trim": "-west"}}, "eu"),
        ("eu-west1", {"type": "string", "string": {"type": "Regexp", "regexp": {"match": "([a-z]+)1", "group": 1}}},
         "west"),
        (["a", "b"], {"type": "string", "string": {"type": "Join", "join": {"separator": "+"}}}, "a+b"),
        ("a.b", {"type": "string", "string": {"type": "Replace", "replace": {"search": ".", "replace": "-"}}}, "a-b"),
        ("3", {"type": "convert", "convert": {"toType": "int64"}}, 3),
        (3, {"type": "convert", "convert": {"toType": "string"}}, "3"),
        ("true", {"type": "convert", "convert": {"toType": "bool"}}, True),
    ],
)  # fmt: skip
def test_transforms(value: Any, transform: dict[str, Any], wanted: Any) -> None:
    told = transformed(value, transform)
    assert (told, type(told)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    ("value", "transform", "words"),
    [
        ("x", {"type": "map", "map": {"gcp": "Google"}}, 'map has nothing for "x"'),
        (1, {"type": "map", "map": {}}, "map takes text"),
        ("x", {"type": "math", "math": {"multiply": 2}}, "math takes a number, and there is text"),
        (3, {"type": "string", "string": {"fmt": "%s"}}, "%s does not fit a number"),
        ("x", {"type": "string", "string": {"fmt": "%s %s"}}, "wants more values"),
        ("x", {"type": "string", "string": {"fmt": "x"}}, "takes fewer values"),
        ("x", {"type": "string", "string": {"type": "Regexp", "regexp": {"match": "y"}}}, '"x" does not match y'),
        ("x" * 99, {"type": "string", "string": {"type": "Regexp", "regexp": {"match": "(x+x+)+y"}}}, "takes too long"),
        ("x", {"type": "convert", "convert": {"toType": "int"}}, "text does not convert to int"),
    ],
)
def test_what_the_function_would_refuse(value: Any, transform: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        transformed(value, transform)


@pytest.mark.parametrize(
    "transform",
    [
        {"type": "string", "string": {"type": "Convert", "convert": "ToAdler32"}},
        {"type": "string", "string": {"fmt": "%q"}},
        {"type": "convert", "convert": {"toType": "object", "format": "json"}},
    ],
)
def test_what_is_not_played_is_not_guessed(transform: dict[str, Any]) -> None:
    with pytest.raises(NotRendered):
        transformed("x", transform)


def test_paths_lead_into_lists_and_make_what_is_not_there() -> None:
    tree: dict[str, Any] = {}
    put(tree, "spec.types[1].name", "b")
    assert tree == {"spec": {"types": [None, {"name": "b"}]}}
    assert read(tree, "spec.types[1].name") == "b"
    assert read(tree, "spec.types[2].name") is MISSING
    with pytest.raises(ValueError, match="leads through what is no list"):
        put(tree, "spec[0]", 1)
