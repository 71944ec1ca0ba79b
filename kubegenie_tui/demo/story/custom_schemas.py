"""The structure of the custom resources of the demo, as their operators document it."""

from typing import Any

from kubegenie_tui.demo.state.objects import Object

TEXT: Object = {"type": "string"}
OPEN: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def told(description: str, type_: str = "string", **more: Any) -> Object:
    """A field with its help."""
    return {"type": type_, "description": description, **more}


def mapping(description: str, required: list[str] | None = None, **fields: Object) -> Object:
    """A field that holds others."""
    found = told(description, "object", properties=fields)
    return {**found, "required": required} if required else found


def whole(description: str, spec: Object) -> Object:
    """The structure of a kind; its status may hold anything."""
    return mapping(
        description, ["spec"], apiVersion=TEXT, kind=TEXT, metadata={"type": "object"}, spec=spec, status=OPEN
    )


CERTIFICATE = whole(
    "A TLS certificate that is kept up to date in a Secret.",
    mapping(
        "What the certificate should be.",
        ["secretName", "issuerRef"],
        secretName=told("Name of the Secret that the certificate and its private key are kept in."),
        dnsNames=told("Names that the certificate is for.", "array", items=TEXT),
        duration=told("How long it should be valid, at least one hour.", format="duration"),
        renewBefore=told("How long before its end it is renewed."),
        issuerRef=mapping(
            "Who issues it.",
            ["name"],
            name=told("Name of the issuer."),
            kind=told("Kind of the issuer.", default="Issuer", enum=["Issuer", "ClusterIssuer"]),
            group=told("API group of the issuer."),
        ),
        privateKey=mapping(
            "What the private key should be.",
            algorithm=told("Algorithm of the key.", enum=["RSA", "ECDSA", "Ed25519"]),
            size=told("Bits of the key.", "integer", minimum=256, maximum=8192),
            rotationPolicy=told("When there is a new key.", enum=["Never", "Always"]),
        ),
    ),
)
APPLICATION = whole(
    "What is deployed from a repository.",
    mapping(
        "Where it comes from and where it goes.",
        ["project", "source"],
        project=told("The project it belongs to."),
        source=mapping(
            "The repository.",
            ["repoURL"],
            repoURL=told("URL of the repository."),
            path=told("Directory in the repository."),
            targetRevision=told("Branch, tag or commit.", default="HEAD"),
        ),
        destination=mapping("The cluster and the namespace.", server=TEXT, name=TEXT, namespace=TEXT),
        syncPolicy=mapping(
            "What is done by itself.",
            automated=mapping("Sync when the repository changes.", prune=told("Delete what is gone.", "boolean")),
        ),
    ),
)
DATABASE = whole(
    "A database of the platform, with its backups.",
    mapping(
        "What the database should be.",
        ["engine", "version"],
        engine=told("The database program.", enum=["postgres", "mysql", "valkey"]),
        version=told("Its major version.", pattern=r"^[0-9]+(\.[0-9]+)?$"),
        size=told("How large its machine is.", default="small", enum=["small", "medium", "large"]),
        storage=told("Disk space for its data.", default="20Gi", pattern=r"^[0-9]+(Gi|Ti)$"),
        replicas=told("Machines that hold a copy.", "integer", default=1, minimum=1, maximum=5),
        backup=mapping(
            "When copies are made.",
            schedule=told("Minute, hour, day, month and weekday."),
            keepDays=told("Days a copy is kept.", "integer", minimum=1),
        ),
    )
    | {
        "x-kubernetes-validations": [
            {"rule": "self.engine != 'valkey' || !has(self.backup)", "message": "valkey has no backups"}
        ]
    },
)
