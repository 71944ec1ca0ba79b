"""Commands that are not ours: those of the settings file and those of plugins, as if they were one sort."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.screens.picker import Choice
from kubegenie_tui.screens.plugin_commands import PluginCommands
from kubegenie_tui.screens.row_views import choice
from kubegenie_tui.screens.user_commands import UserCommands
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from textual.events import Key

    from kubegenie_tui.screens.row_keys import RowKeys
    from kubegenie_tui.services import Services


PATIENCE_SECONDS = 5.0
"""How long a palette, a menu or a command waits for plugins; what comes later is there the next time."""
PREFIX = "own "
"""Before the word in the id of a choice."""


class OwnCommands:
    """Both, for one screen. Plugins are loaded when `:`, the palette, the menu or a key first needs them."""

    def __init__(self, screen: "RowKeys", services: "Services") -> None:
        self._screen = screen
        self._services = services
        self._settings = UserCommands(screen, services)
        self._plugins = PluginCommands(screen, services)

    def __contains__(self, word: str) -> bool:
        return word in self._settings or word in self._plugins

    def words(self) -> dict[str, str]:
        """The commands by word, each with what it does; with nothing when it does not fit what is shown."""
        return self._settings.words() | self._plugins.words()

    def run(self, word: str, words: Sequence[str] = ()) -> None:
        """Run one.

        Raises:
            UsageError: it does not fit what is chosen, or may not run here.
        """
        if word in self._settings:
            self._settings.run(word)
        else:
            self._plugins.run(word, words)

    # Plugins, when they are needed

    @property
    def pending(self) -> bool:
        """Whether there may be more words than are known."""
        return not self._services.plugins.loaded

    async def load(self) -> None:
        """Wait for plugins, but not for ever."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._plugins.load()
        except TimeoutError:
            self._screen.notify("A plugin takes long to load", severity="warning", markup=False)

    def after_loading(self, then: Callable[[], object]) -> None:
        """Do something once they are there."""

        async def load() -> None:
            await self.load()
            then()

        begin(self._screen, load, "plugins")

    def press(self, key: "Key") -> None:
        """A key that does nothing else may be a plugin's."""
        if self.pending:
            self.after_loading(lambda: self._press(key.key))
        else:
            self._press(key.key)

    def _press(self, key: str) -> None:
        if word := self._services.plugins.keys.get(key):
            self.try_run(word)

    def try_run(self, word: str) -> None:
        """Run one; say why not."""
        try:
            self.run(word)
        except KubeGenieError as error:
            self._screen.notify(str(error), severity="warning", markup=False)

    def picked(self, choice_id: str) -> bool:
        """Run what was picked from the menu; False when it is none of these."""
        if choice_id.startswith(PREFIX):
            self.try_run(choice_id.removeprefix(PREFIX))
        return choice_id.startswith(PREFIX)

    def keys(self) -> dict[str, str]:
        """The keys of those that have one and fit what is shown, each with what it does."""
        return {key: label for _, label, key in self._fitting() if key}

    async def choices(self) -> list[Choice]:
        """A line of the menu for each that fits what is chosen."""
        await self.load()
        return [choice(f"{PREFIX}{word}", label, key, None) for word, label, key in self._fitting()]

    def _fitting(self) -> list[tuple[str, str, str]]:
        """Those that fit what is shown: word, what it does, key if it has one."""
        keys = self._settings.keys() | self._plugins.keys()
        return [(word, label, keys.get(word, "")) for word, label in self.words().items() if label]
