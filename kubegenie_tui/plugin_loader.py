"""Finds and loads plugins, when something needs them and not before. One that is broken is told, and stays out."""

import asyncio
import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.reserved_words import meaning_of
from kubegenie_tui.keymap import taken_keys
from kubegenie_tui.plugin_entries import COMMAND_GROUP, apart, entries, source_of, words_of
from kubegenie_tui.settings import COMMAND_NAME, Settings

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from kubegenie_tui.plugin import Command


class Plugin(msgspec.Struct, frozen=True):
    """One entry point, and what came of it."""

    name: str
    source: str
    """The distribution that brought it: `kubegenie-hello 1.0`."""
    is_off: bool = False
    """Whether the settings say that it is not to be loaded."""
    commands: tuple["Command", ...] = ()
    faults: tuple[str, ...] = ()
    """What is wrong with it, or with some of its commands."""


class Plugins:
    """All plugins of this Python."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loading: asyncio.Task[None] | None = None
        self._told = False
        self.found: tuple[Plugin, ...] = ()
        """Empty until they are loaded."""
        self.commands: dict[str, tuple[Plugin, Command]] = {}
        """By word."""
        self.keys: dict[str, str] = {}
        """Words by key."""

    @property
    def loaded(self) -> bool:
        """Whether all that can be loaded is."""
        return self._loading is not None and self._loading.done()

    async def load(self) -> None:
        """Load them, once; whoever waits for that may go away."""
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
        await asyncio.shield(self._loading)

    def untold_faults(self) -> list[str]:
        """What is wrong with them, in sentences; nothing when that was told already."""
        told, self._told = self._told, True
        if told:
            return []
        return [f"Plugin {each.name} · {fault}" for each in self.found for fault in each.faults]

    async def _load(self) -> None:
        settings = self._settings
        self.found = tuple(await apart(lambda: load_plugins(settings)))
        self.commands = {each.word: (plugin, each) for plugin in self.found for each in plugin.commands}
        self.keys = {key: word for word, (_, each) in self.commands.items() for key in _keys_of(each)}


def load_plugins(settings: Settings) -> list[Plugin]:
    """Every plugin with its commands. Imports what they are made of: it takes as long as they do."""
    found: list[Plugin] = []
    taken = _Taken(settings)
    for entry in entries(COMMAND_GROUP):
        plugin = Plugin(entry.name, source_of(entry), is_off=settings.plugins.is_off(entry.name))
        if not plugin.is_off:
            commands, faults = _load(entry, taken)
            plugin = msgspec.structs.replace(plugin, commands=tuple(commands), faults=tuple(faults))
        found.append(plugin)
    return found


def _load(entry: "EntryPoint", taken: "_Taken") -> "tuple[list[Command], list[str]]":
    try:
        offered = list(entry.load()())
    except (Exception, SystemExit) as error:  # anything may be wrong with a program that is not ours
        return [], [words_of(error)]
    commands: list[Command] = []
    faults: list[str] = []
    for each in offered:
        try:
            commands.append(taken.take(each))
        except KubeGenieError as error:
            faults.append(str(error))
    return commands, [*faults, *taken.told()]


class _Taken:
    """Words and keys that mean something already; each plugin takes some more."""

    def __init__(self, settings: Settings) -> None:
        self._words = {name: f"[commands.{name}]" for name in settings.commands}
        own = {key: f"commands.{name}" for name, each in settings.commands.items() for key in _split(each.key)}
        self._keys = taken_keys(settings.keys) | own
        self._told: list[str] = []

    def take(self, command: object) -> "Command":
        """A command without the keys that it cannot have.

        Raises:
            KubeGenieError: it is no command, or its word is not free.
        """
        from kubegenie_tui.plugin import Command

        if not isinstance(command, Command):
            raise KubeGenieError(f"it offers {type(command).__name__}, which is no Command")
        word = command.word
        if not COMMAND_NAME.fullmatch(word):
            raise KubeGenieError(f'"{word}" is no word for a command', "it has small letters, digits and dashes")
        if meaning := meaning_of(word) or self._words.get(word, ""):
            raise KubeGenieError(f"{word} is {meaning} already")
        self._words[word] = "a command of a plugin"
        return dataclasses.replace(command, key=",".join(self._free(command)))

    def _free(self, command: "Command") -> Iterable[str]:
        for key in _keys_of(command):
            if other := self._keys.get(key):
                self._told.append(f"the key {key} of {command.word} does {other} already")
            else:
                self._keys[key] = command.word
                yield key

    def told(self) -> list[str]:
        """What was told since it was asked the last time."""
        told, self._told = self._told, []
        return told


def _keys_of(command: "Command") -> list[str]:
    return _split(command.key)


def _split(keys: str) -> list[str]:
    return [key for key in (each.strip() for each in keys.split(",")) if key]
