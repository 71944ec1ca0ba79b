"""The kinds of AWS that our Composition makes and whose definitions are not among those that tests may install.

Each is a small one in the image of upjet's own (provider-upjet-aws, package/crds): group, version, names and scope, the
fields of `spec.forProvider` that a Composition can set with their references and selectors, what is required, the
defaults, the reference to a ProviderConfig and to a Secret, and the status with its conditions. Left out are the words
about the fields, `initProvider`, `managementPolicies`, and of `Route` the targets that are no internet gateway. What is
not in them is refused as upjet's own refuse it: requests are checked strictly.
"""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


_POLICY = _object(
    resolution={"type": "string", "default": "Required", "enum": ["Required", "Optional"]},
    resolve={"type": "string", "enum": ["Always", "IfNotPresent"]},
)
_REFERENCE = _object("name", name=_TEXT, namespace=_TEXT, policy=_POLICY)
_SELECTOR = _object(matchControllerRef={"type": "boolean"}, matchLabels=_TEXTS, namespace=_TEXT, policy=_POLICY)
_CONDITION = _object(
    "lastTransitionTime", "reason", "status", "type",
    lastTransitionTime={"type": "string", "format": "date-time"}, message=_TEXT, reason=_TEXT, status=_TEXT, type=_TEXT,
    observedGeneration={"type": "integer", "format": "int64"},
)  # fmt: skip


def _referred(*names: str) -> dict[str, Any]:
    """Fields that may be given, or found by a reference or a selector."""
    return {
        name: schema
        for each in names
        for name, schema in ((each, _TEXT), (f"{each}Ref", _REFERENCE), (f"{each}Selector", _SELECTOR))
    }


_FIELDS: dict[tuple[str, str], dict[str, Any]] = {
    ("ec2", "InternetGateway"): {**_referred("vpcId"), "tags": _TEXTS},
    ("ec2", "RouteTable"): {**_referred("vpcId"), "tags": _TEXTS},
    ("ec2", "Route"): {
        **_referred("gatewayId", "routeTableId"), "destinationCidrBlock": _TEXT, "destinationIpv6CidrBlock": _TEXT,
    },
    ("ec2", "RouteTableAssociation"): _referred("gatewayId", "routeTableId", "subnetId"),
    ("eks", "ClusterAuth"): {**_referred("clusterName"), "refreshPeriod": {"type": "string", "default": "10m0s"}},
}  # fmt: skip
"""Of `spec.forProvider`, besides the region."""


def aws_definitions() -> list[dict[str, Any]]:
    """InternetGateway, RouteTable, Route and RouteTableAssociation of EC2, and ClusterAuth of EKS."""
    return [_definition(service, kind, fields) for (service, kind), fields in _FIELDS.items()]


def _definition(service: str, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    group, plural = f"{service}.aws.m.upbound.io", f"{kind.lower()}s"
    account = _object("kind", "name", kind=_TEXT, name=_TEXT)
    spec = _object(
        "forProvider",
        forProvider=_object("region", region=_TEXT, **fields),
        providerConfigRef={**account, "default": {"kind": "ClusterProviderConfig", "name": "default"}},
        writeConnectionSecretToRef=_object("name", name=_TEXT),
    )
    conditions = {
        "type": "array", "items": _CONDITION, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
    }  # fmt: skip
    seen = _object(id=_TEXT, lastRefreshTime={"type": "string", "format": "date-time"})
    schema = _object("spec", spec=spec, status=_object(atProvider=seen, conditions=conditions))
    version = {
        "name": "v1beta1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
    }  # fmt: skip
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "categories": ["crossplane", "managed", "aws"]}
    body = {"group": group, "names": names, "scope": "Namespaced", "versions": [version]}
    return {"metadata": {"name": f"{plural}.{group}"}, "spec": body}
