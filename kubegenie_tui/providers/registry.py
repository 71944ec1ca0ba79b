"""The door to all providers and agents: what is installed, what may be used, and each of them when it is needed."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import PluginError, UsageError
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.plugin_entries import apart
from kubegenie_tui.providers.loading import Loaded, load
from kubegenie_tui.providers.manifest import PluginKind
from kubegenie_tui.providers.offer import Offer, State, allowed, offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubegenie_tui.providers.pins import Pins
    from kubegenie_tui.settings import PluginSettings


class Registry:
    """All that is installed, looked at anew each time: what was allowed a minute ago may be something else now."""

    def __init__(self, settings: "PluginSettings", pins: "Pins") -> None:
        self._settings = settings
        self._pins = pins

    async def offers(self) -> list[Offer]:
        """Every provider and agent with its state; none is imported.

        Raises:
            StoreError: what a person allowed cannot be read.
        """
        pins = await self._pins.all()
        found = await asyncio.to_thread(offers, self._settings)
        return [allowed(each, pins) for each in found]

    async def load(self, kind: PluginKind, name: str) -> Loaded:
        """Import one. Whoever waits may go away: a plugin may never come back.

        Raises:
            UsageError: there is none of this name.
            PluginError: it may not be used, or cannot be.
            StoreError: what a person allowed cannot be read.
        """
        found = await self.offers()
        same = [each for each in found if (each.kind, each.name) == (kind, name)]
        if not same:
            raise unknown(name, [each.name for each in found])
        offer = next((each for each in same if each.state is State.READY), same[0])
        try:
            return await apart(lambda: load(offer))
        except PluginError as error:
            raise _named(name, error) from error

    async def allow(self, offer: Offer) -> None:
        """Remember that a person allowed the distribution of an offer, with the files that were looked at for it.

        Raises:
            PluginError: there is nothing to allow.
            StoreError: it cannot be stored.
        """
        if offer.built_in or offer.record is None:
            raise offer.fault or PluginError(f"{offer.name} needs no leave")
        await self._pins.set(offer.distribution, offer.record.digest)


def _named(name: str, error: PluginError) -> PluginError:
    """The error of one plugin, where nothing else says of which."""
    if name in error.what:
        return error
    why = " · ".join(part for part in (error.what, error.why) if part)
    return PluginError(f"The plugin {name} cannot be used", why, error.next_step)


def unknown(name: str, names: "Sequence[str]") -> UsageError:
    """That there is no plugin of a name; near ones are offered."""
    near = nearest(name, names)
    hint = f"did you mean {near}?" if near else "`kubegenie plugins list` names them"
    return UsageError(f'There is no plugin "{name}"', next_step=hint)
