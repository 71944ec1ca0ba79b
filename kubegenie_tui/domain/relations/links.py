"""What an object refers to by name: read from its own manifest, field by field."""

from collections.abc import Callable, Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.ingress import backends
from kubegenie_tui.domain.relations.link import Link, Relation
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

INGRESSES = "ingresses.networking.k8s.io"
CLAIMS = "persistentvolumeclaims"
STORAGE_CLASSES = "storageclasses.storage.k8s.io"
_RBAC = "rbac.authorization.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"
_POD_RELATIONS = {"secrets": Relation.SECRET, "configmaps": Relation.CONFIG, CLAIMS: Relation.STORAGE}
_POD_CLASSES = (
    ("priorityClassName", "priorityclasses.scheduling.k8s.io"),
    ("runtimeClassName", "runtimeclasses.node.k8s.io"),
)


def links_of(kind_id: str, manifest: Manifest) -> Iterator[Link]:
    """Every link that an object's manifest tells, owners included; the same end may come more than once."""
    yield from owners_of(manifest)
    if kind_id in TEMPLATE_PATHS:
        yield from _pod(mapping_at(manifest, TEMPLATE_PATHS[kind_id]), text_at(manifest, "metadata.namespace"))
    if teller := _TELLERS.get(kind_id):
        yield from teller(manifest, text_at(manifest, "metadata.namespace"))


def owners_of(manifest: Manifest) -> Iterator[Link]:
    """The owners; their kind ids are guessed from kind and group, for manifests do not tell resource names."""
    namespace = text_at(manifest, "metadata.namespace")
    for reference in mappings_at(manifest, "metadata.ownerReferences"):
        kind = kind_word(text_at(reference, "kind"), text_at(reference, "apiVersion"))
        how = "controller" if reference.get("controller") else "ownerReferences"
        yield Link(Relation.OWNER, ObjectRef(kind, text_at(reference, "name"), namespace), how)


def kind_word(kind: str, api_version: str) -> str:
    """A kind id from a manifest's kind, by the plural that English and nearly all of Kubernetes make."""
    word, group = kind.lower(), api_version.rpartition("/")[0]
    if word.endswith(("s", "x", "ch")):
        plural = f"{word}es"
    else:
        plural = f"{word[:-1]}ies" if word.endswith("y") and not word.endswith("ay") else f"{word}s"
    return f"{plural}.{group}" if group else plural


def _pod(spec: Manifest, namespace: str) -> Iterator[Link]:
    for found in references_of(spec):
        key = f" (key {found.key})" if found.key else ""
        yield Link(_POD_RELATIONS[found.kind], ObjectRef(found.kind, found.name, namespace), f"{found.field}{key}")
    for secret in mappings_at(spec, "imagePullSecrets"):
        yield Link(Relation.SECRET, ObjectRef("secrets", text_at(secret, "name"), namespace), "imagePullSecrets")
    if spec:
        account = text_at(spec, "serviceAccountName") or "default"
        yield Link(Relation.ACCOUNT, ObjectRef("serviceaccounts", account, namespace), "serviceAccountName")
    if node := text_at(spec, "nodeName"):
        yield Link(Relation.NODE, ObjectRef("nodes", node), "nodeName")
    for field, kind in _POD_CLASSES:
        if name := text_at(spec, field):
            yield Link(Relation.CLASS, ObjectRef(kind, name), field)


def _stateful_set(manifest: Manifest, namespace: str) -> Iterator[Link]:
    if service := text_at(manifest, "spec.serviceName"):
        yield Link(Relation.SERVICE, ObjectRef("services", service, namespace), "spec.serviceName")


def _ingress(manifest: Manifest, namespace: str) -> Iterator[Link]:
    for field, backend in backends(manifest):
        yield Link(Relation.SERVICE, ObjectRef("services", text_at(backend, "name"), namespace), field)
    for tls in mappings_at(manifest, "spec.tls"):
        if name := text_at(tls, "secretName"):
            yield Link(Relation.SECRET, ObjectRef("secrets", name, namespace), "spec.tls")
    if name := text_at(manifest, "spec.ingressClassName"):
        yield Link(Relation.CLASS, ObjectRef("ingressclasses.networking.k8s.io", name), "spec.ingressClassName")


def _route(manifest: Manifest, namespace: str) -> Iterator[Link]:
    for parent in mappings_at(manifest, "spec.parentRefs"):
        where = text_at(parent, "namespace") or namespace
        if (text_at(parent, "kind") or "Gateway") == "Gateway":
            ref = ObjectRef(f"gateways.{_GATEWAY}", text_at(parent, "name"), where)
            yield Link(Relation.GATEWAY, ref, "spec.parentRefs")
        else:
            yield Link(Relation.SERVICE, ObjectRef("services", text_at(parent, "name"), where), "spec.parentRefs")
    for rule in mappings_at(manifest, "spec.rules"):
        for backend in mappings_at(rule, "backendRefs"):
            if (text_at(backend, "kind") or "Service") == "Service":
                ref = ObjectRef("services", text_at(backend, "name"), text_at(backend, "namespace") or namespace)
                yield Link(Relation.SERVICE, ref, "spec.rules.backendRefs")


def _gateway(manifest: Manifest, namespace: str) -> Iterator[Link]:
    if name := text_at(manifest, "spec.gatewayClassName"):
        yield Link(Relation.CLASS, ObjectRef(f"gatewayclasses.{_GATEWAY}", name), "spec.gatewayClassName")
    for listener in mappings_at(manifest, "spec.listeners"):
        for ref in mappings_at(listener, "tls.certificateRefs"):
            if (text_at(ref, "kind") or "Secret") == "Secret":
                where = text_at(ref, "namespace") or namespace
                how = f"spec.listeners[{text_at(listener, 'name')}].tls"
                yield Link(Relation.SECRET, ObjectRef("secrets", text_at(ref, "name"), where), how)


def _scaler(manifest: Manifest, namespace: str) -> Iterator[Link]:
    target = mapping_at(manifest, "spec.scaleTargetRef")
    kind = kind_word(text_at(target, "kind"), text_at(target, "apiVersion"))
    yield Link(Relation.TARGET, ObjectRef(kind, text_at(target, "name"), namespace), "spec.scaleTargetRef")


def _claim(manifest: Manifest, namespace: str) -> Iterator[Link]:
    if name := text_at(manifest, "spec.volumeName"):
        yield Link(Relation.STORAGE, ObjectRef("persistentvolumes", name), "spec.volumeName")
    yield from _storage_class(manifest)


def _volume(manifest: Manifest, namespace: str) -> Iterator[Link]:
    if name := text_at(manifest, "spec.claimRef.name"):
        where = text_at(manifest, "spec.claimRef.namespace")
        yield Link(Relation.STORAGE, ObjectRef(CLAIMS, name, where), "spec.claimRef")
    yield from _storage_class(manifest)


def _storage_class(manifest: Manifest) -> Iterator[Link]:
    if name := text_at(manifest, "spec.storageClassName"):
        yield Link(Relation.STORAGE, ObjectRef(STORAGE_CLASSES, name), "spec.storageClassName")


def _account(manifest: Manifest, namespace: str) -> Iterator[Link]:
    for field in ("secrets", "imagePullSecrets"):
        for secret in mappings_at(manifest, field):
            yield Link(Relation.SECRET, ObjectRef("secrets", text_at(secret, "name"), namespace), field)


def _binding(manifest: Manifest, namespace: str) -> Iterator[Link]:
    is_cluster_role = text_at(manifest, "roleRef.kind") == "ClusterRole"
    kind, where = (f"clusterroles.{_RBAC}", "") if is_cluster_role else (f"roles.{_RBAC}", namespace)
    yield Link(Relation.ROLE, ObjectRef(kind, text_at(manifest, "roleRef.name"), where), "roleRef")
    for subject in mappings_at(manifest, "subjects"):
        if text_at(subject, "kind") == "ServiceAccount":
            where = text_at(subject, "namespace") or namespace
            ref = ObjectRef("serviceaccounts", text_at(subject, "name"), where)
        else:
            ref = ObjectRef(text_at(subject, "kind").lower() + "s", text_at(subject, "name"))
        yield Link(Relation.SUBJECT, ref, "subjects")


_TELLERS: dict[str, Callable[[Manifest, str], Iterator[Link]]] = {
    "statefulsets.apps": _stateful_set,
    INGRESSES: _ingress,
    f"httproutes.{_GATEWAY}": _route,
    f"grpcroutes.{_GATEWAY}": _route,
    f"gateways.{_GATEWAY}": _gateway,
    "horizontalpodautoscalers.autoscaling": _scaler,
    CLAIMS: _claim,
    "persistentvolumes": _volume,
    "serviceaccounts": _account,
    f"rolebindings.{_RBAC}": _binding,
    f"clusterrolebindings.{_RBAC}": _binding,
}
