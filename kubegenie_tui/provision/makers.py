"""The providers that can make clusters, each with what it is to be told: found, checked and opened."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError, PluginError, UsageError
from kubegenie_tui.plugin_entries import apart, words_of
from kubegenie_tui.plugin_host import Apart
from kubegenie_tui.providers.loading import Loaded
from kubegenie_tui.providers.manifest import Capability, PluginKind
from kubegenie_tui.providers.offer import Offer
from kubegenie_tui.providers.registry import Registry
from kubegenie_tui.provision.described import described, require_fit

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.domain.creation import Outline
    from kubegenie_tui.domain.form import Field


class Maker(msgspec.Struct, frozen=True):
    """A provider that was told how to reach what it makes clusters with."""

    name: str
    provider: Any
    """Has the methods of `providers.making.Creates`, and of `Changes` when `can_change`."""
    spec: "type[BaseModel]"
    """What it is told about a cluster."""
    can_change: bool
    can_bound: bool
    """Whether a change may set the bounds of a pool."""
    can_preview: bool
    """Whether it tells what a cluster would come to without asking anybody."""
    config: dict[str, Any]
    """Without secrets."""
    secrets: dict[str, str]
    login: frozenset[str] = frozenset()
    """The fields of its configuration that say who we are."""

    async def ask(self, method: str, *about: Any) -> Any:
        """What the provider answers to one of its methods.

        Raises:
            KubeGenieError: what it raises; a fault of its own is a PluginError.
        """
        try:
            return await getattr(self.provider, method)(*about)
        except KubeGenieError:
            raise
        except Exception as error:  # anything may be wrong with a program that is not ours
            raise PluginError(f"{self.name} failed: {words_of(error)}", next_step="tell its author") from error

    async def preview(self, values: Mapping[str, Any]) -> "Outline | None":
        """What a cluster of these values would come to, by what is known here; None when the provider cannot tell.

        Raises:
            SpecRefused: there cannot be such a cluster, or not all is said that has to be.
            KubeGenieError: the provider fails.
        """
        if not self.can_preview:
            return None
        model = await asyncio.to_thread(described, self.spec, values)
        outline: Outline = await self.ask("preview", model)
        return outline

    async def require_place(self, outline: "Outline") -> None:
        """Raise ProviderError when who we are leads elsewhere now than to where that outline was made for."""
        if hasattr(self.provider, "require_place"):
            await self.ask("require_place", outline)

    def require_change(self) -> None:
        """Raise UsageError when it changes nothing that it made."""
        if not self.can_change:
            step = "change what makes it by hand, or make another one"
            raise UsageError(f"{self.name} neither upgrades nor scales what it made", next_step=step)

    def require_bounds(self) -> None:
        """Raise UsageError when it sets no bounds of a pool."""
        if not self.can_bound:
            step = "give a number of nodes, or change the bounds by hand"
            raise UsageError(f"{self.name} does not change the bounds of a pool", next_step=step)


class Makers:
    """All that are installed."""

    def __init__(self, registry: Registry, *, apart: bool) -> None:
        """All of a registry.

        Args:
            registry: finds them.
            apart: whether those of others are asked in a thread of their own, and not by whoever does nothing else.
        """
        self._registry = registry
        self._apart = apart

    async def offers(self) -> list[Offer]:
        """Those that can make clusters, those that cannot be used now among them: `state` and `fault` say why.

        Raises:
            StoreError: what a person allowed cannot be read.
        """
        return [each for each in await self._registry.offers() if _may_make(each)]

    async def load(self, name: str) -> Loaded:
        """One that can make clusters, imported: with the models of what it is to be told.

        Raises:
            UsageError: there is none of that name, or it makes none.
            PluginError: it may not be used, or cannot be.
        """
        found = await self._registry.load(PluginKind.PROVIDER, name)
        if found.spec is None:
            able = ", ".join(each.name for each in await self.offers() if each.manifest) or "none"
            raise UsageError(f"{name} makes no clusters", next_step=f"choose one that does: {able}")
        return found

    async def require_fit(self, name: str, config: Mapping[str, Any], cluster: Mapping[str, Any]) -> None:
        """Look at what a file says before anybody is asked.

        Raises:
            SpecRefused: something is wrong with it; each fault names its field as `cluster.pools.0.size`.
            UsageError, PluginError: as `load`.
        """
        found = await self.load(name)
        parts = (found.config, config, "config"), (found.spec, cluster, "cluster")
        await asyncio.to_thread(require_fit, *parts)

    async def login_fields(self, name: str) -> "tuple[Field, ...]":
        """What to ask of who we are, in the order of the configuration; none where that is not asked.

        Raises:
            UsageError, PluginError: as `load`.
        """
        from kubegenie_tui.providers.config_form import form_fields

        found = await self.load(name)
        fields = form_fields(found.config, found.manifest.secrets) if found.config else ()
        return tuple(each for each in fields if each.id in found.manifest.login)

    async def open(self, name: str, values: Mapping[str, Any]) -> Maker:
        """One with its configuration, secrets among the values.

        Raises:
            SpecRefused: the configuration cannot be used.
            UsageError, PluginError: as `load`, or its class cannot be made.
        """
        found = await self.load(name)
        assert found.spec is not None
        hidden = set(found.manifest.secrets)
        config = await asyncio.to_thread(described, found.config, values) if found.config else None
        return Maker(
            name,
            await self._made(found, config),
            found.spec,
            Capability.CHANGE in found.manifest.capabilities,
            Capability.BOUNDS in found.manifest.capabilities,
            Capability.PREVIEW in found.manifest.capabilities,
            {key: value for key, value in values.items() if key not in hidden},
            {key: str(value) for key, value in values.items() if key in hidden and value},
            found.manifest.login,
        )

    async def _made(self, found: Loaded, config: object) -> Any:
        name = found.manifest.name
        if self._apart and not found.built_in:
            return Apart(name, found.make, config)
        try:
            return await apart(lambda: found.make(config))
        except KubeGenieError:
            raise
        except Exception as error:  # anything may be wrong with a program that is not ours
            raise PluginError(f"{name} cannot be made ready: {words_of(error)}", next_step="tell its author") from error


def _may_make(offer: Offer) -> bool:
    manifest = offer.manifest
    return offer.kind is PluginKind.PROVIDER and (manifest is None or Capability.CREATE in manifest.capabilities)
