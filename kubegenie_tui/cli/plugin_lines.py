"""Plugins of every kind as lines of one list, for `kubegenie plugins`."""

from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import PluginError

if TYPE_CHECKING:
    from kubegenie_tui.domain.form import Field
    from kubegenie_tui.providers.offer import Offer
    from kubegenie_tui.settings import Settings

COMMANDS = "commands"
"""The kind of plugins that add commands: nobody has to allow those."""


class Line(msgspec.Struct, frozen=True):
    """One plugin, as it is told."""

    name: str
    kind: str
    source: str
    state: str
    label: str = ""
    api: int | None = None
    capabilities: tuple[str, ...] = ()
    secrets: dict[str, str] = {}
    built_in: bool = False
    hash: str = ""
    """Of the files; empty where nothing is pinned."""
    reason: str = ""
    """Why it cannot be used, or what of it cannot."""
    offers: tuple[str, ...] = ()
    """What its form asks for, or its commands; only when it was loaded."""

    @property
    def usable(self) -> bool:
        """Whether it can be used, at least in part, or is not meant to be."""
        return self.state in ("ready", "off")

    @property
    def what(self) -> str:
        """What it is, with what it can be asked for."""
        return f"{self.label} ({', '.join(self.capabilities)})" if self.capabilities else self.label

    @property
    def told(self) -> str:
        """What it is, and why it cannot be used."""
        return " · ".join(part for part in (self.what, self.reason) if part)


def line_of(offer: "Offer") -> Line:
    """A provider or an agent as it was found."""
    from kubegenie_tui.providers.extras import missing_extra
    from kubegenie_tui.providers.loading import why_not
    from kubegenie_tui.providers.offer import State

    told: dict[str, Any] = {"built_in": offer.built_in}
    if offer.manifest is not None:
        capabilities = tuple(each.value for each in offer.manifest.capabilities)
        told |= {"label": offer.manifest.label, "api": offer.manifest.api, "capabilities": capabilities}
        told |= {"secrets": offer.manifest.secrets}
    if offer.record is not None:
        told["hash"] = offer.record.digest
    if offer.state not in (State.READY, State.OFF):
        told["reason"] = str(why_not(offer))
    elif offer.built_in and (missing := missing_extra(offer.name)):
        told["reason"] = str(missing)
    return Line(offer.name, offer.kind.value, offer.source, offer.state.value, **told)


async def checked(offer: "Offer") -> Line:
    """The same after it was loaded, unless it may not be."""
    from kubegenie_tui.plugin_entries import apart
    from kubegenie_tui.providers.loading import load
    from kubegenie_tui.providers.offer import State

    line = line_of(offer)
    if offer.state is not State.READY:
        return line

    def asked() -> tuple[str, ...]:
        from kubegenie_tui.providers.config_form import form_fields

        config = load(offer).config
        return tuple(map(_asked, form_fields(config, {}))) if config else ()

    try:
        return msgspec.structs.replace(line, offers=await apart(asked))
    except PluginError as error:
        return msgspec.structs.replace(line, state=State.FAILED.value, reason=str(error))


def command_lines(settings: "Settings") -> list[Line]:
    """The plugins that add commands. They are not imported: whether they can be is what a check finds out."""
    from kubegenie_tui.plugin_entries import COMMAND_GROUP, entries, source_of

    off = settings.plugins.is_off
    return [
        Line(each.name, COMMANDS, source_of(each), "off" if off(each.name) else "ready")
        for each in entries(COMMAND_GROUP)
    ]


async def checked_commands(settings: "Settings") -> list[Line]:
    """The same after they were loaded."""
    from kubegenie_tui.plugin_entries import apart
    from kubegenie_tui.plugin_loader import load_plugins

    return [
        Line(
            each.name,
            COMMANDS,
            each.source,
            "off" if each.is_off else "failed" if each.faults and not each.commands else "ready",
            reason="; ".join(each.faults),
            offers=tuple(f":{command.word}" for command in each.commands),
        )
        for each in await apart(lambda: load_plugins(settings))
    ]


def _asked(field: "Field") -> str:
    from kubegenie_tui.domain.form import TextField

    return f"{field.label} (secret)" if isinstance(field, TextField) and field.secret else field.label
