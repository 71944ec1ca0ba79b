"""Who tells a container an address: a variable, its command, a ConfigMap or a Secret."""

from kubegenie_tui.diagnostics import sources
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import references_of


def who_says(
    snapshot: Snapshot, workload: Workload, container: Container, text: str
) -> tuple[str, ObjectRef, list[Evidence]]:
    """The field that holds a host's name: a variable of the container, its command, or a ConfigMap it reads."""
    for variable in mappings_at(container.spec, "env"):
        if text in text_at(variable, "value"):
            field = container_field(workload, container, f"env[{text_at(variable, 'name')}].value")
            return field, workload.ref, [fact(workload.kind, workload.manifest, field, text_at(variable, "value"))]
    namespace = ref_of("pods", container.pod).namespace
    for config in snapshot.all("configmaps"):
        ref = ref_of("configmaps", config)
        for key, value in (config.get("data") or {}).items():
            if ref.namespace == namespace and text in str(value):
                return f"data.{key}", ref, [fact("configmaps", config, f"data.{key}", _line_with(str(value), text))]
    called = next((key for key in ("command", "args") if text in str(container.spec.get(key))), "")
    if not called and (source := sources.of_address(snapshot, container)) is not None:
        return source.field, source.ref, [Evidence(source.ref, source.field, "the only address that is not shown")]
    return container_field(workload, container, called or "env"), workload.ref, []


def _line_with(value: str, text: str) -> str:
    return next((line for line in value.splitlines() if text in line), value)


def told_to_it(
    snapshot: Snapshot, workload: Workload, container: Container, text: str, *, is_all: bool = False
) -> tuple[str, ObjectRef, Evidence] | None:
    """The same of a word that others may have too: only what this container reads as variables counts.

    `is_all`: a value has to be the word, and not only hold it.
    """

    def says(value: str) -> bool:
        return value.strip() == text if is_all else text in value

    for variable in mappings_at(container.spec, "env"):
        if says(text_at(variable, "value")):
            field = container_field(workload, container, f"env[{text_at(variable, 'name')}].value")
            return field, workload.ref, fact(workload.kind, workload.manifest, field, text_at(variable, "value"))
    namespace = ref_of("pods", container.pod).namespace
    for reference in references_of(mapping_at(container.pod, "spec")):
        if reference.container != container.name or reference.kind != "configmaps":
            continue
        config = snapshot.get("configmaps", namespace, reference.name) or {}
        for key, value in mapping_at(config, "data").items():
            if reference.key in ("", key) and says(str(value)):
                field = f"data.{key}"
                return field, ref_of("configmaps", config), fact("configmaps", config, field, str(value))
    return None
