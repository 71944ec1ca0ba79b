"""Clusters that providers know of: asked for by a person, told with what went wrong, registered with one key."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.errors import KubeGenieError, PluginError, UsageError
from kubegenie_tui.domain.form import Field, Value
from kubegenie_tui.domain.text import plain
from kubegenie_tui.plugin_entries import words_of
from kubegenie_tui.plugin_host import Apart
from kubegenie_tui.providers.api import FoundCluster, listening
from kubegenie_tui.providers.manifest import Capability, PluginKind
from kubegenie_tui.providers.offer import Offer, State

if TYPE_CHECKING:
    from kubegenie_tui.agents.registrar import Registrar
    from kubegenie_tui.providers.loading import Loaded
    from kubegenie_tui.providers.registry import Registry


class Found(msgspec.Struct, frozen=True):
    """What a provider told."""

    clusters: tuple[FoundCluster, ...]
    troubles: tuple[KubeGenieError, ...] = ()
    """What could not be looked at; the rest was."""


class Lead(msgspec.Struct, frozen=True):
    """The way to a cluster."""

    endpoint: Endpoint
    secrets: dict[str, str]
    """To be kept, by field."""

    def __repr__(self) -> str:
        return f"Lead({self.endpoint.server!r})"


class Source:
    """One provider with what it has to know: the way to its clusters."""

    def __init__(self, name: str, provider: object, capabilities: tuple[Capability, ...]) -> None:
        self.name = name
        self._provider = provider
        self._can = capabilities

    async def find(self, tell: Callable[[str], None] = lambda words: None) -> Found:
        """Its clusters; may be cancelled.

        Args:
            tell: is told how far it is, in words.

        Raises:
            KubeGenieError: they cannot be listed.
        """
        troubles: list[KubeGenieError] = []

        def hear(told: str | KubeGenieError) -> None:
            if isinstance(told, str):
                tell(plain(told))
            else:
                troubles.append(told)

        here = asyncio.get_running_loop()

        def hear_from_afar(told: str | KubeGenieError) -> None:
            here.call_soon_threadsafe(hear, told)

        with listening(hear_from_afar if isinstance(self._provider, Apart) else hear):
            found = await self._ask(Capability.LIST)
        if not isinstance(found, list) or not all(isinstance(each, FoundCluster) for each in found):
            raise PluginError(f"{self.name} gave no list of clusters", next_step="tell its author")
        return Found(tuple(found), tuple(troubles))

    async def lead_to(self, cluster: str) -> "Lead":
        """The way to one of its clusters, as the provider calls it.

        Raises:
            KubeGenieError: it cannot be reached yet, or cannot be used.
        """
        from kubegenie_tui.providers.adopting import adopted

        document = await self._ask(Capability.REGISTER, cluster)
        if not isinstance(document, Mapping):
            raise PluginError(f"{self.name} gave no kubeconfig for {cluster}", next_step="tell its author")
        return Lead(*await asyncio.to_thread(adopted, document, f"{self.name} {cluster}", trusted=True))

    async def register(self, lead: "Lead", registrar: "Registrar", name: str) -> str:
        """Register a cluster under a name, which is given back; its secrets go into the safe, which must be open then.

        Raises:
            KubeGenieError: the name is taken, or it cannot be kept.
        """
        await registrar.add(Registration(name, endpoint=lead.endpoint, origin=self.name), lead.secrets)
        return name

    @property
    def registers(self) -> bool:
        """Whether what it lists can be registered."""
        return Capability.REGISTER in self._can

    async def _ask(self, capability: Capability, *words: str) -> object:
        if capability not in self._can:
            raise UsageError(
                f"{self.name} cannot {capability.value} clusters", next_step="its manifest says what it can"
            )
        try:
            return await getattr(self._provider, capability.methods[0])(*words)
        except KubeGenieError:
            raise
        except Exception as error:  # anything may be wrong with a program that is not ours
            raise PluginError(f"{self.name} failed: {words_of(error)}", next_step="tell its author") from error


class Discovery:
    """The door from a person's wish to the providers."""

    def __init__(self, registry: "Registry") -> None:
        self._registry = registry

    async def listing(self) -> list[Offer]:
        """Providers that list clusters, or might: those that wait for leave or are broken say why.

        Raises:
            StoreError: what a person allowed cannot be read.
        """
        found = [each for each in await self._registry.offers() if each.kind is PluginKind.PROVIDER]
        return [
            each
            for each in found
            if each.state is not State.OFF and (each.manifest is None or Capability.LIST in each.manifest.capabilities)
        ]

    async def load(self, name: str) -> "Loaded":
        """One of them, imported.

        Raises:
            KubeGenieError: there is none of this name, or it cannot be used.
        """
        return await self._registry.load(PluginKind.PROVIDER, name)


def asked_by(loaded: "Loaded") -> tuple[Field, ...]:
    """What a provider has to know, as fields of a form; none when there is nothing."""
    from kubegenie_tui.providers.config_form import form_fields

    return form_fields(loaded.config, loaded.manifest.secrets) if loaded.config is not None else ()


def source_of(loaded: "Loaded", values: Mapping[str, Value]) -> Source:
    """The provider, made with what was filled in.

    Raises:
        UsageError: that is not what it takes.
    """
    from kubegenie_tui.providers.config_form import configured

    config = configured(loaded.config, values) if loaded.config is not None else None
    name = loaded.manifest.name
    provider = loaded.make(config) if loaded.built_in else Apart(name, loaded.make, config)
    return Source(name, provider, loaded.manifest.capabilities)


def free_name(found: FoundCluster, taken: Collection[str]) -> str:
    """What to call a cluster here: its name, with its region when that name is taken."""
    return f"{found.name}.{found.region}" if found.name in taken and found.region else found.name
