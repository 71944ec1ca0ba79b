"""The built-in engine: reads a sentence with the live names in mind, looks things up, and says what it found."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import msgspec

from kubegenie_tui.domain.conversation import BUILT_IN, ChatEvent, Finished, Message, ShowRequested
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.across import across_kinds, across_places
from kubegenie_tui.genie.offline.among import offered
from kubegenie_tui.genie.offline.around import asked_around, is_clear
from kubegenie_tui.genie.offline.beside_others import only_told_of, seen_beside
from kubegenie_tui.genie.offline.causes import tell_found, tell_overview, tell_why
from kubegenie_tui.genie.offline.changing import asked_back, chosen, intent_of, tell_change
from kubegenie_tui.genie.offline.chatter import without_ceremony, without_chatter
from kubegenie_tui.genie.offline.command_lines import flags_left_out, is_elsewhere
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.directory import FIRST, RINGS, Directory, read_into
from kubegenie_tui.genie.offline.elsewhere import elsewhere
from kubegenie_tui.genie.offline.following import continued, goes_on, of_it, place_in, pointed
from kubegenie_tui.genie.offline.in_other_words import in_any_language
from kubegenie_tui.genie.offline.intent import ALONE, Asked, Details, Intent
from kubegenie_tui.genie.offline.inventory import tell_clusters, tell_expiry, tell_images, tell_releases
from kubegenie_tui.genie.offline.leaving import all_but
from kubegenie_tui.genie.offline.markdown import code, words
from kubegenie_tui.genie.offline.meanings import tell_meaning
from kubegenie_tui.genie.offline.objects import tell_events, tell_events_of_gone, tell_logs, tell_object, tell_yaml
from kubegenie_tui.genie.offline.parse import is_question, parse, parted
from kubegenie_tui.genie.offline.picking import picked
from kubegenie_tui.genie.offline.policies import tell_policies
from kubegenie_tui.genie.offline.relations import tell_changes, tell_needs, tell_related, tell_users
from kubegenie_tui.genie.offline.rights import tell_may, tell_who_can, tell_whoami
from kubegenie_tui.genie.offline.rollouts import tell_revisions, tell_rollout
from kubegenie_tui.genie.offline.several import several_in
from kubegenie_tui.genie.offline.spoken_names import hyphenated
from kubegenie_tui.genie.offline.spoken_places import placed
from kubegenie_tui.genie.offline.states import RULES
from kubegenie_tui.genie.offline.tables import filter_of, tell_count, tell_lacking, tell_list, tell_top
from kubegenie_tui.genie.offline.talk import TALK, tell_ambiguous, tell_not_understood, tell_unknown
from kubegenie_tui.genie.offline.target import resolve
from kubegenie_tui.genie.offline.undoing import asks_to_undo, tell_undo
from kubegenie_tui.genie.reading.scope import Scope, can_propose
from kubegenie_tui.genie.wishes.asides import left_out_of, without_aside
from kubegenie_tui.genie.wishes.framed import is_framed
from kubegenie_tui.genie.wishes.moods import FRAMED, LATER, LOGGED, NO, QUESTION, MoodReader
from kubegenie_tui.genie.wishes.pasted import is_pasted
from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.reader import WishReader
from kubegenie_tui.genie.wishes.resolving import TOO_MUCH, same_object
from kubegenie_tui.genie.wishes.targets import Target
from kubegenie_tui.genie.wishes.them import with_names
from kubegenie_tui.genie.wishes.topics import joined
from kubegenie_tui.genie.wishes.wish import Wish

_EARLIER = 3
"""Sentences before this one that are looked at."""
_LONGEST = 600
"""Characters of a sentence that are read; a longer one is no wish, unless it is one to apply what is pasted."""

_ITS = re.compile(r"\bits?\b", re.IGNORECASE)

_SMALL_TALK = frozenset({"hello", "thanks"})
_OF_ONE = frozenset({"describe", "get", "uses", "related", "rollout-status", "rollout-history"})
_TELLERS: dict[str, Callable[[Desk, Intent], Awaitable[None]]] = {
    "list": tell_list,
    "count": tell_count,
    "top": tell_top,
    "describe": tell_object,
    "get": tell_yaml,
    "logs": tell_logs,
    "events": tell_events,
    "why": tell_why,
    "overview": tell_overview,
    "images": tell_images,
    "expiry": tell_expiry,
    "releases": tell_releases,
    "clusters": tell_clusters,
    "uses": tell_users,
    "needs": tell_needs,
    "changes": tell_changes,
    "related": tell_related,
    "rollout-status": tell_rollout,
    "rollout-history": tell_revisions,
    "who-can": tell_who_can,
    "can-i": tell_may,
    "whoami": tell_whoami,
    "explain": tell_meaning,
    "policies": tell_policies,
    "change": tell_change,
    **TALK,
}


async def understand(scope: Scope, sentences: Sequence[str]) -> Intent:
    """What the last sentence asks for in the light of those before; its verb is empty when that cannot be told.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    directory = Directory(scope.reader.name, scope.reader.kinds)
    await read_into(scope, directory, FIRST)
    return await in_any_language(scope, directory, sentences, _in_english, _read_all)


async def _in_english(scope: Scope, directory: Directory, sentences: Sequence[str]) -> Intent:
    """What the last of some English sentences asks for."""
    if is_elsewhere(sentences[-1]):
        return Intent("", raw=sentences[-1])
    said, flags = sentences[-1], flags_left_out(sentences[-1])
    spoken = [hyphenated(without_ceremony(each, directory), directory) for each in sentences]
    sentences = [placed(each, directory, scope.cluster_names) for each in spoken]
    is_taken = sentences[-1] != spoken[-1]
    left_out = " ".join(filter(None, (left_out_of(sentences[-1], phrases()), flags)))
    sentences = [part for each in sentences for part in without_aside(each, directory, phrases())]
    intent = await _clearest(scope, directory, sentences, left_out)
    if _changes_something(intent) and is_framed(said, directory, phrases()):
        return Intent("change", raw="change", reply=FRAMED)
    if is_taken and intent.wish is not None and intent.wish.outcome == "write":
        as_said = await _understood(scope, directory, [*sentences[:-1], spoken[-1]], left_out)
        return as_said if as_said.targets else asked_back(intent)
    return intent


def _changes_something(intent: Intent) -> bool:
    wishes = (each.wish for each in (intent, *intent.also))
    return any(wish is not None and wish.outcome in ("write", "ambiguous") for wish in wishes)


async def _clearest(scope: Scope, directory: Directory, sentences: Sequence[str], left_out: str) -> Intent:
    """What the last sentence asks for as a whole; else without statements around it, else what a part of it asks."""
    intent = await _understood(scope, directory, sentences, left_out)
    moods = MoodReader(directory, phrases())
    if not (is_clear(intent) and (intent.wish is not None or moods.reads(sentences[-1]))):

        async def understood(said: Sequence[str]) -> Intent:
            return await _understood(scope, directory, said, left_out)

        if (asked := await asked_around(sentences, intent, directory, scope.focus, understood)) is not None:
            return asked
    if not is_clear(intent) and _may_be_seen_beside(intent, sentences[-1]):
        looked_up = await seen_beside(sentences, directory, lambda said: _looked_up(scope, directory, said, None))
        if looked_up is not None:
            return looked_up
    is_named = intent.wish is None and intent.verb == "describe" and not intent.unknown
    if is_named and only_told_of(sentences[-1], directory):
        return Intent("change", raw="change", reply=QUESTION)
    return intent


def _may_be_seen_beside(intent: Intent, text: str) -> bool:
    """Whether the text speaks of no change, or of one that is not to be done."""
    if intent.wish is None:
        return True
    no_wish = {NO, QUESTION, LATER, *([LOGGED] if text.rstrip().endswith("?") else [])}
    return intent.wish.outcome == "refuse" and intent.wish.why in no_wish


async def _understood(scope: Scope, directory: Directory, sentences: Sequence[str], left_out: str) -> Intent:
    """What the last sentence asks for, or the several things."""
    if (place := place_in(sentences[-1])) is not None and len(sentences) > 1:
        before = await _one(scope, directory, sentences[:-1])
        if -1 <= place < len(before.choices):
            return chosen(before, before.choices[place])
    if sentences[-1:] == sentences[-2:-1] and (marked := scope.focus.selected) is not None:
        before = await _one(scope, directory, sentences[:-1])
        if (pick := next((ref for ref in before.choices if same_object(ref, marked)), None)) is not None:
            return chosen(before, pick)
    wished, it = await wished_for(scope, directory, sentences)
    if wished is not None and wished.targets:
        return wished
    if (several := await several_in(sentences, directory, lambda *each: _one(scope, *each))) is not None:
        return several
    if wished is not None:
        return wished
    sentences = [*sentences[:-1], without_chatter(sentences[-1], directory)]
    return _noted(await _looked_up(scope, directory, sentences, it), left_out)


def _noted(intent: Intent, note: str) -> Intent:
    return msgspec.structs.replace(intent, note=f"{intent.note} {note}".strip()) if note else intent


async def _one(scope: Scope, directory: Directory, sentences: Sequence[str]) -> Intent:
    """What the last sentence asks for, taken as one."""
    wished, it = await wished_for(scope, directory, sentences)
    return wished if wished is not None else await _looked_up(scope, directory, sentences, it)


async def _looked_up(scope: Scope, directory: Directory, sentences: Sequence[str], it: ObjectRef | None) -> Intent:
    """What the last sentence asks to see. `it`: what the last wish was about."""

    async def understood(said: Sequence[str]) -> Intent:
        return await _looked_up(scope, directory, said, it)

    for reading in (across_kinds, all_but, across_places):
        if (found := await reading(sentences, directory, understood)) is not None:
            return found
    asked = await _read(scope, directory, sentences)
    if it is not None and not (asked.names or asked.recalled) and _is_of_it(asked):
        asked = of_it(asked, it)
    asked = pointed(asked, scope.focus)
    if asked.kind and asked.names:
        await read_into(scope, directory, (asked.kind,))
    intent = resolve(asked, directory, scope.focus)
    if intent.verb == "open" and intent.unknown in scope.cluster_names:
        return Intent("switch-context", details=Details(subject=intent.unknown))
    return intent


async def wished_for(
    scope: Scope, directory: Directory, sentences: Sequence[str]
) -> tuple[Intent | None, ObjectRef | None]:
    """The change that the last sentence wishes for, None when it speaks of none; and what the last wish was about.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    it: ObjectRef | Target | None = None
    last: Wish | None = None
    earlier: list[Wish] = []
    for sentence in sentences:
        pasted = is_pasted(sentence)
        text = sentence if pasted else with_names(sentence[:_LONGEST], last)
        if not pasted and (len(sentence) > _LONGEST or is_question(text, directory)):
            it, wish = await _about(scope, directory, [sentence]) or it, None
            continue
        wish = WishReader(directory, scope.focus, it, last, earlier).read(text)
        if _needs_more(directory, text, wish):
            await _read_all(scope, directory, text)
            wish = WishReader(directory, scope.focus, it, last, earlier).read(text)
        if wish is not None:
            earlier += [last] if last else []
            last = wish
            it = wish.steps[-1].ref if wish.steps else wish.about or it
        elif sentence is not sentences[-1]:
            it = await _about(scope, directory, sentences[: sentences.index(sentence) + 1]) or it
    if wish is None or (wish.outcome == "unsupported" and parse(text[:_LONGEST], directory).verb != "change"):
        return None, last.steps[-1].ref if last and last.steps else None
    return intent_of(await offered(scope, directory, text, wish)), it if isinstance(it, ObjectRef) else None


def _is_of_it(asked: Asked) -> bool:
    """Whether a question is about what was to be changed: `is it ready?`, `rollout status`."""
    return asked.verb not in ALONE and _goes_on_about(asked)


def _goes_on_about(asked: Asked) -> bool:
    return asked.points == "it" or (bool(asked.verb) and asked.namespace is None and goes_on(asked))


def _needs_more(directory: Directory, text: str, wish: Wish | None) -> bool:
    """Whether names that are not read yet could make sense of it."""
    if set().union(*RINGS) <= directory.read:
        return False
    if wish is None:
        return MoodReader(directory, phrases()).speaks_of_change(text.splitlines())
    return wish.outcome in ("ambiguous", "unsupported", "write") or wish.why == TOO_MUCH


async def _read_all(scope: Scope, directory: Directory, text: str) -> None:
    """Every name that people use, and those of kinds that the text names."""
    words = text.lower().split()
    named = {kind for word in words if (kind := directory.kind_words.get(word.strip(",.?!")))}
    await read_into(scope, directory, [*dict.fromkeys((*(kind for ring in RINGS for kind in ring), *sorted(named)))])


async def _about(scope: Scope, directory: Directory, sentences: Sequence[str]) -> ObjectRef | Target | None:
    """The object that earlier sentences were about; the name alone where several have it."""
    asked = pointed(await _read(scope, directory, sentences), scope.focus)
    if (several := joined(sentences[-1], directory)) is not None:
        return several
    intent = resolve(asked, directory, scope.focus)
    if intent.choices and len({ref.name for ref in intent.choices}) == 1:
        return Target((intent.choices[0].name,), namespaces=(intent.namespace,) if intent.namespace else ())
    if not intent.name or not intent.kind:
        return None
    return next(iter(directory.find(intent.name, intent.kind, intent.namespace or "")), None)


def said(text: str, history: Sequence[Message]) -> list[str]:
    """A text after the questions before it that may give it its sense."""
    return [*[message.text for message in history if message.role == "user"][-_EARLIER:], text]


async def _read(scope: Scope, directory: Directory, sentences: Sequence[str]) -> Asked:
    """The last sentence in the light of those before; more names are read while a word has no meaning."""
    asked = _in_order(directory, sentences)
    named = [kind for kind in (asked.kind, asked.of_kind) if kind]
    for ring in (*([tuple(named)] if asked.names and named else []), *RINGS):
        if not _unknown(directory, asked) and not set(ring) <= {*named}:
            break
        await read_into(scope, directory, ring)
        asked = _in_order(directory, sentences)
    return asked


def _in_order(directory: Directory, sentences: Sequence[str]) -> Asked:
    """Each sentence goes on from the one before; `its yaml` from the last one that named something."""
    earlier: Asked | None = None
    named: Asked | None = None
    parts = [part for each in sentences for part in parted(each[:_LONGEST], directory)]
    for at, sentence in enumerate(parts, 1):
        asked = parse(sentence, directory)
        if asked.verb in _SMALL_TALK and earlier is not None and at < len(parts):
            continue
        is_nameless = earlier is not None and not earlier.names and earlier.details == Details()
        earlier = continued(asked, named if named and is_nameless and _ITS.search(sentence) else earlier)
        named = earlier if earlier.names else named
    assert earlier is not None
    return earlier


def _unknown(directory: Directory, asked: Asked) -> bool:
    words = (*asked.names, *([asked.namespace] if asked.namespace and asked.namespace != "*" else []))
    return any(word not in directory and word not in directory.namespaces for word in words)


async def understands(scope: Scope, text: str, history: Sequence[Message] = ()) -> bool:
    """Whether the engine could answer.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    intent = await understand(*await elsewhere(scope, said(text, history)))
    return bool(intent.verb) and not intent.unknown


async def answer(scope: Scope, text: str, history: Sequence[Message] = ()) -> AsyncGenerator[ChatEvent]:
    """The events of one turn; closing the iterator stops all look-ups.

    Raises:
        KubeGenieError: a look-up failed.
    """
    scope, sentences = await elsewhere(scope, said(text, history))
    desk = Desk(scope)
    if scope.elsewhere:
        desk.say(f"In cluster {code(scope.reader.name)}:\n\n")
    work = asyncio.create_task(_work(desk, sentences, history))
    try:
        while (event := await desk.events.get()) is not None:
            yield event
        await work
        yield Finished(BUILT_IN, understood=desk.understood)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _work(desk: Desk, sentences: Sequence[str], history: Sequence[Message]) -> None:
    try:
        if asks_to_undo(sentences[-1], history):
            await tell_undo(desk, history)
            return
        intent = await understand(desk.scope, sentences)
        for each in (intent, *intent.also):
            desk.say("\n")
            await tell(desk, each if each.unknown else await picked(desk, each))
    finally:
        desk.events.put_nowait(None)


async def tell(desk: Desk, intent: Intent) -> None:
    """Answer what was understood."""
    if intent.unknown:
        if not await tell_events_of_gone(desk, intent):
            tell_unknown(desk, intent)
        return
    if intent.note:
        desk.say(f"*{words(desk.scope.redactor.text(intent.note))}*\n\n")
    if intent.choices and (intent.verb != "change" or can_propose(desk.scope)):
        tell_ambiguous(desk, intent)
    elif intent.verb == "open":
        _open(desk, intent)
    elif intent.verb in ("list", "count") and intent.details.missing:
        await tell_lacking(desk, intent)
    elif intent.verb in ("list", "count") and (intent.details.status, intent.kind) in RULES:
        await tell_found(desk, intent, RULES[intent.details.status, intent.kind])
    elif intent.verb in _TELLERS and not _lacks_object(intent):
        await _TELLERS[intent.verb](desk, intent)
    else:
        tell_not_understood(desk, intent)


def _lacks_object(intent: Intent) -> bool:
    if intent.verb == "needs":
        return intent.owner is None
    return intent.verb in _OF_ONE and not intent.name


def _open(desk: Desk, intent: Intent) -> None:
    kind = desk.scope.kind(intent.kind or "pods")
    space = desk.scope.namespace(intent.namespace, kind)
    terms = filter_of(desk.scope, msgspec.structs.replace(intent, kind=kind.id))
    desk.say("Here it is.\n")
    desk.show(ShowRequested(kind.id, space, terms, intent.name, "detail" if intent.name else "table"))
