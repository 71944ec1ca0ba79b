"""What has to be on a managing cluster before Crossplane can make anything; what is missing, with what brings it."""

from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.providers.crossplane.asked import FUNCTION, composed_kinds

if TYPE_CHECKING:
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
    from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
    from kubegenie_tui.providers.managing import Server

EXTENSIONS, PACKAGES = "apiextensions.crossplane.io", "pkg.crossplane.io"
_PROVIDERS = {
    "aws": ("provider-aws-ec2", "provider-aws-iam", "provider-aws-eks"),
    "gcp": ("provider-gcp-container",),
    "azure": ("provider-family-azure", "provider-azure-containerservice"),
}
_INSTALL = (
    "helm install crossplane crossplane --repo https://charts.crossplane.io/stable "
    "-n crossplane-system --create-namespace"
)


async def function_name(server: "Server") -> str:
    """What the function is called there; its usual name when it is not installed, or may not be looked at."""
    try:
        found = _of_package(await _packages(server, "Function"), FUNCTION)
    except Forbidden:
        found = None
    return text_at(found, "metadata.name") if found else FUNCTION


async def missing(
    server: "Server", spec: "CrossplaneSpec", config: "CrossplaneConfig", composition: Manifest
) -> list[str]:
    """Everything that is missing, in words. Nobody needs a right to look at it: what may not be looked at is told."""
    definitions = await server.kind(EXTENSIONS, "CompositeResourceDefinition")
    if definitions is None:
        return [f"Crossplane is not installed: `{_INSTALL}`"]
    if definitions.version == "v1":
        return ["Crossplane is older than 2.0, which namespaced clusters need: upgrade it"]
    groups = [group for group, _ in composed_kinds(composition)]
    said = await _looked_at(_functions(server, spec, composition), "Function")
    if not spec.composition:
        said += await _looked_at(_providers(server, spec.cloud), "Provider")
    if any(group.endswith(f"{spec.cloud}.m.upbound.io") for group in groups):
        said += await _looked_at(_account_words(server, spec.cloud, config), config.provider_config_kind)
    for group, name in composed_kinds(composition):
        if await server.kind(group, name) is None:
            said.append(await _kind_words(server, group, name))
    return said


async def _looked_at(told: Awaitable[list[str]], what: str) -> list[str]:
    try:
        return await told
    except Forbidden as error:
        return [f"{error.what}: whether the {what} is there that it takes was not looked at"]


async def _functions(server: "Server", spec: "CrossplaneSpec", composition: Manifest) -> list[str]:
    return list(_function_words(await _packages(server, "Function"), spec, composition))


async def _providers(server: "Server", cloud: str) -> list[str]:
    installed = await _packages(server, "Provider")
    return [said for package in _PROVIDERS[cloud] for said in _package_words("Provider", installed, package)]


def _function_words(installed: list[Manifest], spec: "CrossplaneSpec", composition: Manifest) -> Iterator[str]:
    """Ours take the function by its package, whatever it is called there; one's own name it."""
    if not spec.composition:
        yield from _package_words("Function", installed, FUNCTION)
        return
    wanted = dict.fromkeys(text_at(each, "functionRef.name") for each in mappings_at(composition, "spec.pipeline"))
    for name in wanted:
        found = next((each for each in installed if text_at(each, "metadata.name") == name), None)
        if found is None:
            there = ", ".join(text_at(each, "metadata.name") for each in installed) or "none"
            yield f"There is no Function {name}: install it, or name one that is there ({there})"
        else:
            yield from _unwell("Function", found)


def _package_words(what: str, installed: list[Manifest], package: str) -> Iterator[str]:
    found = _of_package(installed, package)
    if found is None:
        where = f"xpkg.{'crossplane.io/crossplane-contrib' if what == 'Function' else 'upbound.io/upbound'}/{package}"
        yield f"{what} {package} is not installed: apply a {what} with the package {where}"
        return
    yield from _unwell(what, found)


def _unwell(what: str, found: Manifest) -> Iterator[str]:
    for condition in mappings_at(found, "status.conditions"):
        if text_at(condition, "type") in ("Installed", "Healthy") and text_at(condition, "status") != "True":
            why = text_at(condition, "message") or text_at(condition, "reason")
            yield f"{what} {text_at(found, 'metadata.name')} is not {text_at(condition, 'type').lower()}: {why}"


def _of_package(installed: list[Manifest], package: str) -> Manifest | None:
    return next((each for each in installed if _package(each) == package), None)


def _package(found: Manifest) -> str:
    """`xpkg.example.com/team/provider-x:v1` is `provider-x`."""
    return text_at(found, "spec.package").rpartition("/")[2].partition("@")[0].partition(":")[0]


async def _packages(server: "Server", what: str) -> list[Manifest]:
    kind = await server.kind(PACKAGES, what)
    return await server.list(kind) if kind else []


async def _account_words(server: "Server", cloud: str, config: "CrossplaneConfig") -> list[str]:
    what = f"{config.provider_config_kind} {config.provider_config}"
    kind = await server.kind(f"{cloud}.m.upbound.io", config.provider_config_kind)
    account = await server.get(kind, config.provider_config) if kind is not None else None
    if account is not None:
        return await _credential_words(server, what, account)
    return [f"There is no {what} of {cloud}.m.upbound.io: it names the credentials of the account; apply one"]


async def _credential_words(server: "Server", what: str, account: Manifest) -> list[str]:
    """That the Secret with an account's credentials is not there, or has not the key that is named."""
    kind, secret = await server.kind("", "Secret"), mapping_at(account, "spec.credentials.secretRef")
    if text_at(account, "spec.credentials.source") != "Secret" or kind is None:
        return []
    name, key = text_at(secret, "name"), text_at(secret, "key")
    namespace = text_at(secret, "namespace") or server.namespace
    try:
        found = await server.get(kind, name, namespace) if name else None
    except Forbidden as error:
        return [f"{error.what}: whether the credentials of {what} are there was not looked at"]
    if found is None:
        return [f"{what} takes its credentials from Secret {namespace}/{name or '?'}, which is not there: make it"]
    if key and key not in mapping_at(found, "data"):
        return [f"{what} takes its credentials from key {key} of Secret {namespace}/{name}, which has no such key"]
    return []


async def _kind_words(server: "Server", group: str, name: str) -> str:
    """What would bring a kind, as far as one may look."""
    try:
        defined = await _definitions(server)
    except Forbidden:
        defined = []
    for each in defined:
        if (text_at(each, "spec.group"), text_at(each, "spec.names.kind")) == (group, name):
            plural = text_at(each, "metadata.name")
            return f"{name} of {group} is not active: name {plural} in a ManagedResourceActivationPolicy"
    return f"{name} of {group} is not served: its provider brings it"


async def _definitions(server: "Server") -> list[Manifest]:
    kind: Kind | None = await server.kind(EXTENSIONS, "ManagedResourceDefinition")
    return await server.list(kind) if kind else []
