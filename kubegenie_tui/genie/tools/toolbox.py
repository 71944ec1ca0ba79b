"""The tools in use: called by name with a model's raw arguments, each answer a result or an error in words."""

import asyncio
import importlib
import json
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.model_settings import Profile
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.asking import ASK_USER
from kubegenie_tui.genie.beside import GIVEN
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, room_in
from kubegenie_tui.genie.context.shrinking import looks_structured, shrunk
from kubegenie_tui.genie.leave import asker
from kubegenie_tui.genie.reading.scope import Result, Scope, can_propose
from kubegenie_tui.genie.taint import gives_orders
from kubegenie_tui.genie.todo import TODO
from kubegenie_tui.genie.tools import small
from kubegenie_tui.llm.backend import CallReady

if TYPE_CHECKING:
    from kubegenie_tui.genie.proposing.own_words import OwnWords
    from kubegenie_tui.genie.proposing.sighting import Sight

PROPOSE = "propose"
"""The one tool whose result waits for a person."""
EXEC = "exec"
"""Runs a command in a container: each call is asked about, so that it is offered where somebody can be."""
OWN = frozenset({ASK_USER, TODO})
"""Tools whose arguments are for the person to read: they bring nothing from a cluster."""
RECALL = "recall"
_LONGEST_LABEL = 80


class Toolbox:
    """All tools, for one scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._tools: dict[str, Any] = {}
        self.sight: Sight | None = None
        """What was said and found; None where whoever proposes sees for themselves."""
        self.own_words: OwnWords | None = None
        """What the person said in this turn; None where no person speaks."""

    async def open(self) -> None:
        """Import the tools in a thread."""
        catalogue = await asyncio.to_thread(importlib.import_module, "kubegenie_tui.genie.tools.catalogue")
        self._tools = dict(catalogue.TOOLS)
        if not can_propose(self._scope):
            del self._tools[PROPOSE]
        if self._scope.execute is None or self._scope.reader.status.read_only or asker.get() is None:
            del self._tools[EXEC]

    def schemas(self, profile: Profile = "full") -> list[dict[str, Any]]:
        """The tools that a model is given."""
        if profile == "small":
            return [small.short(self._tools[name].schema()) for name in small.NAMES if name in self._tools]
        others = self._scope.outside.schemas if self._scope.outside is not None else []
        return [*(tool.schema() for tool in self._tools.values()), *others]

    async def run(self, call: CallReady, limit: int = RESULT_CHARACTERS) -> Result:
        """Do what a call asks for. What is proposed after a result that gives orders is one tier more careful.

        Args:
            call: as the model makes it.
            limit: characters of the result; of a longer one the rest is kept.

        Raises:
            UsageError: no such tool, or arguments it does not take.
            ModelError: a tool of another server failed, or the person does not want it to be called.
            KubeGenieError: the look-up failed.
        """
        tool, outside = self._tools.get(call.name), self._scope.outside
        if tool is None and outside is not None and call.name in outside:
            said = await outside.run(call, self._scope.redactor)
            return self._suspected(msgspec.structs.replace(said, text=await self._fitting(said, limit)))
        if tool is None:
            raise UsageError(f'There is no tool "{call.name}"', next_step=f"tools: {', '.join(self._tools)}")
        arguments = validated(tool, call)
        scope = await self._scope.of_cluster(getattr(arguments, "cluster", "") or self._scope.reader.name)
        scope = msgspec.structs.replace(scope, longest=limit, sight=self.sight, own_words=self.own_words)
        result: Result = await tool.run(scope, arguments)
        if call.name in OWN:
            return result
        show = scope.placed(result.show) if result.show is not None else None
        text = await self._fitting(result, limit)
        return self._suspected(msgspec.structs.replace(result, show=show, text=text))

    async def _fitting(self, result: Result, limit: int) -> str:
        """The text of a result, or what is sent of a long one: of an object a smaller one, of others some lines."""
        text, part = result.text, ""
        if len(text) > limit and not result.ends_matter and (result.is_structured or looks_structured(text)):
            part = await asyncio.to_thread(shrunk, text, room_in(limit))
        return self._scope.kept.cut(text, limit, ends_matter=result.ends_matter, part=part)

    def saw(self, call: CallReady, text: str, *, ok: bool) -> None:
        """A call was answered: what it found may be proposed to, unless it is in what the person gave to be read."""
        is_given = call.name == RECALL and _arguments(call).get("result") == GIVEN
        if self.sight is not None and call.name not in OWN and not is_given:
            self.sight.found(text, "" if ok else call.arguments)

    def _suspected(self, result: Result) -> Result:
        """A result that gives orders is told as one, and makes what is proposed from now on more careful."""
        orders = gives_orders(result.text)
        if not orders:
            return result
        why = f"text of the cluster that gives orders was read: {plain(orders)}"
        self._scope = msgspec.structs.replace(self._scope, doubt=why)
        return msgspec.structs.replace(result, summary=f"{result.summary} · some of its text gives orders")

    def label(self, call: CallReady) -> str:
        """The call in short, for the person: `logs deployments checkout shop`."""
        told = _arguments(call).values() if call.name not in OWN else ()
        words = [_word(value) for value in told if value not in (None, "", False)]
        text = self._scope.redactor.text(" ".join([call.name, *words]))
        return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"


def _arguments(call: CallReady) -> dict[str, Any]:
    """As they can be read; none where they cannot."""
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(" ".join(map(_word, each.values())) if isinstance(each, dict) else str(each) for each in value)
    return " ".join(f"{name}={each}" for name, each in value.items()) if isinstance(value, dict) else str(value)


def validated(tool: Any, call: CallReady) -> Any:
    """The arguments of a call as its tool takes them.

    Raises:
        UsageError: it does not take them.
    """
    import pydantic

    try:
        return tool.arguments.model_validate_json(call.arguments or "{}")
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the arguments"
        takes = ", ".join(tool.arguments.model_fields)
        raise UsageError(
            f"{call.name}: {where}: {first['msg']}", f"{error.error_count()} mistakes", f"it takes: {takes}"
        ) from None
