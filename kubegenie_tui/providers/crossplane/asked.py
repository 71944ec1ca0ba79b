"""What is applied: the definition and the Compositions out of the files beside this one, and the cluster itself."""

from ipaddress import ip_network
from itertools import islice
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import TAG
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

if TYPE_CHECKING:
    from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
    from kubegenie_tui.providers.crossplane.kept import Kept

FUNCTION = "function-patch-and-transform"
MANAGED = {"app.kubernetes.io/managed-by": "kubegenie"}
"""On what clusters share: whoever made it, it is what we know."""
COMPOSITIONS = "apiextensions.crossplane.io/v1"
DIGEST = "kubegenie.io/file-sha256"
"""The annotation of a Composition of one's own that tells of which text it was made."""
OURS = ("aws", "gcp", "azure", "azure-spot")
"""The Compositions that come with us. AKS takes no spot nodes in the first pool: there they are in one of their own."""
GROUP, KIND, VERSION = "kubegenie.io", "KubernetesCluster", "v1alpha1"
POOL = "default"
"""What the one pool is called when it is scaled."""
_TEMPLATES = Path(__file__).parent / "templates"
_SUBNET_BITS = 2
"""A subnet is a quarter of the network: two are used, in two zones, and two are left."""


def definition_asked(work: str) -> Manifest:
    """The CompositeResourceDefinition. It reads a file: call it in a thread."""
    return _template("definition", work)


def ours_for(spec: "CrossplaneSpec") -> str:
    """Which of our Compositions a cluster is made by."""
    return f"{spec.cloud}-spot" if spec.spot and f"{spec.cloud}-spot" in OURS else spec.cloud


def composition_asked(of: str, function: str, work: str) -> Manifest:
    """One of our Compositions, with the name that the function has there. It reads a file: call it in a thread."""
    return _template(of, work, function=function)


def own_composition_asked(own: "Kept", work: str) -> Manifest:
    """The Composition of a file, called after it."""
    meta = mapping_at(own.manifest, "metadata")
    labels = {**mapping_at(meta, "labels"), **MANAGED, TAG: work}
    annotations = {**mapping_at(meta, "annotations"), DIGEST: own.digest}
    meta = {**meta, "name": composition_name(own.name), "labels": labels, "annotations": annotations}
    return {**own.manifest, "apiVersion": COMPOSITIONS, "kind": "Composition", "metadata": meta}


def composed_kinds(composition: Manifest) -> list[tuple[str, str]]:
    """The kinds that a Composition makes, as group and kind."""
    found = [
        (text_at(each, "base.apiVersion").rpartition("/")[0], text_at(each, "base.kind"))
        for step in mappings_at(composition, "spec.pipeline")
        for each in mappings_at(step, "input.resources")
    ]
    return list(dict.fromkeys(found))


def cluster_asked(spec: "CrossplaneSpec", config: "CrossplaneConfig", work: str) -> Manifest:
    """The composite resource."""
    parameters: dict[str, Any] = {
        "cloud": spec.cloud,
        "region": spec.region,
        **({"version": spec.version} if spec.version else {}),
        "nodeSize": spec.node_size,
        **({"spot": True} if spec.spot else {}),
        "minNodes": spec.minimum,
        "maxNodes": spec.maximum,
        "network": {"range": spec.network, "subnets": _subnets(spec.network)},
        "providerConfig": {"kind": config.provider_config_kind, "name": config.provider_config},
    }
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": KIND,
        "metadata": {"name": spec.name, "namespace": config.namespace, "labels": {TAG: work}},
        "spec": {
            "crossplane": {"compositionRef": {"name": composition_name(spec.composition or ours_for(spec))}},
            "parameters": parameters,
        },
    }


def composition_name(of: str) -> str:
    """Of one of our Compositions, or of one's own."""
    return f"kubernetesclusters-{of}.{GROUP}"


def _template(name: str, work: str, **values: str) -> Manifest:
    import yaml

    text = (_TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
    found: Manifest = yaml.safe_load(Template(text).substitute(values))
    labels = found["metadata"].get("labels", {})
    found["metadata"]["labels"] = {**labels, **MANAGED, TAG: work}
    return found


def _subnets(network: str) -> list[str]:
    return [str(each) for each in islice(ip_network(network).subnets(prefixlen_diff=_SUBNET_BITS), 2)]
