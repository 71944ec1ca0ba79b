"""Fields that are not known, or not of the type that they must be: refused, warned of, or left out in silence."""

from typing import Any

import pytest

from tests.contract.api import APPLY, JSON_PATCH, MERGE, STRATEGIC, Api
from tests.contract.manifests import config_map, deployment, widget

STRICT, IGNORE = {"fieldValidation": "Strict"}, {"fieldValidation": "Ignore"}
UNKNOWN = 'strict decoding error: unknown field "spec.nonsense"'


def mistaken() -> dict[str, Any]:
    made = deployment(replicas=0)
    made["metadata"]["labelz"] = {}
    made["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    made["spec"]["nonsense"] = 1
    return made


MISTAKES = (
    'unknown field "metadata.labelz"',
    'unknown field "spec.template.spec.containers[0].imagee"',
    'unknown field "spec.nonsense"',
)


async def test_strict(api: Api, deployments: str) -> None:
    answer = await api.post(deployments, mistaken(), STRICT)
    why = f"strict decoding error: {', '.join(MISTAKES)}"
    message = f'Deployment in version "v1" cannot be handled as a Deployment: {why}'
    assert answer.refusal == (400, "BadRequest", message)


async def test_warned_of_unless_told_otherwise(api: Api, deployments: str) -> None:
    dry = {"dryRun": "All"}
    for query in (dry, {**dry, "fieldValidation": "Warn"}):
        answer = await api.post(deployments, mistaken(), query)
        assert answer.status == 201
        assert answer.warnings == list(MISTAKES)
        assert "nonsense" not in answer.json["spec"]
        assert "labelz" not in answer.meta
    silent = await api.post(deployments, mistaken(), {**dry, **IGNORE})
    assert (silent.status, silent.warnings) == (201, [])
    assert "nonsense" not in silent.json["spec"]


async def test_no_such_validation(api: Api, deployments: str) -> None:
    answer = await api.post(deployments, deployment(), {"fieldValidation": "Odd"})
    supported = 'supported values: "", "Ignore", "Strict", "Warn"'
    assert answer.causes == [("fieldValidation", f'Unsupported value: "Odd": {supported}')]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (MERGE, {"spec": {"nonsense": 1}}),
        (STRATEGIC, {"spec": {"nonsense": 1}}),
        (JSON_PATCH, [{"op": "add", "path": "/spec/nonsense", "value": 1}]),
    ],
)
async def test_patches(api: Api, deployments: str, kind: str, body: Any) -> None:
    await api.made(deployments, deployment(replicas=0))
    path = f"{deployments}/web"
    refused = await api.patch(path, kind, body, STRICT)
    assert refused.refusal[:2] == (422, "Invalid")
    [(field, message)] = refused.causes
    assert field == "patch"
    assert message.endswith(UNKNOWN)
    passed = await api.patch(path, kind, body)
    assert (passed.status, passed.warnings) == (200, ['unknown field "spec.nonsense"'])
    assert "nonsense" not in passed.json["spec"]


async def test_apply_takes_no_unknown_field(api: Api, deployments: str) -> None:
    made = deployment(replicas=0)
    made["spec"]["nonsense"] = 1
    answer = await api.patch(f"{deployments}/web", APPLY, made, {"fieldManager": "first", **IGNORE})
    what = "/web; apps/v1, Kind=Deployment"
    message = f"failed to create typed patch object ({what}): .spec.nonsense: field not declared in schema"
    assert answer.refusal == (500, "", message)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"replicas": "three"}, "string into Go struct field DeploymentSpec.spec.replicas of type int32"),
        ({"paused": 1}, "number into Go struct field DeploymentSpec.spec.paused of type bool"),
        ({"selector": []}, "array into Go struct field DeploymentSpec.spec.selector of type v1.LabelSelector"),
        (
            {"template": {"spec": {"containers": {}}}},
            "object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
        ),
        (
            {"template": {"spec": {"containers": [{"image": True}]}}},
            "bool into Go struct field Container.spec.template.spec.containers.image of type string",
        ),
        (
            {"template": {"metadata": {"labels": {"a": 1}}}},
            "number into Go struct field ObjectMeta.spec.template.metadata.labels of type string",
        ),
    ],
)
async def test_types(api: Api, deployments: str, spec: dict[str, Any], problem: str) -> None:
    answer = await api.post(deployments, deployment(**spec))
    prefix = 'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal '
    assert answer.refusal == (400, "BadRequest", prefix + problem)


async def test_kinds_and_versions(api: Api, config_maps: str, deployments: str) -> None:
    other = await api.post(config_maps, deployment())
    why = "converting (v1.Deployment) to (core.ConfigMap): unknown conversion"
    assert other.refusal[2] == f'Deployment in version "v1" cannot be handled as a ConfigMap: {why}'
    old = await api.post(deployments, {**deployment(), "apiVersion": "apps/v1beta1"})
    expected = "does not match the expected API version (apps/v1)"
    assert old.refusal == (400, "BadRequest", f"the API version in the data (apps/v1beta1) {expected}")
    assert (await api.post(config_maps, [config_map("x")])).refusal[:2] == (400, "BadRequest")


async def test_custom_resources(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    made = {**widget(custom, "w", size=1, foo=2), "top": 1}
    made["metadata"]["labelz"] = {}
    unknown = ('unknown field "metadata.labelz"', 'unknown field "spec.foo"', 'unknown field "top"')
    refused = await api.post(path, made, STRICT)
    message = f'Widget in version "v1" cannot be handled as a Widget: strict decoding error: {", ".join(unknown)}'
    assert refused.refusal == (400, "BadRequest", message)
    passed = await api.post(path, made)
    assert (len(passed.warnings), passed.json["spec"]) == (3, {"size": 1})
    assert not {"top", "labelz"} & {*passed.json, *passed.meta}
    patched = await api.patch(f"{path}/w", MERGE, {"spec": {"foo": 1}}, STRICT)
    assert patched.refusal[2].endswith('strict decoding error: unknown field "spec.foo"')


async def test_what_a_schema_forbids(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    wrong = await api.post(path, widget(custom, "w", size="x", colour="green"))
    assert wrong.refusal[:2] == (422, "Invalid")
    assert set(wrong.causes) == {
        ("spec.colour", 'Unsupported value: "green": supported values: "red", "blue"'),
        ("spec.size", 'Invalid value: "string": spec.size in body must be of type integer: "string"'),
    }
    missing = await api.post(path, widget(custom, "w"))
    assert missing.causes == [("spec.size", "Required value")]
