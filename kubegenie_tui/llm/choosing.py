"""Which model answers: those of the settings by name, and the one that was chosen for a conversation."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.conversation import BUILT_IN
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.model_settings import DEFAULT, ModelSettings

if TYPE_CHECKING:
    from kubegenie_tui.llm.ability import Notes
    from kubegenie_tui.llm.backend import Backend
    from kubegenie_tui.llm.openai_backend import OpenAIBackend


class Models:
    """The models there are. A choice is a name of the settings, or `NAME/MODEL` for another one of that server."""

    def __init__(
        self,
        default: ModelSettings,
        named: Mapping[str, ModelSettings] | None = None,
        notes: "Notes | None" = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """`notes`: where is kept what is learnt of each."""
        self._notes = notes
        self._environ = environ
        self._settings = {
            name: model for name, model in {DEFAULT: default, **(named or {})}.items() if self._has(model)
        }
        self._backends: dict[str, OpenAIBackend] = {}
        self._chosen: dict[str, str] = {}

    def _has(self, model: ModelSettings) -> bool:
        return bool(model.base_url or model.key_from == "keyring" or model.api_key(self._environ))

    @property
    def names(self) -> tuple[str, ...]:
        """The names there are; the first one answers until another is chosen."""
        return tuple(self._settings)

    def choice(self, conversation: str = "") -> str:
        """What was chosen for a conversation; by default the first."""
        return self._chosen.get(conversation, self._chosen.get("", next(iter(self._settings), BUILT_IN)))

    def choose(self, choice: str, conversation: str = "") -> None:
        """Let a model answer in a conversation; without one, in all where none was chosen.

        Raises:
            UsageError: there is no such name.
        """
        is_known = choice.partition("/")[0] in self._settings and not choice.endswith("/")
        if choice != BUILT_IN and not is_known:
            known = ", ".join([*self._settings, BUILT_IN])
            raise UsageError(f'There is no model "{choice}"', next_step=f"choose from {known}, or NAME/MODEL")
        self._chosen[conversation] = choice

    def of(self, conversation: str = "") -> "Backend | None":
        """Who answers in a conversation; None for the built-in engine."""
        choice = self.choice(conversation)
        return None if choice == BUILT_IN else self.backend(choice)

    def backend(self, choice: str) -> "OpenAIBackend":
        """The backend of a choice."""
        if choice not in self._backends:
            name, _, model = choice.partition("/")
            self._backends[choice] = self._made(name, model)
        return self._backends[choice]

    def _made(self, name: str, model: str) -> "OpenAIBackend":
        from kubegenie_tui.llm.keyring import fetching
        from kubegenie_tui.llm.openai_backend import OpenAIBackend

        given = self._settings[name]
        fetch_key = fetching(name) if given.key_from == "keyring" else None
        key = "" if fetch_key else given.api_key(self._environ)
        return OpenAIBackend(
            given.base_url,
            key,
            model or given.name,
            settings=given,
            section="" if name == DEFAULT else f"models.{name}",
            fetch_key=fetch_key,
            notes=self._notes,
        )

    async def close(self) -> None:
        """Close all connections."""
        for backend in self._backends.values():
            await backend.close()
