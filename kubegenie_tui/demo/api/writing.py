"""CREATE, UPDATE, PATCH and DELETE: checks, defaults, ownership, and then the store."""

from typing import Any

from kubegenie_tui.demo.api.admitting import admitted
from kubegenie_tui.demo.api.applying import applied
from kubegenie_tui.demo.api.defaulting import defaulted
from kubegenie_tui.demo.api.patching import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, patched
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, bad_request, conflict, exists, invalid, not_found
from kubegenie_tui.demo.api.validating import pruned, validate
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, meta, name_of, with_meta
from kubegenie_tui.demo.state.ownership import Owner, claim, update

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
SERVER_FIELDS = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
)


class Writer:
    """Writes to one cluster on behalf of users."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def create(self, call: Call) -> Object:
        """Store a new object.

        Raises:
            Refusal: 400, 403, 404 (namespace), 409 or 422.
        """
        check_options(call)
        obj = self._received(call)
        return self._created(call, obj)

    def _created(self, call: Call, obj: Object, applier: Owner | None = None) -> Object:
        resource = call.resource
        if call.namespace and self.cluster.get("namespaces", call.namespace) is None:
            raise Refusal(
                404,
                "NotFound",
                f'namespaces "{call.namespace}" not found',
                {"name": call.namespace, "kind": "namespaces"},
            )
        if "status" in resource.subresources:
            obj = {key: value for key, value in obj.items() if key != "status"}
        given, obj = obj, pruned(obj, resource.structure) if resource.custom else defaulted(obj)
        validate(resource, obj)
        own = {key: value for key, value in meta(obj).items() if key not in (*SERVER_FIELDS, "resourceVersion")}
        fresh = self.cluster.prepared({**obj, "metadata": own})
        if (call.namespace, name_of(fresh)) in self.cluster.collection(resource.id).items:
            raise exists(resource, name_of(fresh))
        claimed = given if applier else fresh
        owner, now = applier or owner_of(call), self.cluster.clock.stamp()
        owned = meta(claim(claimed, owner, now, custom=resource.custom)).get("managedFields")
        fresh = with_meta(admitted(self.cluster, resource, fresh), **({"managedFields": owned} if owned else {}))
        return fresh if call.dry_run else self.cluster.insert(fresh)

    def update(self, call: Call) -> Object:
        """Replace an object by the one in the body.

        Raises:
            Refusal: 400, 404, 409 or 422.
        """
        check_options(call)
        obj, old = self._received(call), self.existing(call)
        _check_name(call, obj)
        return self.store(call, old, obj)

    def patch(self, call: Call) -> Object:
        """Patch an object, or apply a configuration.

        Raises:
            Refusal: 400, 404, 409, 415 or 422.
        """
        check_options(call)
        kind = call.headers.get("Content-Type", "").partition(";")[0]
        check_patch_type(call.resource, kind)
        body = call.json()
        if kind == APPLY_PATCH:
            return self._apply(call, body)
        old = self.existing(call)
        result = patched(old, body, kind)
        _check_name(call, result)
        asked = meta(body).get("resourceVersion") if isinstance(body, dict) else None
        if asked is None:
            result = with_meta(result, resourceVersion=meta(old)["resourceVersion"])
        return self.store(call, old, result)

    def _apply(self, call: Call, config: Object) -> Object:
        owner = Owner(call.query.get("fieldManager", ""), "Apply", call.resource.api_version, call.subresource)
        if not owner.manager:
            message = "Required value: is required for apply patch"
            raise invalid("PatchOptions.meta.k8s.io", "", ("FieldValueRequired", message, "fieldManager"))
        if meta(config).get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        _check_name(call, config)
        config = {"apiVersion": call.resource.api_version, "kind": call.resource.kind, **config}
        stored = self.cluster.collection(call.resource.id).items.get((call.namespace, call.name))
        if stored is None:
            whole = with_meta(config, name=call.name, **({"namespace": call.namespace} if call.namespace else {}))
            return self._created(call, whole, owner)
        result = applied(stored.object, config, owner, self.cluster.clock.stamp(), call)
        return self.store(call, stored.object, result, managed=True)

    def store(self, call: Call, old: Object, obj: Object, *, managed: bool = False) -> Object:
        """Check a new version of an object and keep it, unless the call is a dry run.

        Raises:
            Refusal: 409 when it builds on another version, 422 when it is not valid.
        """
        resource, version = call.resource, meta(obj).get("resourceVersion")
        if version and version != meta(old)["resourceVersion"]:
            raise conflict(resource, call.name, MODIFIED)
        if meta(obj).get("uid") not in (None, "", meta(old)["uid"]):
            if call.verb == "patch":
                message = f'Invalid value: "{meta(obj)["uid"]}": field is immutable'
                raise invalid(resource.qualified_kind, call.name, ("FieldValueInvalid", message, "metadata.uid"))
            where = f"/registry/{resource.plural}/{call.namespace}/{call.name}"
            problem = f"UID in precondition: {meta(obj)['uid']}, UID in object meta: {meta(old)['uid']}"
            detail = f"Code: 4, Key: {where}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: {problem}"
            raise conflict(resource, call.name, f"StorageError: invalid object, {detail}")
        kept = {
            key: meta(old)[key] for key in ("name", "namespace", "resourceVersion", *SERVER_FIELDS) if key in meta(old)
        }
        if managed:
            kept["managedFields"] = meta(obj)["managedFields"]
        fresh = self._parts(call, old, {**obj, "metadata": {**meta(obj), **kept}})
        if resource.custom:
            fresh = pruned(fresh, resource.structure)
        elif not call.subresource:
            fresh = defaulted(fresh)
        validate(resource, fresh, old)
        if not managed:
            fresh = update(old, fresh, owner_of(call), self.cluster.clock.stamp(), custom=resource.custom)
        return fresh if call.dry_run else self.cluster.replace(fresh)

    def _parts(self, call: Call, old: Object, obj: Object) -> Object:
        """What a call may change: the status alone, or all but it."""
        if call.subresource == "status":
            return {
                **old,
                "metadata": {**meta(old), "managedFields": meta(obj)["managedFields"]},
                "status": obj.get("status") or {},
            }
        if "status" in call.resource.subresources:
            return {**obj, **({"status": old["status"]} if "status" in old else {})}
        return obj

    def existing(self, call: Call) -> Object:
        """The object that a call names.

        Raises:
            Refusal: 404.
        """
        stored = self.cluster.collection(call.resource.id).items.get((call.namespace, call.name))
        if stored is None:
            raise not_found(call.resource, call.name)
        obj = stored.object
        if "kind" not in obj:
            obj = {"apiVersion": call.resource.api_version, "kind": call.resource.kind, **obj}
        return obj

    def _received(self, call: Call) -> Object:
        obj: Any = call.json()
        resource = call.resource
        kind, version = obj.get("kind", resource.kind), obj.get("apiVersion", resource.api_version)
        if kind != resource.kind or version != resource.api_version:
            group = resource.group.partition(".")[0] or "core"
            gone = f"converting ({version.replace('/', '')}.{kind}) to ({group}.{resource.kind}): unknown conversion"
            raise bad_request(f'{kind} in version "{version}" cannot be handled as a {resource.kind}: {gone}')
        found = {"apiVersion": version, "kind": kind, **obj}
        if resource.namespaced:
            if meta(found).get("namespace", call.namespace) != call.namespace:
                raise bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            found = with_meta(found, namespace=call.namespace)
        return found


def _check_name(call: Call, obj: Object) -> None:
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
    if call.query.get("dryRun", "All") != "All":
        message = f'Unsupported value: ["{call.query["dryRun"]}"]: supported values: "All"'
        verb = call.verb.removesuffix("collection").title()
        raise invalid(f"{verb}Options.meta.k8s.io", "", ("FieldValueNotSupported", message, "dryRun"))


def check_patch_type(resource: Resource, kind: str) -> None:
    """Check that a resource takes this kind of patch.

    Raises:
        Refusal: 415.
    """
    if kind not in (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH):
        raise Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    if resource.custom and kind == STRATEGIC_PATCH:
        accepted = ", ".join((JSON_PATCH, MERGE_PATCH, APPLY_PATCH))
        message = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise Refusal(415, "UnsupportedMediaType", message)
