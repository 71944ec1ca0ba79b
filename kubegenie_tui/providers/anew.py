"""A registered cluster described anew: what a person leaves empty of its secrets stays what and where it is."""

from collections.abc import Awaitable, Callable, Mapping

from msgspec.structs import replace

from kubegenie_tui.domain.cluster import Registration, owner_of
from kubegenie_tui.domain.endpoint import ARGUMENT, SEALED, VARIABLE, Endpoint, Reference
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Value
from kubegenie_tui.providers.describing import Described, described

OF_A_PLUGIN = (VARIABLE, ARGUMENT)
"""What the fields of its secrets begin with."""


def needs_kept(registration: Registration, values: Mapping[str, Value]) -> bool:
    """Whether a secret that lies in the safe is to stay as it is."""
    return any(reference.how == "safe" for reference in _left(registration, values).values())


async def described_anew(
    registration: Registration,
    values: Mapping[str, Value],
    reveal: Callable[[str, str], Awaitable[str]],
    references: Mapping[str, Reference] | None = None,
) -> Described:
    """As `described`, of the fields of `fields_anew`; those that were not asked for are missing.

    Args:
        registration: what is described anew.
        values: by field.
        reveal: the secret of an owner and field in the safe.
        references: secrets that lie elsewhere from now on, by field, and where.

    Raises:
        UsageError, ClusterError: as `described`.
        CredentialError: a secret that is to stay cannot be had.
    """
    left, owner = _left(registration, values), owner_of(registration.name)
    kept = {field: await reveal(owner, field) for field, where in left.items() if where.how == "safe"}
    elsewhere = {field: where for field, where in left.items() if where.how != "safe"} | dict(references or {})
    found = await described({**values, **kept}, elsewhere)
    before = registration.endpoint
    assert before is not None, "it only points to a kubeconfig"
    endpoint = _with_unasked(found.endpoint, before)
    if SEALED in str(values.get("plugin")) and endpoint.plugin is not before.plugin:
        raise UsageError(f"{SEALED} stands for an argument that is kept", "the plugin is another one", "type it again")
    return Described(endpoint, {**found.secrets, **{field: kept[field] for field in endpoint.secrets if field in kept}})


def _left(registration: Registration, values: Mapping[str, Value]) -> dict[str, Reference]:
    """The secrets that were asked for and left empty, and those of a plugin, which nothing asks for."""
    before = registration.endpoint.secrets if registration.endpoint else {}
    has_plugin = bool(values.get("plugin"))
    return {
        field: where
        for field, where in before.items()
        if values.get(field) == "" or (has_plugin and field.startswith(OF_A_PLUGIN))
    }


def _with_unasked(found: Endpoint, before: Endpoint) -> Endpoint:
    """With what no field asks for, where what it belongs to is the same."""
    plugin, old = found.plugin, before.plugin
    if old and plugin and (plugin.command, plugin.arguments) == (old.command, old.arguments):
        plugin = old
        own = {field: where for field, where in before.secrets.items() if field.startswith(OF_A_PLUGIN)}
        found = replace(found, secrets={**found.secrets, **own})
    pinned = before.pinned if found.ca == before.ca else found.pinned
    return replace(found, plugin=plugin, pinned=pinned)
