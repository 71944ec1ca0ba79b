"""Values that end in a line break, as `echo x | base64` makes them: no URL, header or host name may have one."""

import base64
import binascii
import re

from kubegenie_tui.diagnostics.pods import Container
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.sources import Source
from kubegenie_tui.domain.manifest import Manifest, mapping_at, texts_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import references_of

ENDS_SO = "endsInLineBreak"
"""Where a Secret whose values were taken away tells which of its keys had such a value."""
_COMPLAINT = re.compile(
    r"control character|illegal character|invalid header|line ?feed|new ?line|\\[nr](?![a-z])", re.I
)
_QUANTUM = 4
"""Characters of base64 that are whole bytes."""


def keys_in(secret: Manifest) -> list[str]:
    """The keys of a Secret with a value of one line that ends in a line break."""
    data = mapping_at(secret, "data")
    return [key for key, value in data.items() if isinstance(value, str) and _ends_so(value)]


def _ends_so(value: str) -> bool:
    try:
        if not base64.b64decode(value[-_QUANTUM:]).endswith(b"\n"):
            return False
        return base64.b64decode(value).count(b"\n") == 1
    except (binascii.Error, ValueError):
        return False


def source_of(snapshot: Snapshot, container: Container, line: str) -> Source | None:
    """The one value with a line break among the container's variables, where its log complains of such a thing."""
    if not _COMPLAINT.search(line):
        return None
    namespace, found = ref_of("pods", container.pod).namespace, dict[tuple[ObjectRef, str], None]()
    for reference in references_of(mapping_at(container.pod, "spec")):
        target = snapshot.get(reference.kind, namespace, reference.name)
        if target is None or reference.container != container.name:
            continue
        for key in _broken(reference.kind, target):
            if reference.key in ("", key):
                found[ref_of(reference.kind, target), key] = None
    if len(found) != 1:
        return None
    [(ref, key)] = found
    return Source(ref, f"data[{key}]")


def _broken(kind: str, target: Manifest) -> list[str]:
    if kind == "secrets":
        return texts_at(target, ENDS_SO)
    values = {key: str(value) for key, value in mapping_at(target, "data").items()}
    return [key for key, value in values.items() if value.endswith("\n") and value.count("\n") == 1]
