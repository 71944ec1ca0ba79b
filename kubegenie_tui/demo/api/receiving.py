"""From the body of a write to the object that it means: of the right kind, in the right place, of known fields."""

import json

from kubegenie_tui.demo.api.fields import Fields, WrongType
from kubegenie_tui.demo.api.patching import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, bad_request, invalid
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.objects import Object, meta, name_of, with_meta
from kubegenie_tui.demo.state.ownership import Owner

_CHOICES = {"dryRun": ("All",), "fieldValidation": ("", "Ignore", "Strict", "Warn")}


def received(call: Call) -> Object:
    """The object in the body of a create or an update.

    Raises:
        Refusal: 400, 415.
    """
    obj, resource = call.json(), call.resource
    if not isinstance(obj, dict):
        raise bad_request("couldn't get version/kind; json parse error: json: cannot unmarshal the body")
    kind, version = obj.get("kind", resource.kind), obj.get("apiVersion", resource.api_version)
    if kind != resource.kind:
        group = resource.group.partition(".")[0] or "core"
        why = f"converting ({_version(version)}.{kind}) to ({group}.{resource.kind}): unknown conversion"
        raise bad_request(_not_handled(resource, kind, version, why))
    if version != resource.api_version:
        expected = f"does not match the expected API version ({resource.api_version})"
        raise bad_request(f"the API version in the data ({version}) {expected}")
    found = _recognised(call, {"apiVersion": version, "kind": kind, **obj})
    if resource.namespaced:
        if meta(found).get("namespace", call.namespace) != call.namespace:
            raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
        found = with_meta(found, namespace=call.namespace)
    return found


def _recognised(call: Call, obj: Object) -> Object:
    fields = _fields(call, obj)
    if fields.unknown and call.query.get("fieldValidation") == "Strict":
        why = f"strict decoding error: {', '.join(_unknown(fields))}"
        raise bad_request(_not_handled(call.resource, call.resource.kind, call.resource.version, why))
    _warn(call, fields)
    return fields.known


def patch_result(call: Call, obj: Object) -> Object:
    """What a patch has made of an object, without unknown fields.

    Raises:
        Refusal: 400; 422 for unknown fields where validation is strict.
    """
    check_name(call, obj)
    fields = _fields(call, obj)
    if fields.unknown and call.query.get("fieldValidation") == "Strict":
        shown = json.dumps(json.dumps(obj, separators=(",", ":")))
        why = f"Invalid value: {shown}: strict decoding error: {', '.join(_unknown(fields))}"
        raise invalid("", "", ("FieldValueInvalid", why, "patch"))
    _warn(call, fields)
    return fields.known


def configuration(call: Call) -> Object:
    """The configuration in the body of an apply.

    Raises:
        Refusal: 400; 500 for unknown fields, whatever the validation.
    """
    config: Object = call.json()
    if meta(config).get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    check_name(call, config)
    config = {"apiVersion": call.resource.api_version, "kind": call.resource.kind, **config}
    if unknown := _fields(call, config).unknown:
        what = f"/{call.name}; {call.resource.api_version}, Kind={call.resource.kind}"
        message = f"failed to create typed patch object ({what}): .{unknown[0]}: field not declared in schema"
        raise Refusal(500, "", message)
    return config


def _fields(call: Call, obj: Object) -> Fields:
    try:
        return Fields(obj, call.resource)
    except WrongType as problem:
        resource = call.resource
        raise bad_request(_not_handled(resource, resource.kind, resource.version, str(problem))) from None


def _warn(call: Call, fields: Fields) -> None:
    if call.query.get("fieldValidation") != "Ignore":
        call.warnings += _unknown(fields)


def _unknown(fields: Fields) -> list[str]:
    return [f'unknown field "{path}"' for path in fields.unknown]


def _not_handled(resource: Resource, kind: str, version: str, why: str) -> str:
    return f'{kind} in version "{_version(version)}" cannot be handled as a {resource.kind}: {why}'


def _version(api_version: str) -> str:
    return api_version.rpartition("/")[2]


def check_name(call: Call, obj: Object) -> None:
    """Check that an object is the one at the URL.

    Raises:
        Refusal: 400.
    """
    name = name_of(obj)
    if name and name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")


def owner_of(call: Call) -> Owner:
    """Who writes: the fieldManager of the call, else the first word of its User-Agent."""
    agent = call.headers.get("User-Agent", "unknown").partition("/")[0]
    return Owner(call.query.get("fieldManager", agent), "Update", call.resource.api_version, call.subresource)


def check_options(call: Call) -> None:
    """Check what a write may be asked to do.

    Raises:
        Refusal: 422.
    """
    for option, choices in _CHOICES.items():
        value = call.query.get(option, choices[0])
        if value not in choices:
            verb = call.verb.removesuffix("collection").title()
            shown = f'["{value}"]' if option == "dryRun" else f'"{value}"'
            supported = ", ".join(f'"{choice}"' for choice in choices)
            message = f"Unsupported value: {shown}: supported values: {supported}"
            raise invalid(f"{verb}Options.meta.k8s.io", "", ("FieldValueNotSupported", message, option))


def patch_type(call: Call) -> str:
    """The kind of patch in the body.

    Raises:
        Refusal: 415 for one that the resource does not take.
    """
    kind = call.headers.get("Content-Type", "").partition(";")[0]
    if kind not in (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH):
        raise Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    if call.resource.custom and kind == STRATEGIC_PATCH:
        accepted = ", ".join((JSON_PATCH, MERGE_PATCH, APPLY_PATCH))
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise Refusal(415, "UnsupportedMediaType", message)
    return kind
