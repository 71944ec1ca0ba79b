"""Where an ingress leads."""

from collections.abc import Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at


def backends(ingress: Manifest) -> Iterator[tuple[str, Manifest]]:
    """Each backend service of an ingress with the path of the field that names it."""
    default = mapping_at(ingress, "spec.defaultBackend.service")
    if default:
        yield "spec.defaultBackend.service", default
    for rule in mappings_at(ingress, "spec.rules"):
        for path in mappings_at(rule, "http.paths"):
            service = mapping_at(path, "backend.service")
            if service:
                where = f"spec.rules[{text_at(rule, 'host') or '*'}].http.paths[{text_at(path, 'path') or '/'}]"
                yield f"{where}.backend.service", service


def backend_services(ingress: Manifest) -> list[str]:
    """Names of the services an ingress leads to."""
    return list(dict.fromkeys(text_at(backend, "name") for _, backend in backends(ingress)))
