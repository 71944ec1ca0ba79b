"""A recorded conversation asked again: look-ups are answered from the record, so that no cluster is needed.

A model is asked also what the built-in engine answered then: what that read is recorded as the texts that a model sees.
The engine itself cannot be asked again, as it reads live objects: without a model a conversation is played back.
"""

import difflib
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    PROPOSED,
    Failed,
    Finished,
    Focus,
    LookUp,
    Message,
    PlanProposed,
    Record,
    Usage,
)
from kubegenie_tui.domain.errors import KubeGenieError, ModelError, UsageError
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.domain.turns import Turn, turns_of
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.loop import Loop
from kubegenie_tui.genie.no_cluster import NoCluster
from kubegenie_tui.genie.offline.changing import LOOKS_AT
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.recorded_labels import answers, proposes
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import Spoken, usage_of
from kubegenie_tui.genie.tools.toolbox import OWN, PROPOSE, validated
from kubegenie_tui.genie.wariness import WaryToolbox
from kubegenie_tui.llm.backend import Backend, CallReady

NO_MODEL = "there is no model to ask, and the built-in engine reads live objects, of which only texts were recorded"


class Recorded(msgspec.Struct, frozen=True):
    """A look-up as it was recorded."""

    label: str
    """What was looked up, in short."""
    ok: bool
    summary: str
    result: str
    """What it brought."""


class Replayed(msgspec.Struct, frozen=True):
    """What a turn was, and what it is today."""

    question: str
    then: str
    """What was answered."""
    now: str = ""
    """What is answered with the recorded results."""
    usage_then: Usage = Usage()
    usage: Usage = Usage()
    recorded: tuple[str, ...] = ()
    """Look-ups that are asked for now and were recorded."""
    not_recorded: tuple[str, ...] = ()
    """Look-ups that are asked for now and were not made then: they were answered with an error."""
    not_asked: tuple[str, ...] = ()
    """Look-ups that were made then and are not asked for now."""
    left_out: str = ""
    """Why it was not asked again; empty when it was."""
    look_ups: tuple[Recorded, ...] = ()
    """What was looked up then."""
    afterwards: tuple[str, ...] = ()
    """What became of the changes that were proposed then."""

    @property
    def differences(self) -> list[str]:
        """Lines of the answer that were taken out (`-`) or added (`+`), among those that stay.

        None where nothing was asked again.
        """
        if self.left_out:
            return []
        lines = difflib.unified_diff(self.then.splitlines(), self.now.splitlines(), n=1, lineterm="")
        return [line for line in lines if not line.startswith(("---", "+++"))]


async def replay(cluster: str, messages: Sequence[Message], backend: Backend) -> AsyncIterator[Replayed]:
    """Ask every question of a conversation again, each after what was said before it then."""
    for turn in turns_of(messages):
        if reason := _why_not(turn):
            yield _as_recorded(turn, reason)
        else:
            yield await _asked_again(cluster, turn, messages[: messages.index(turn.question)], backend)


def played_back(messages: Sequence[Message]) -> Iterator[Replayed]:
    """Every turn of a conversation as it was recorded; nobody is asked."""
    return (_as_recorded(turn, NO_MODEL) for turn in turns_of(messages))


def _as_recorded(turn: Turn, left_out: str = "") -> Replayed:
    """What a turn was."""
    look_ups = tuple(map(_recorded, turn.look_ups))
    afterwards = tuple(each.text for each in turn.answers if each is not turn.answer)
    return Replayed(
        turn.question.text,
        _text(turn),
        usage_then=_usage(turn),
        left_out=left_out,
        look_ups=look_ups,
        afterwards=afterwards,
    )


def _recorded(message: Message) -> Recorded:
    made = (message.record.look_up if message.record else None) or LookUp()
    return Recorded(message.tool, made.ok, made.summary, message.text)


def _why_not(turn: Turn) -> str:
    """Why a turn cannot be asked again; empty when it can."""
    if turn.answer is None or turn.answer.record is None:
        return "nothing was recorded of how it was answered"
    return ""


async def _asked_again(cluster: str, turn: Turn, history: Sequence[Message], backend: Backend) -> Replayed:
    focus = turn.question.record.focus if turn.question.record else None
    scope = Scope(NoCluster(cluster), focus or Focus(cluster), Redactor(), look=_look)
    toolbox, spoken = RecordedToolbox(scope, turn), Spoken()
    usage = Usage(backend.name, ended="failed")
    try:
        async with closing(ReplayLoop(backend, scope, toolbox).run(turn.question.text, history)) as events:
            async for event in events:
                spoken.take(event)
                if isinstance(event, Finished):
                    usage = usage_of(event)
    except ModelError as error:
        spoken.take(Failed(error.what, error.why, error.next_step))
    made, lacking, left = (tuple(labels) for labels in (toolbox.given, toolbox.lacking, toolbox.left))
    return msgspec.structs.replace(
        _as_recorded(turn), now=spoken.text, usage=usage, recorded=made, not_recorded=lacking, not_asked=left
    )


def _text(turn: Turn) -> str:
    return turn.answer.text if turn.answer else ""


def _usage(turn: Turn) -> Usage:
    record = turn.answer.record if turn.answer else None
    return record.usage if record and record.usage else Usage()


class ReplayLoop(Loop):
    """A turn whose look-ups are answered from a record."""

    def __init__(self, backend: Backend, scope: Scope, toolbox: "RecordedToolbox") -> None:
        super().__init__(backend, scope)
        self._toolbox = toolbox


class RecordedToolbox(WaryToolbox):
    """All tools, with the results that were recorded in a turn."""

    def __init__(self, scope: Scope, turn: Turn) -> None:
        super().__init__(scope)
        self._turn = turn
        self._results: dict[str, list[Message]] = {}
        self._given: list[Message] = []
        self.lacking: list[str] = []
        """Look-ups that were not recorded, in short."""

    async def open(self) -> None:
        """What was recorded is sorted by what it answers."""
        await super().open()
        results: defaultdict[str, list[Message]] = defaultdict(list)
        for message, look_up in _look_ups(self._turn):
            if look_up.name:
                results[self._key(CallReady("", look_up.name, look_up.arguments))].append(message)
        self._results = dict(results)

    @property
    def given(self) -> list[str]:
        """Look-ups that were answered, in short."""
        return [message.tool for message in self._given]

    @property
    def left(self) -> list[str]:
        """Look-ups that were recorded and not asked for, in short."""
        return [message.tool for message, _ in _look_ups(self._turn) if message not in self._given]

    async def run(self, call: CallReady, limit: int = RESULT_CHARACTERS) -> Result:
        """The recorded result of a call; of several of the same the first that was not given yet, else the last.

        Args:
            call: as the model makes it.
            limit: of no use here: a result is given as it was.

        Raises:
            UsageError: none was recorded.
            KubeGenieError: it had failed.
        """
        found = self._results.get(self._key(call))
        if call.name in OWN:
            self._given.extend(found or ())
            return await super().run(call, limit)
        message = (found.pop(0) if len(found) > 1 else found[0]) if found else self._of_built_in(call)
        if message is None:
            self.lacking.append(self.label(call))
            raise UsageError("Not recorded", "this is a replay without a cluster", "answer with what you have")
        self._given.append(message)
        look_up = message.record.look_up if message.record else None
        if look_up is not None and not look_up.ok:
            raise KubeGenieError(message.text.removeprefix("error: "))
        proposed = _proposed(self._turn) if call.name == PROPOSE else None
        return Result(look_up.summary if look_up else "", message.text, proposed)

    def _of_built_in(self, call: CallReady) -> Message | None:
        """What the built-in engine looked up for its answer, where that is what a call asks for."""
        try:
            given = validated(self._tools[call.name], call).model_dump()
        except (KeyError, UsageError):
            return None
        focus, kinds = self._scope.focus, self._scope.reader.kinds
        made = [message for message, look_up in _look_ups(self._turn) if not look_up.name]
        if call.name == PROPOSE:
            kept = next((each for each in _record(self._turn).proposals if proposes(each.command, given)), None)
            looked = (message for message in made if message.tool.startswith(LOOKS_AT))
            return next(looked, Message("tool", f"{PROPOSED}{kept.title}", 0.0, kept.command)) if kept else None
        return next((each for each in made if answers(each.tool, call.name, given, kinds, focus.namespace)), None)

    def _key(self, call: CallReady) -> str:
        """The same for calls that ask for the same, however their arguments are written."""
        try:
            arguments = validated(self._tools[call.name], call).model_dump(exclude_defaults=True)
        except (KeyError, UsageError):
            arguments = call.arguments
        return f"{call.name} {json.dumps(arguments, sort_keys=True, default=str)}"


def _look_ups(turn: Turn) -> Iterator[tuple[Message, LookUp]]:
    for message in turn.look_ups:
        if message.record is not None and message.record.look_up is not None:
            yield message, message.record.look_up


def _proposed(turn: Turn) -> PlanProposed | None:
    """The recorded proposal, without its steps: nobody is asked about it."""
    kept = _record(turn).proposals
    return next((PlanProposed(Plan(each.title, each.cluster, ()), None, each.command) for each in kept), None)


def _record(turn: Turn) -> Record:
    return (turn.answer.record if turn.answer else None) or Record()


async def _look(plan: Plan) -> Preview:
    raise UsageError("Nothing can be looked at in a replay")
