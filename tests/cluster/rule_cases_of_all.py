"""Faults that all of a cluster feels: each is looked at by itself after everything else, and put right again."""

from dataclasses import dataclass

from tests.cluster.faults import Object, manifest
from tests.cluster.rule_parts import Change
from tests.cluster.scenarios import claim

CLASSES, APIS = "storageclasses.storage.k8s.io", "apiservices.apiregistration.k8s.io"
METERING = "v1.metering.example.com"


@dataclass(frozen=True)
class OfAll:
    """A fault, and how it is put right, which is the control."""

    root: str
    """Kind id and name."""
    changes: tuple[Change, ...] = ()
    made: tuple[Object, ...] = ()
    back: tuple[Change, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    """Kind id and name of what goes again."""


def _default(name: str, state: str | None) -> Change:
    return Change(CLASSES, name, {"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": state}}})


def _extension() -> Object:
    spec = {
        "group": "metering.example.com", "version": "v1", "groupPriorityMinimum": 1000, "versionPriority": 10,
        "insecureSkipTLSVerify": True, "service": {"namespace": "default", "name": "metering"},
    }  # fmt: skip
    return manifest("apiregistration.k8s.io/v1", "APIService", METERING, spec=spec)


OF_ALL: dict[str, OfAll] = {
    "no-default-storage-class": OfAll(
        "persistentvolumeclaims data", (_default("standard", "false"),), (claim("data"),),
        (_default("standard", "true"),),
    ),
    "several-default-classes": OfAll(
        f"{CLASSES} standard", (_default("slow", "true"),), back=(_default("slow", None),),
    ),
    "api-service-down": OfAll(f"{APIS} {METERING}", made=(_extension(),), removed=((APIS, METERING),)),
}  # fmt: skip
