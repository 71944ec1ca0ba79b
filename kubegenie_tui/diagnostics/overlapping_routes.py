"""Ingresses that claim the same address for different services: which of them is heard, each controller decides.

Source: Kubernetes' documentation, "Ingress"; ingress-nginx takes the eldest, and its canaries share on purpose:
https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

_KIND = "ingresses.networking.k8s.io"
_CLASS = "kubernetes.io/ingress.class"
_SHARE = ("canary", "group.name", "weight", "merge", "priority")
"""Words of annotations by which controllers let ingresses share an address."""
_Claim = tuple[str, str, str, str, str]
"""Namespace, class, host, type and text of a path. Of several namespaces one may be a copy of the other."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """The younger of two of a namespace that lead one address to different services."""
    first: dict[_Claim, tuple[Manifest, str, str]] = {}
    for ingress in sorted(snapshot.all(_KIND), key=_age):
        if any(word in key for key in mapping_at(ingress, "metadata.annotations") for word in _SHARE):
            continue
        for claim, field, service in _claims(ingress):
            other, its_field, its_service = first.setdefault(claim, (ingress, field, service))
            if other is not ingress and its_service != service:
                yield _finding(ingress, field, service, other, its_field, its_service, claim)
                break


def _age(ingress: Manifest) -> tuple[str, str]:
    """By which the eldest is first."""
    return text_at(ingress, "metadata.creationTimestamp"), text_at(ingress, "metadata.name")


def _claims(ingress: Manifest) -> Iterator[tuple[_Claim, str, str]]:
    """Each address with the field of its path, and the service with its port."""
    by_annotation = mapping_at(ingress, "metadata.annotations").get(_CLASS)
    space = ref_of(_KIND, ingress).namespace
    of_class = text_at(ingress, "spec.ingressClassName") or str(by_annotation or "")
    for rule in mappings_at(ingress, "spec.rules"):
        if not (host := text_at(rule, "host")):
            continue
        for path in mappings_at(rule, "http.paths"):
            service = mapping_at(path, "backend.service")
            port = text_at(service, "port.number") or text_at(service, "port.name")
            where = text_at(path, "path") or "/"
            meant = f"{text_at(service, 'name')}:{port}"
            claim = space, of_class, host, text_at(path, "pathType"), where.rstrip("/") or "/"
            yield claim, f"spec.rules[{host}].http.paths[{where}]", meant if service else ""


def _finding(
    ingress: Manifest, field: str, service: str, other: Manifest, its_field: str, its_service: str, claim: _Claim
) -> Finding:
    ref, its = ref_of(_KIND, ingress), ref_of(_KIND, other)
    _, _, host, _, path = claim
    evidence = (fact(_KIND, ingress, field, service or "none"), fact(_KIND, other, its_field, its_service or "none"))
    why = f"{host}{path} already leads to {its_service} by ingress {its.name}, which is older"
    title, step = f"ingress {ref.name} claims an address that another one has", "give it another host or path"
    return Finding("ingress-overlap", Severity.WARNING, title, why, ref, field, evidence, (ref, its), 0.85, (step,))
