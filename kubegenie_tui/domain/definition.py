"""What a CustomResourceDefinition defines: kinds, and the structure of their objects."""

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
"""Kind id of the definitions themselves."""


def kinds_defined(definition: Manifest) -> list[Kind]:
    """The kind of a definition in each version that is served; none of what is no definition."""
    names, group = mapping_at(definition, "spec.names"), text_at(definition, "spec.group")
    if not (group and text_at(names, "plural") and text_at(names, "kind")):
        return []
    return [
        Kind(
            group=group,
            version=text_at(version, "name"),
            plural=text_at(names, "plural"),
            kind=text_at(names, "kind"),
            namespaced=text_at(definition, "spec.scope") == "Namespaced",
            singular=text_at(names, "singular"),
            short_names=tuple(texts_at(names, "shortNames")),
        )
        for version in mappings_at(definition, "spec.versions")
        if version.get("served") is True
    ]


def structure_defined(definition: Manifest, version: str) -> Manifest:
    """The `openAPIV3Schema` of a version; empty when it has none."""
    versions = mappings_at(definition, "spec.versions")
    found = next((each for each in versions if text_at(each, "name") == version), {})
    return mapping_at(found, "schema.openAPIV3Schema")
