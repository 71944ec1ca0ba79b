"""New objects from a template, a paste or a file: edited here until they are carried out, or given up on purpose."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.changes.operations.applying import apply_plan, located
from kubegenie_tui.changes.operations.editing import MARK, without_head
from kubegenie_tui.changes.operations.manifests_text import LARGEST_TEXT
from kubegenie_tui.changes.operations.templates import TEMPLATES, template
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import yaml_lines
from kubegenie_tui.screens.editor import EditorScreen, Judged
from kubegenie_tui.screens.editor_guide import EditorGuide
from kubegenie_tui.screens.learning import is_learning, learned
from kubegenie_tui.screens.waiting import waited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.plan import Plan
    from kubegenie_tui.screens.plan_dialog import Left

SOURCE = "the text"


class CreateControl:
    """One text on its way into a cluster."""

    def __init__(
        self, app: "App[int]", agent: "ClusterAgent", namespace: str, decide: "Callable[[Plan], Awaitable[Left]]"
    ) -> None:
        """A text to come.

        Args:
            app: where the screens are shown.
            agent: the cluster.
            namespace: where objects go that name none.
            decide: lets a person see a plan and decide.
        """
        self._app = app
        self._agent = agent
        self._namespace = namespace
        self._decide = decide

    async def create(self, kind_name: str) -> None:
        """Let the person write, beginning with a template, or with what the kind's structure asks for.

        With nothing but room for a paste when no kind is named.

        Raises:
            UsageError: there is no such kind.
            ClusterError: its structure cannot be read.
        """
        text = await self._begun(kind_name) if kind_name else ""
        await self._app.push_screen(
            EditorScreen(f"New on {self._agent.name}", self._headed(text), self._judge, EditorGuide(self._agent))
        )

    async def _begun(self, kind_name: str) -> str:
        if kind_name.lower() in TEMPLATES:
            return template(kind_name, self._namespace)
        kind = self._agent.kinds.find(kind_name)
        if kind is None and is_learning(self._agent):
            await learned(self._app, self._agent)
            kind = self._agent.kinds.find(kind_name)
        if kind is None:
            return template(kind_name, self._namespace)
        what = f"reading the structure of {kind.kind}"
        structure = await waited(self._app, what, self._agent.structure(kind))
        return "\n".join([*yaml_lines(example_of(kind, structure, self._namespace)), ""])

    async def apply(self, file: str) -> None:
        """Show what a file would do; one with a fault in it opens in the editor.

        Raises:
            UsageError: it cannot be read.
        """
        text = self._headed(await asyncio.to_thread(_read, file))
        name = Path(file).name
        judged = await self._judge(text, name)
        if judged.text:
            await self._app.push_screen(
                EditorScreen(f"{name} on {self._agent.name}", judged.text, self._judge, EditorGuide(self._agent))
            )

    async def _judge(self, text: str, source: str = SOURCE) -> Judged:
        # A line's number must be the one that the person sees: ours on top are comments.
        try:
            plan = await self._plan(text, source)
        except UsageError as error:
            return Judged(False, self._headed("\n".join(without_head(text)), error))
        left = await self._decide(plan)
        if left.refusal is not None:
            fault = await asyncio.to_thread(located, left.refusal, plan, text, source)
            return Judged(False, self._headed("\n".join(without_head(text)), fault))
        return Judged(left.approved)

    async def _plan(self, text: str, source: str) -> "Plan":
        """Of the kinds that are known; where that is not enough, of those that the cluster is about to tell of."""
        try:
            return await asyncio.to_thread(apply_plan, self._agent, text, source, self._namespace)
        except UsageError:
            if not is_learning(self._agent):
                raise
        await learned(self._app, self._agent)
        return await asyncio.to_thread(apply_plan, self._agent, text, source, self._namespace)

    def _headed(self, text: str, fault: KubeGenieError | None = None) -> str:
        told = [plain(part) for part in (fault.what, fault.why, fault.next_step) if part] if fault else []
        head = [
            f"{MARK}new objects on {self._agent.name}, {self._namespace or 'default'} where they name no namespace.",
            f"{MARK}Write or paste any number, `---` between them. What they change is shown before it is applied.",
            f"{MARK}✖ {told[0]}" if told else MARK.rstrip(),
            f"{MARK}{' · '.join(told[1:])}".rstrip(),
        ]
        return "\n".join([*head, text])


def _read(file: str) -> str:
    path = Path(file).expanduser()
    try:
        if path.stat().st_size > 4 * LARGEST_TEXT:
            raise UsageError(f"{path} is too large", next_step="split it")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read", error.strerror or "") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text", str(error)) from error
