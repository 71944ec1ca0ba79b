"""Custom resources as operators define them: certificates, GitOps applications, and a platform's own databases."""

from kubegenie_tui.demo.state.objects import Object, timestamp
from kubegenie_tui.demo.story.custom_schemas import APPLICATION, CERTIFICATE, DATABASE, OPEN
from kubegenie_tui.demo.story.manifests import manifest
from kubegenie_tui.demo.story.stage import DAY, HOUR, Stage

AGE = ("Age", "date", ".metadata.creationTimestamp")
_CONDITION = '.status.conditions[?(@.type=="{}")].status'


def tell(stage: Stage) -> None:
    """Define the kinds, then make some of each."""
    stage.create(
        58 * DAY,
        definition(
            "cert-manager.io", "Certificate", "certificates", ["cert", "certs"],
            ("Ready", "string", _CONDITION.format("Ready")), ("Secret", "string", ".spec.secretName"), AGE,
            schema=CERTIFICATE,
        ),
        definition(
            "argoproj.io", "Application", "applications", ["app", "apps"],
            ("Sync Status", "string", ".status.sync.status"), ("Health Status", "string", ".status.health.status"), AGE,
            version="v1alpha1", schema=APPLICATION,
        ),
        definition(
            "platform.northwind.example", "Database", "databases", ["db"],
            ("Synced", "string", _CONDITION.format("Synced")), ("Ready", "string", _CONDITION.format("Ready")),
            ("Engine", "string", ".spec.engine"), AGE,
            schema=DATABASE, before="v1alpha1",
        ),
    )  # fmt: skip
    stage.create(50 * DAY, *_certificates(stage.now), *_applications(), *_databases(stage.now))


def definition(
    group: str,
    kind: str,
    plural: str,
    short: list[str],
    *columns: tuple[str, str, str],
    version: str = "v1",
    schema: Object = OPEN,
    before: str = "",
) -> Object:
    """A CustomResourceDefinition; without a schema it takes anything. `before`: a version that was served once."""
    printed = [{"name": name, "type": type_, "jsonPath": path} for name, type_, path in columns]
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "shortNames": short, "listKind": f"{kind}List"}
    served: Object = {
        "name": version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": printed,
    }
    old = {**served, "name": before, "served": False, "storage": False, "deprecated": True}
    versions = [served, *([old] if before else [])]
    spec = {"group": group, "names": names, "scope": "Namespaced", "versions": versions}
    conditions = [
        {"type": state, "status": "True", "reason": reason}
        for state, reason in (("NamesAccepted", "NoConflicts"), ("Established", "InitialNamesAccepted"))
    ]
    status = {
        "acceptedNames": names,
        "conditions": conditions,
        "storedVersions": [*([before] if before else []), version],
    }
    return manifest(
        "apiextensions.k8s.io/v1", "CustomResourceDefinition", f"{plural}.{group}", spec=spec, status=status
    )


def _certificates(now: float) -> list[Object]:
    expired = "Issuing certificate failed: the order is invalid: DNS problem: NXDOMAIN for checkout.northwind.example"
    return [
        _certificate("shop", "shop-tls", "shop.northwind.example", _condition("Ready", now - 9 * DAY)),
        _certificate("payments", "gateway-tls", "pay.northwind.example", _condition("Ready", now - 30 * DAY)),
        _certificate(
            "shop", "checkout-tls", "checkout.northwind.example", _condition("Ready", now - 6 * DAY, "Expired", expired)
        ),
    ]


def _certificate(namespace: str, name: str, host: str, ready: Object) -> Object:
    spec = {"secretName": name, "dnsNames": [host], "issuerRef": {"name": "letsencrypt", "kind": "ClusterIssuer"}}
    return manifest("cert-manager.io/v1", "Certificate", name, namespace, spec=spec, status={"conditions": [ready]})


def _applications() -> list[Object]:
    states = {
        "shop": ("Synced", "Degraded"), "payments": ("Synced", "Progressing"), "search": ("OutOfSync", "Healthy"),
        "accounts": ("Synced", "Healthy"), "logistics": ("Synced", "Healthy"), "content": ("Synced", "Degraded"),
    }  # fmt: skip
    return [
        manifest(
            "argoproj.io/v1alpha1", "Application", name, "platform",
            spec={"project": "default", "source": {"repoURL": f"https://git.northwind.example/{name}"}},
            status={"sync": {"status": sync}, "health": {"status": health}},
        )
        for name, (sync, health) in states.items()
    ]  # fmt: skip


def _databases(now: float) -> list[Object]:
    waiting = "cannot resolve references: no Network matches label env=prod"
    return [
        _database("orders", _condition("Synced", now - 40 * DAY), _condition("Ready", now - 40 * DAY)),
        _database("analytics", _condition("Synced", now - 5 * HOUR), _condition("Ready", now, "Creating", waiting)),
    ]


def _database(name: str, *conditions: Object) -> Object:
    spec = {"engine": "postgres", "version": "18", "size": "small"}
    status = {"conditions": list(conditions)}
    return manifest("platform.northwind.example/v1", "Database", name, "data", spec=spec, status=status)


def _condition(kind: str, since: float, reason: str = "", message: str = "") -> Object:
    """A condition that holds, or one that does not, with its reason."""
    told = {"reason": reason or "Available", **({"message": message} if message else {})}
    return {"type": kind, "status": "False" if reason else "True", "lastTransitionTime": timestamp(since), **told}
