"""What lets traffic in: Services and Ingresses."""

from collections.abc import Hashable, Iterator

from kubegenie_tui.diagnostics.pack.check import Check, Fault
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Subject
from kubegenie_tui.diagnostics.snapshot import ref_of
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.policy_parameters import Parameters

INGRESSES = "ingresses.networking.k8s.io"
_HTTP = "kubernetes.io/ingress.allow-http"
_HTTP_FIELD = f"metadata.annotations[{_HTTP}]"


def _addresses(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    for address in texts_at(subject.manifest, "spec.externalIPs"):
        if address not in (parameters.external_ips or ()):
            yield Fault("spec.externalIPs", address, f"it takes the external address {address}, which is not allowed")


def _balancer(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    if text_at(subject.manifest, "spec.type") == "LoadBalancer":
        yield Fault("spec.type", "LoadBalancer", "it is a load balancer of its own")


def _selector(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """Services of one namespace with the same selector: their pods are the same."""
    selector = mapping_at(subject.manifest, "spec.selector")
    shared = (each for key in _selectors(subject.manifest) for each in inventory.sharing("services", _selectors, key))
    same = [other for each in shared if (other := ref_of("services", each)) != subject.ref]
    if same:
        pairs = ", ".join(f"{key}={value}" for key, value in sorted(selector.items()))
        names = ", ".join(each.name for each in same[:3])
        yield Fault("spec.selector", pairs, f"it has the selector of service {names}", tuple(same))


def _selectors(service: Manifest) -> Iterator[Hashable]:
    """The selector of a service in its namespace; nothing for one without."""
    if selector := mapping_at(service, "spec.selector"):
        yield text_at(service, "metadata.namespace"), *sorted(selector.items())


def _wildcard(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    for number, rule in enumerate(mappings_at(subject.manifest, "spec.rules")):
        host, field = text_at(rule, "host"), f"spec.rules[{number}].host"
        if not host:
            yield Fault(field, "not set", "a rule of it takes every host")
        elif "*" in host:
            yield Fault(field, host, f"a rule of it takes all hosts {host}")


def _host(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    ref = subject.ref
    for number, rule in enumerate(mappings_at(subject.manifest, "spec.rules")):
        host = text_at(rule, "host")
        same = (ref_of(INGRESSES, each) for each in inventory.sharing(INGRESSES, _hosts, host))
        others = tuple(each for each in same if each != ref)
        if others:
            names = ", ".join(f"{each.namespace}/{each.name}" for each in others[:3])
            yield Fault(f"spec.rules[{number}].host", host, f"it has the host {host}, as {names}", others)


def _hosts(ingress: Manifest) -> set[str]:
    return {host for rule in mappings_at(ingress, "spec.rules") if (host := text_at(rule, "host"))}


def _plain_http(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    said = str(mapping_at(subject.manifest, "metadata.annotations").get(_HTTP, ""))
    if said != "false":
        yield Fault(_HTTP_FIELD, said or "not set", f"it does not rule out plain HTTP: {_HTTP} is not false")


def _tls(inventory: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    if not mappings_at(subject.manifest, "spec.tls"):
        yield Fault("spec.tls", "not set", "it has no TLS")
    yield from _plain_http(inventory, parameters, subject)


CHECKS = (
    Check(
        "allowed-ip",
        "no Service takes an external address that is not allowed: it could draw the traffic of others to itself",
        ("services",),
        _addresses,
        "take the address out of externalIPs",
        Severity.WARNING,
        settings=("external_ips",),
        unset=lambda parameters: parameters.external_ips is None,
    ),
    Check(
        "block-loadbalancer-services",
        "no Service is a load balancer: traffic comes in by Ingresses and Gateways",
        ("services",),
        _balancer,
        "make it a ClusterIP behind an Ingress",
    ),
    Check(
        "block-wildcard-ingress",
        "each rule of an Ingress names its host, without a wildcard",
        (INGRESSES,),
        _wildcard,
        "name the host",
    ),
    Check(
        "tls-optional",
        "each Ingress rules out plain HTTP",
        (INGRESSES,),
        _plain_http,
        f"set the annotation {_HTTP} to false",
        covered_by=lambda _: "tls-required",
    ),
    Check(
        "tls-required",
        "each Ingress has TLS, and rules out plain HTTP",
        (INGRESSES,),
        _tls,
        f"give it TLS, and set the annotation {_HTTP} to false",
    ),
    Check(
        "unique-ingress-host",
        "no two Ingresses have the same host",
        (INGRESSES,),
        _host,
        "give it another host, or put the rules into one Ingress",
    ),
    Check(
        "unique-service-selector",
        "no two Services of a namespace have the same selector",
        ("services",),
        _selector,
        "give one of them another selector, or take it away",
    ),
)
