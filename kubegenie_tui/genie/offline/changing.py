"""A wish to change something: to which live objects, asked back where that is unsure, then put before the person."""

from itertools import groupby

import msgspec

from kubegenie_tui.domain.conversation import Focus, PlanProposed
from kubegenie_tui.domain.errors import ClusterError, UsageError
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import Asked, Intent, Wanted, Way
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, words
from kubegenie_tui.genie.offline.wishes import ONE_AT_A_TIME
from kubegenie_tui.genie.reading.scope import can_propose
from kubegenie_tui.genie.wishes.ways import RELATIVE, way_of
from kubegenie_tui.genie.wishes.wish import Step, Wish

_MOST_CHOICES = 9


def resolve_change(asked: Asked, directory: Directory, focus: Focus) -> Intent:
    """What is to be done to which objects; a name that could be several, or is none, is asked back."""
    base = Intent(
        "change", asked.kind, next(iter(asked.names), ""), asked.namespace, raw=asked.raw, wanted=asked.wanted
    )
    if asked.wanted is None or not asked.wanted.ways:
        return base
    space = asked.namespace
    if space not in (None, "*") and space not in directory.namespaces and "namespaces" not in directory.denied:
        near = tuple(directory.near_namespace(space or ""))
        return msgspec.structs.replace(base, unknown=space or "", unknown_is="namespace", near=near)
    return _Search(asked, asked.wanted, directory, focus).answer(base)


class _Search:
    """Looks the names of one wish up."""

    def __init__(self, asked: Asked, wanted: Wanted, directory: Directory, focus: Focus) -> None:
        self._asked = asked
        self._wanted = wanted
        self._directory = directory
        self._focus = focus
        self._space = "" if asked.namespace in (None, "*") else asked.namespace or ""
        self._operations = {way.operation for way in wanted.ways}

    def answer(self, base: Intent) -> Intent:
        """The intent with its targets, with choices, or with the name that nothing has."""
        found: list[ObjectRef] = []
        names, left_out = self._names()
        for name in names:
            refs = self._of(name)
            if not refs:
                return self._unknown(base, name)
            if len(refs) > 1:
                return msgspec.structs.replace(base, choices=tuple(refs[:_MOST_CHOICES]))
            found += refs
        if len({ref.kind for ref in found}) > 1:
            return msgspec.structs.replace(base, wanted=Wanted(reply=ONE_AT_A_TIME))
        if not found:
            return base
        note = f"I do not know what “{' '.join(left_out)}” means here and left it out." if left_out else ""
        first, name = found[0], ", ".join(ref.name for ref in found)
        return msgspec.structs.replace(
            base, kind=first.kind, name=name, namespace=first.namespace or None, targets=tuple(found), note=note
        )

    def _names(self) -> tuple[list[str], list[str]]:
        """The names that live things have, and the other words; without any of the first, a word that may be one."""
        asked, directory = self._asked, self._directory
        live = [name for name in asked.names if name in directory]
        spaces = [name for name in live if name in directory.namespaces and not self._fitting(directory.find(name))]
        if len(live) > len(spaces) and asked.namespace is None and len(spaces) == 1:
            self._space = spaces[0]
            live.remove(spaces[0])
        others = [name for name in asked.names if name not in directory]
        return (live, others) if live else (others[:1], [])

    def _of(self, name: str) -> list[ObjectRef]:
        """What a name can be: the marked one, else those in view, else all that can do it."""
        fitting = self._fitting(self._directory.find(name, self._asked.kind, self._space))
        if marked := self._marked(fitting):
            return marked
        here = self._focus.namespace
        in_view = [ref for ref in fitting if ref.namespace == here] if self._asked.namespace is None and here else []
        return in_view or fitting

    def _fitting(self, refs: list[ObjectRef]) -> list[ObjectRef]:
        from kubegenie_tui.genie.proposing.planning import PROPOSABLE

        able = [each for each in PROPOSABLE if each.id in self._operations]
        kinds = self._directory.kinds
        return [ref for ref in refs if (kind := kinds.get(ref.kind)) and any(each.fits(kind) for each in able)]

    def _marked(self, refs: list[ObjectRef]) -> list[ObjectRef]:
        marked = self._focus.selected
        if marked is None:
            return []
        return [
            ref for ref in refs if (ref.kind, ref.name, ref.namespace) == (marked.kind, marked.name, marked.namespace)
        ]

    def _unknown(self, base: Intent, name: str) -> Intent:
        """What it may be is offered and never taken, unless the person has put the cursor on it."""
        directory, kind = self._directory, self._asked.kind
        misfits = directory.find(name, kind, self._space)
        if misfits:
            return msgspec.structs.replace(base, targets=(misfits[0],))
        fitting = list(dict.fromkeys(self._fitting(self._near(name))))
        marked = self._marked(fitting)
        if marked:
            [ref] = marked
            where = ref.namespace or None
            return msgspec.structs.replace(base, kind=ref.kind, name=ref.name, namespace=where, targets=(ref,))
        if fitting:
            noun = kind_word(kind) if kind else "object named"
            note = f"There is no {noun} {name}{f' in {self._space}' if self._space else ''}."
            return msgspec.structs.replace(base, choices=tuple(fitting[:_MOST_CHOICES]), note=note)
        return msgspec.structs.replace(base, unknown=name)

    def _near(self, name: str) -> list[ObjectRef]:
        """The same name elsewhere, or of another kind; names that contain it, or are a slip away."""
        directory, kind, space = self._directory, self._asked.kind, self._space
        same = directory.find(name, kind) or directory.find(name)
        if same:
            return same
        kinds = [kind] if kind else sorted({ref.kind for ref in directory.everything()})
        parts = [ref for each in kinds for ref in directory.containing(name, each, space)]
        return parts + [ref for each in directory.near(name, kind) for ref in directory.find(each, kind, space)]


def intent_of(wish: Wish) -> Intent:
    """A wish as the engine tells of it."""
    base = Intent("change", wish.kind, raw=wish.verb or "change", choices=wish.choices, wish=wish)
    if wish.outcome == "write":
        first = wish.steps[0].ref
        targets = tuple(step.ref for step in wish.steps)
        name = ", ".join(dict.fromkeys(ref.name for ref in targets))
        return msgspec.structs.replace(
            base, kind=first.kind, name=name, namespace=first.namespace or None, targets=targets
        )
    if wish.outcome == "ambiguous":
        return msgspec.structs.replace(base, name=wish.name, note=wish.why)
    return msgspec.structs.replace(base, name=wish.name, wanted=Wanted(reply=wish.why))


async def tell_wish(desk: Desk, wish: Wish) -> None:
    """Put each change before the person, in order; the same for several of a kind is one plan."""
    for _, group in groupby(wish.steps, key=_alike):
        steps = list(group)
        way = await way_of(desk.scope, steps[0])
        refs = tuple(step.ref for step in steps)
        await _propose(desk, Intent("change", refs[0].kind, targets=refs, raw=steps[0].verb), Wanted((way,)))


def _alike(step: Step) -> tuple[str, ...]:
    """What steps of one plan share; a number that depends on the object is its own."""
    own = step.ref.name if RELATIVE & step.args.keys() or "tag" in step.args else ""
    return step.verb, step.ref.kind, msgspec.json.encode(step.args).decode(), own


async def tell_change(desk: Desk, intent: Intent) -> None:
    """Put the change before the person, or say why not."""
    wanted = intent.wanted
    if intent.wish is not None and intent.wish.steps and can_propose(desk.scope):
        await tell_wish(desk, intent.wish)
    elif not can_propose(desk.scope) and (wanted is None or wanted.ways):
        desk.say(f"{code(desk.scope.reader.name)} is read-only here: nothing is changed in it, so I propose nothing.\n")
    elif wanted is None or not wanted.ways:
        desk.say(f"{wanted.reply if wanted else ''}\n")
    elif not intent.targets:
        desk.say(f"{sentence(intent.raw)[:-1]} what? Name it, as in `{intent.raw} checkout`.\n")
    else:
        await _propose(desk, intent, wanted)


async def _propose(desk: Desk, intent: Intent, wanted: Wanted) -> None:
    from kubegenie_tui.genie.proposing import planning, telling

    way = _way(desk, intent, wanted)
    label = f"look at {way.operation} {', '.join(str(ref) for ref in intent.targets)}"
    wish = planning.Wish(way.operation, intent.targets, way.given)
    try:
        result = await desk.look(label, telling.propose(desk.scope, wish))
    except UsageError as error:
        desk.say("".join(sentence(desk.scope.redactor.text(part)) + " " for part in _parts(error)).strip() + "\n")
        return
    proposal: planning.Proposal = result.data
    preview = proposal.preview
    reasons = "; ".join(preview.reasons)
    desk.say(f"{sentence(reasons)} " if reasons else "")
    desk.say("Nothing is changed until you say yes.\n")
    warnings = [note.text for note in (*preview.checks, *preview.impact) if note.health in (Health.WARN, Health.BAD)]
    desk.say("".join(f"- {words(desk.scope.redactor.text(text))}\n" for text in warnings))
    desk.propose(proposal.event)


async def offer(desk: Desk, remedy: Remedy) -> None:
    """Put what would end a fault before the person; what makes no plan is not spoken of."""
    if not can_propose(desk.scope):
        return
    from kubegenie_tui.genie.proposing import planning

    ref = msgspec.structs.replace(remedy.ref, cluster=desk.scope.reader.name)
    try:
        plan, command = await planning.planned(desk.scope, planning.Wish(remedy.operation, (ref,), remedy.given))
    except (UsageError, ClusterError):
        return
    desk.say(f"\nThis is what can be done for {code(ref.name)} now; nothing is changed until you say yes.\n")
    desk.propose(PlanProposed(plan, None, command))


def _way(desk: Desk, intent: Intent, wanted: Wanted) -> Way:
    """The first that fits the kind; the first of all where none does, for its builder says why."""
    from kubegenie_tui.genie.proposing.planning import proposable

    kind = desk.scope.kind(intent.targets[0].kind)
    return next((way for way in wanted.ways if proposable(way.operation).fits(kind)), wanted.ways[0])


def _parts(error: UsageError) -> list[str]:
    return [part for part in (error.what, error.why, error.next_step) if part]
