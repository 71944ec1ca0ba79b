"""Catalogs and extensions of Operator Lifecycle Manager that name what cannot be had.

Sources: the API references of CatalogSource, ClusterCatalog and ClusterExtension, https://olm.operatorframework.io/docs/
and https://operator-framework.github.io/operator-controller/; of images https://github.com/distribution/reference.
"""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.operators import CATALOGS, CLUSTER_CATALOGS, EXTENSIONS, GOOD_WHEN_TRUE
from kubegenie_tui.diagnostics.snapshot import ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at

_IMAGE = re.compile(
    r"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[\da-fA-F:]+\])(?::\d+)?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
)
_IMAGES = {CATALOGS: "spec.image", CLUSTER_CATALOGS: "spec.source.image.ref"}
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    CATALOGS: {"spec.sourceType": ("grpc", "configmap", "internal")},
    CLUSTER_CATALOGS: {"spec.source.type": ("Image",)},
    EXTENSIONS: {
        "spec.source.sourceType": ("Catalog",),
        "spec.source.catalog.upgradeConstraintPolicy": ("CatalogProvided", "SelfCertified"),
    },
}
"""The values that a field may have; later versions may know more, and then say that all is well."""
_SAYS = {Severity.WARNING: "names what cannot be had", Severity.NOTICE: "is not held to one image"}
_RESOLVED = "status.resolvedSource.image.ref"


class _Fault(msgspec.Struct, frozen=True):
    field: str
    why: str
    step: str
    severity: Severity = Severity.WARNING


def fault(kind: str, item: Manifest) -> Finding | None:
    """What is wrong with what it names, None for nothing and for other kinds."""
    if kind not in _CHOICES or (told := next(_faults(kind, item), None)) is None:
        return None
    ref = ref_of(kind, item)
    title = f"{text_at(item, 'kind').lower()} {ref.name} {_SAYS[told.severity]}"
    return Finding(
        "operator-source", told.severity, title, told.why, ref, told.field,
        (fact(kind, item, told.field, text_at(item, told.field) or "nothing"),), (ref,), 0.9, (told.step,),
    )  # fmt: skip


def _faults(kind: str, item: Manifest) -> Iterator[_Fault]:
    if not _is_well(item):
        image = text_at(item, _IMAGES[kind]) if kind in _IMAGES else ""
        if image and not _IMAGE.fullmatch(image):
            yield _Fault(_IMAGES[kind], f'"{image}" is no name of an image', "name it as registry/repository:tag")
        for field, known in _CHOICES[kind].items():
            if (said := text_at(item, field)) and said not in known:
                yield _Fault(field, f'it says "{said}", and may say {" or ".join(known)}', f"correct {field}")
        if kind == CATALOGS:
            yield from _of_nothing(item)
    resolved = text_at(item, _RESOLVED)
    if resolved and "@" not in resolved:
        why = f"it was resolved to {resolved}, which has no digest: what that is may change"
        yield _Fault(_RESOLVED, why, "name the image by its digest", Severity.NOTICE)


def _of_nothing(item: Manifest) -> Iterator[_Fault]:
    kind = text_at(item, "spec.sourceType")
    if kind == "grpc" and not text_at(item, "spec.image") and not text_at(item, "spec.address"):
        yield _Fault("spec.image", "it names neither an image nor an address", "name the image of the catalog")
    if kind in ("configmap", "internal") and not text_at(item, "spec.configMap"):
        yield _Fault("spec.configMap", "it names no ConfigMap", "name the ConfigMap that holds the catalog")


def _is_well(item: Manifest) -> bool:
    """Whether its controller has taken it as it is."""
    if text_at(item, "status.connectionState.lastObservedState") == "READY":
        return True
    return any(
        text_at(each, "type") in GOOD_WHEN_TRUE and text_at(each, "status") == "True"
        for each in mappings_at(item, "status.conditions")
    )
