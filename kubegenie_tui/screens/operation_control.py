"""From a key, the menu or a typed word to a plan: what must be asked is asked, and nothing is written here."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.form import Field, Value
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import PLACES
from kubegenie_tui.screens.messages import PlanRequested, ViewRequested
from kubegenie_tui.screens.picker import Choice
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.permissions import Verdict
    from kubegenie_tui.changes.operations.operation import Operation, Targets
    from kubegenie_tui.screens.object_keys import ObjectKeys
    from kubegenie_tui.screens.own_commands import OwnCommands
    from kubegenie_tui.screens.row_keys import RowKeys
    from kubegenie_tui.services import Services

_OPERATE = re.compile(r"operate\('([^']*)'")
"""An action that begins operations, and which."""
RIGHTS_SECONDS = 0.3
"""How long the menu waits to hear what we may do."""
LOOK_SECONDS = 0.5
"""Between two looks whether a container runs."""
LOOKS = 120
"""After these it does not start: an image that is far away takes a while."""


class OperationControl:
    """Starts operations on what is chosen in a screen."""

    def __init__(self, screen: "RowKeys | ObjectKeys", services: "Services", own: "OwnCommands | None" = None) -> None:
        """Operations for one screen.

        Args:
            screen: where something is chosen.
            services: the clusters, the settings.
            own: commands that are not ours, for the menu.
        """
        self._screen = screen
        self._services = services
        self._own = own

    def start(self, word: str, words: Sequence[str] = ()) -> None:
        """Begin an operation on what is chosen.

        Args:
            word: its id or an alias.
            words: answers that were typed; with none, or when one is missing, they are asked for.

        Raises:
            UsageError: it is none, or does not fit what is chosen.
        """
        from kubegenie_tui.changes.operations.catalogue import operation_named

        operation = operation_named(word)
        kind, refs = self._chosen()
        operation.require(kind, len(refs))
        begin(self._screen, partial(self._plan, operation, refs, words), "operate", exclusive=True)

    def words(self) -> dict[str, str]:
        """Every word that can be typed, with what it does; with nothing when it does not fit what is shown."""
        from kubegenie_tui.changes.operations.catalogue import OPERATIONS

        kind, _ = self._screen.chosen_objects()
        return {
            word: operation.words if kind and operation.fits(kind) and word == operation.id else ""
            for operation in OPERATIONS
            for word in (operation.id, *operation.aliases)
        }

    def start_first(self, words: Sequence[str]) -> None:
        """Begin the first of these that fits the kind in view: one key does what each kind needs.

        Raises:
            UsageError: none fits.
        """
        fitting = self.words()
        self.start(next((word for word in words if fitting.get(word)), words[0]))

    def show_menu(self) -> None:
        """All that can be done with what is chosen, each with its key.

        Raises:
            UsageError: nothing is chosen.
        """
        kind, refs = self._chosen()
        begin(self._screen, partial(self._menu, kind, refs), "operations", exclusive=True)

    async def _menu(self, kind: Kind, refs: Sequence[ObjectRef]) -> None:
        from kubegenie_tui.screens.picker import PickerScreen
        from kubegenie_tui.screens.row_views import view_choices

        try:
            agent = await self._services.manager.open(refs[0].cluster)
        except KubeGenieError as error:
            self._complain(error)
            return
        noun, ref = kind.singular or kind.kind.lower(), refs[0]
        one = f"{noun} {ref.namespace}/{ref.name}" if ref.namespace else f"{noun} {ref.name}"
        what = one if len(refs) == 1 else f"{len(refs)} {kind.plural}"
        choices = await self._choices(agent, kind, refs[0].namespace)
        if len(refs) == 1:
            choices += view_choices(agent, kind, ref.namespace, self._services.settings.keys)
        choices += await self._own.choices() if self._own is not None else []
        picker = PickerScreen(f"What to do with {plain(what)}", choices, nothing="nothing can be done")
        self._screen.app.push_screen(picker, lambda picked: self._started(picked) if picked else None)

    def _started(self, word: str) -> None:
        from kubegenie_tui.screens.row_views import PREFIX

        if self._own is not None and self._own.picked(word):
            return
        if word.startswith(PREFIX):
            self._screen.action_show_view(word.removeprefix(PREFIX))
            return
        try:
            self.start(word)
        except KubeGenieError as error:
            self._complain(error)

    async def _choices(self, agent: "ClusterAgent", kind: Kind, namespace: str) -> list[Choice]:
        from kubegenie_tui.changes.operations.catalogue import operations_of
        from kubegenie_tui.screens.row_views import choice, views_told

        keymap = self._services.settings.keys
        keys = {
            word: keymap.get(key.id, key.keys)
            for key in PLACES["explorer"]
            if (found := _OPERATE.search(key.action))
            for word in found[1].split()
        }
        fitting = operations_of(kind)

        def told() -> bool:
            of_views = views_told(agent, kind, namespace)
            return len(_known(agent, fitting, kind, namespace)) == len(fitting) and of_views

        await told_in_time(agent, told)
        verdicts = _known(agent, fitting, kind, namespace)
        return [choice(each.id, each.words, keys.get(each.id, ""), verdicts.get(each.id)) for each in fitting]

    def _chosen(self) -> tuple[Kind, list[ObjectRef]]:
        kind, refs = self._screen.chosen_objects()
        if kind is None or not refs:
            raise UsageError(
                "There is nothing to do that with", next_step="put the cursor on a row, or mark some with m"
            )
        return kind, refs

    async def _plan(self, operation: "Operation", refs: Sequence[ObjectRef], words: Sequence[str]) -> None:
        from kubegenie_tui.changes.operations.operation import Request
        from kubegenie_tui.changes.operations.target import called

        try:
            read, fields = await waited(
                self._screen.app, f"{operation.words}: looking at what it is about", self._look(operation, refs)
            )
            everything = [each for _, found in read for each in found]
            answers = await self._answers(operation, fields, called(everything), words)
            if answers is None:
                return
            for agent, targets in read:
                request = Request(agent, targets, time.time(), secrets.token_hex(2), answers)
                plan = await waited(self._screen.app, f"{operation.words}: planning", operation.plan(request))
                container = operation.opens(plan) if operation.opens else ""
                told, leads = self._opening(agent, plan, container), _leads(container)
                self._screen.post_message(PlanRequested(plan, told=told, leads=leads))
        except KubeGenieError as error:
            self._complain(error)

    async def _look(
        self, operation: "Operation", refs: Sequence[ObjectRef]
    ) -> tuple[list[tuple["ClusterAgent", "Targets"]], Sequence[Field]]:
        read = [await self._read(operation, name, refs) for name in dict.fromkeys(ref.cluster for ref in refs)]
        return read, await operation.fields(read[0][0], [each for _, found in read for each in found])

    def _opening(self, agent: "ClusterAgent", plan: Plan, container: str) -> Callable[[bool, str, int], object] | None:
        """What is to follow once a plan is done; None when nothing is."""
        if not container:
            return None
        ref = plan.steps[0].ref

        def told(done: bool, _: str, _undo_id: int) -> None:
            follows = partial(self._attach, agent, ref, container) if done else partial(self._clean_up, ref)
            begin(self._screen, follows, "attach")

        return told

    async def _attach(self, agent: "ClusterAgent", ref: ObjectRef, container: str) -> None:
        """Go into a container as soon as it runs."""
        try:
            await until_it_runs(agent, ref, container)
        except KubeGenieError as error:
            self._complain(error)
            await self._clean_up(ref)
        else:
            self._screen.post_message(ViewRequested("attach", ref.cluster, ref, ref.namespace, container))

    async def _clean_up(self, ref: ObjectRef) -> None:
        """Delete what was made only to go into it, when that cannot be."""
        try:
            await (await self._services.changes()).gate.clean_up(ref)
        except KubeGenieError as error:
            self._complain(error)

    async def _read(
        self, operation: "Operation", cluster: str, refs: Sequence[ObjectRef]
    ) -> tuple["ClusterAgent", "Targets"]:
        from kubegenie_tui.changes.operations.target import named_targets, read_targets

        agent = await self._services.manager.open(cluster)
        here = [ref for ref in refs if ref.cluster == cluster]
        return agent, await read_targets(agent, here) if operation.reads else named_targets(agent, here)

    async def _answers(
        self, operation: "Operation", fields: Sequence[Field], what: str, words: Sequence[str]
    ) -> dict[str, Value] | None:
        from kubegenie_tui.changes.operations.words import filled, read_words
        from kubegenie_tui.screens.form import FormScreen

        answers, missing = read_words(operation, fields, words)
        if not missing and (words or not operation.asks or not fields):
            return answers
        title = f"{operation.words.capitalize()}: {what}"
        form: FormScreen = FormScreen(title, [filled(each, answers) for each in fields])
        given: dict[str, Value] | None = await self._screen.app.push_screen_wait(form)
        return given

    def _complain(self, error: KubeGenieError) -> None:
        self._screen.notify(str(error), severity="warning", markup=False)


async def until_it_runs(agent: "ClusterAgent", ref: ObjectRef, container: str) -> None:
    """Wait for a container to begin.

    Raises:
        UsageError: it does not, with what the node says.
        ClusterError: the pod cannot be read.
    """
    kind = agent.kinds.resolve(ref.kind)
    for _ in range(LOOKS):
        pod = await agent.get(kind, ref.name, ref.namespace)
        states = {
            text_at(status, "name"): mapping_at(status, "state")
            for part in ("containerStatuses", "ephemeralContainerStatuses")
            for status in mappings_at(pod, f"status.{part}")
        }
        state = states.get(container, {})
        if "running" in state:
            return
        if "terminated" in state:
            raise UsageError(f"{container} of {ref} has ended", text_at(state, "terminated.reason"), "l shows its log")
        await asyncio.sleep(LOOK_SECONDS)
    why = " ".join(text_at(state, f"waiting.{part}") for part in ("reason", "message")).strip()
    raise UsageError(f"{container} of {ref} does not start", why, "its events tell more; a attaches later")


def _leads(container: str) -> str:
    from kubegenie_tui.changes.operations.debugging import SHELL_CONTAINER

    return "opens the shell" if container == SHELL_CONTAINER else f"goes into {container}" if container else ""


async def told_in_time(agent: "ClusterAgent", told: Callable[[], bool]) -> None:
    """Wait a moment for the server to tell what we may do; `told` says whether it has."""
    news = asyncio.Event()
    unsubscribe = agent.permissions.subscribe(news.set)
    try:
        async with asyncio.timeout(RIGHTS_SECONDS):
            while not told():
                await news.wait()
                news.clear()
    except TimeoutError:
        return
    finally:
        unsubscribe()


def _known(
    agent: "ClusterAgent", operations: "Sequence[Operation]", kind: Kind, namespace: str
) -> dict[str, "Verdict"]:
    """Whether we may, by operation, as far as the server has told."""
    found: dict[str, Verdict] = {}
    for operation in operations:
        needs = operation.needs
        wanted = agent.kinds.get(needs.kind_id) if needs.kind_id else kind
        if wanted is None:
            verdict: Verdict | None = (False, f"this cluster serves no {needs.kind_id}")
        else:
            verdict = agent.allowed(needs.verb, wanted, namespace if wanted.namespaced else "", needs.subresource)
        if verdict is not None:
            found[operation.id] = verdict
    return found
