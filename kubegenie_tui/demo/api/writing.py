"""CREATE, UPDATE, PATCH and DELETE: checks, defaults, ownership, and then the store."""

from kubegenie_tui.demo.api.admitting import admitted
from kubegenie_tui.demo.api.applying import applied
from kubegenie_tui.demo.api.defaulting import defaulted
from kubegenie_tui.demo.api.patching import APPLY_PATCH, patched
from kubegenie_tui.demo.api.receiving import (
    check_name,
    check_options,
    configuration,
    owner_of,
    patch_result,
    patch_type,
    received,
)
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal, conflict, exists, invalid, not_found
from kubegenie_tui.demo.api.validating import validate
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
        return self._created(call, received(call))

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
        given, obj = obj, obj if resource.custom else defaulted(obj)
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
        obj, old = received(call), self.existing(call)
        check_name(call, obj)
        return self.store(call, old, obj)

    def patch(self, call: Call) -> Object:
        """Patch an object, or apply a configuration.

        Raises:
            Refusal: 400, 404, 409, 415 or 422.
        """
        check_options(call)
        kind = patch_type(call)
        if kind == APPLY_PATCH:
            return self._apply(call)
        body, old = call.json(), self.existing(call)
        result = patch_result(call, patched(old, body, kind))
        asked = meta(body).get("resourceVersion") if isinstance(body, dict) else None
        if asked is None:
            result = with_meta(result, resourceVersion=meta(old)["resourceVersion"])
        return self.store(call, old, result)

    def _apply(self, call: Call) -> Object:
        owner = Owner(call.query.get("fieldManager", ""), "Apply", call.resource.api_version, call.subresource)
        if not owner.manager:
            message = "Required value: is required for apply patch"
            raise invalid("PatchOptions.meta.k8s.io", "", ("FieldValueRequired", message, "fieldManager"))
        config = configuration(call)
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
        if not resource.custom and not call.subresource:
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
