"""TLS Secrets whose key is not that of their certificate, and expired ones that no ingress shows."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.certificates import KEY_FITS, expiry_of, is_unreadable, key_fits
from kubegenie_tui.diagnostics.gateways import GATEWAYS
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

_INGRESSES = "ingresses.networking.k8s.io"
_WORKLOADS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that are in use; a notice for the others."""
    shown = set(_shown(snapshot))
    for ref in sorted(shown | set(_listened(snapshot)), key=str):
        if (secret := snapshot.get("secrets", ref.namespace, ref.name)) and (lacks := _lacking(secret)):
            yield _incomplete(secret, lacks)
        elif secret is not None and is_unreadable(secret):
            yield _unreadable(secret)
    tls = [each for each in snapshot.all("secrets") if text_at(each, "type") == "kubernetes.io/tls"]
    if not tls:
        return
    mounted = {*_listened(snapshot), *_mounted(snapshot)}
    for secret in tls:
        ref = ref_of("secrets", secret)
        severity = Severity.WARNING if ref in shown | mounted else Severity.NOTICE
        if _fits(secret) is False:
            yield _other_key(secret, Severity.CRITICAL if ref in shown else severity)
        if ref not in shown and (ends := expiry_of(secret)) is not None and 0 < ends < snapshot.now:
            yield _expired(secret, severity, snapshot.now - ends)


def _fits(secret: Manifest) -> bool | None:
    told = secret.get(KEY_FITS)
    return told if isinstance(told, bool) else key_fits(secret)


def _shown(snapshot: Snapshot) -> Iterator[ObjectRef]:
    for ingress in snapshot.all(_INGRESSES):
        for tls in mappings_at(ingress, "spec.tls"):
            yield ObjectRef("secrets", text_at(tls, "secretName"), ref_of(_INGRESSES, ingress).namespace)


def _listened(snapshot: Snapshot) -> Iterator[ObjectRef]:
    """By gateways."""
    for gateway in snapshot.all(GATEWAYS):
        own = ref_of(GATEWAYS, gateway).namespace
        for listener in mappings_at(gateway, "spec.listeners"):
            for each in mappings_at(listener, "tls.certificateRefs"):
                yield ObjectRef("secrets", text_at(each, "name"), text_at(each, "namespace") or own)


def _mounted(snapshot: Snapshot) -> Iterator[ObjectRef]:
    for kind in _WORKLOADS:
        for item in snapshot.all(kind):
            for reference in references_of(mapping_at(item, TEMPLATE_PATHS[kind])):
                if reference.kind == "secrets":
                    yield ObjectRef("secrets", reference.name, ref_of(kind, item).namespace)


def _lacking(secret: Manifest) -> list[str]:
    return [key for key in ("tls.crt", "tls.key") if key not in keys_of(secret)]


def _incomplete(secret: Manifest, lacks: list[str]) -> Finding:
    ref, keys, missing = ref_of("secrets", secret), ", ".join(keys_of(secret)) or "none", " and ".join(lacks)
    evidence = (fact("secrets", secret, "data", f"keys: {keys}"), fact("secrets", secret, "type"))
    title, why = f"secret {ref.name} holds no certificate to serve with", f"it has no {missing}; its keys are {keys}"
    step = "make it anew, of type kubernetes.io/tls, with tls.crt and tls.key"
    return Finding(
        "certificate-incomplete",
        Severity.WARNING,
        title,
        why,
        ref,
        f"data[{lacks[0]}]",
        evidence,
        (ref,),
        0.95,
        (step,),
    )


def _unreadable(secret: Manifest) -> Finding:
    ref, field = ref_of("secrets", secret), "data[tls.crt]"
    evidence = (fact("secrets", secret, field, "no -----BEGIN CERTIFICATE-----"),)
    title, why = f"secret {ref.name} holds no certificate to serve with", "what its tls.crt holds is no PEM"
    step = "put the certificate in as PEM, encoded with base64 once"
    return Finding("certificate-incomplete", Severity.WARNING, title, why, ref, field, evidence, (ref,), 0.95, (step,))


def _other_key(secret: Manifest, severity: Severity) -> Finding:
    ref = ref_of("secrets", secret)
    evidence = (fact("secrets", secret, "data[tls.key]", "not the key of the certificate"),)
    title, why = f"secret {ref.name}: its key does not fit its certificate", "tls.key belongs to another certificate"
    step = "put the certificate and its own key in, as they were made together"
    return Finding("certificate-other-key", severity, title, why, ref, "data[tls.key]", evidence, (ref,), 1.0, (step,))


def _expired(secret: Manifest, severity: Severity, since: float) -> Finding:
    ref, when = ref_of("secrets", secret), f"expired {format_age(since)} ago"
    evidence = (fact("secrets", secret, "data[tls.crt]", f"certificate {when}"),)
    title, why = f"secret {ref.name}: its certificate {when}", "nothing has renewed it"
    step = "renew the certificate, or delete it when nobody needs it"
    return Finding("certificate-expired", severity, title, why, ref, "data[tls.crt]", evidence, (ref,), 0.95, (step,))
