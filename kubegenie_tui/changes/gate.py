"""The gate: a plan is looked at, approved by a person, and carried out step by step, every step on record."""

import contextlib
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from kubegenie_tui.changes import approval as approving
from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.by_helm import ByHelm
from kubegenie_tui.changes.carrying import write_as_shown
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.impact import impact_of
from kubegenie_tui.changes.managers import managers_of
from kubegenie_tui.changes.one_by_one import OneByOne, Stop, require_writable
from kubegenie_tui.changes.refusals import first_of
from kubegenie_tui.changes.reversal import NOTHING
from kubegenie_tui.changes.room import look_ahead
from kubegenie_tui.changes.standing import Standing, StandingYes
from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.changes.tier import tier_of
from kubegenie_tui.changes.together import look_together
from kubegenie_tui.changes.undo import Undo, why_not_undone
from kubegenie_tui.changes.written import Written
from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Preview, Progress, StepPreview, Tier
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.reviews import whoami


def on_and_on() -> bool:
    """Nobody stops it."""
    return False


class Gate:
    """Every write of KubeGenie goes through here."""

    def __init__(
        self, audit: Audit, undo: Undo, *, actor: str, protected: Sequence[str] = (), clock: Clock | None = None
    ) -> None:
        """Make the gate.

        Args:
            audit: where every write is recorded.
            undo: where what would take it back is kept.
            actor: who sits here: `user@host`.
            protected: patterns of cluster names where every change is one tier up.
            clock: the time.
        """
        self._audit = audit
        self._undo = undo
        self._actor = actor
        self._protected = protected
        self._clock = clock or Clock()
        self.standing = Standing(self._clock)
        """What a person allowed the genie to repeat."""
        self._passing: dict[ObjectRef, _Passing] = {}

    async def preview(self, cluster: WritableCluster, plan: Plan) -> Preview:
        """What a plan would do. That it cannot be done is no error here: see `Preview.refusal`."""
        steps: list[StepPreview] = []
        try:
            require_writable(cluster, plan)
            steps = await self._look(cluster, plan)
            identity = await _identity(cluster)
        except KubeGenieError as refusal:
            return Preview(plan, tuple(steps), Tier.REVERSIBLE, (), (), (), refusal=refusal)
        own = (plan.cluster,) if cluster.status.protected else ()
        tier, reasons = tier_of(plan, steps, (*self._protected, *own))
        stuck = why_not_undone(plan, steps)
        return Preview(
            plan,
            tuple(steps),
            tier,
            reasons,
            checks=(
                Note(Health.OK, "allowed"),
                *_tried(steps),
                *_by_helm(plan),
                *managers_of(steps, plan.helm.release if plan.helm else ""),
                *plan.notes,
                _way_back(plan, stuck),
            ),
            impact=tuple(await impact_of(steps, Surroundings(cluster))),
            identity=_told(identity),
            groups=_groups(identity),
            confirm=_word(plan, steps) if tier is Tier.DESTRUCTIVE else "",
            undo="" if stuck else "u takes it back",
        )

    async def _look(self, cluster: WritableCluster, plan: Plan) -> list[StepPreview]:
        found = await look_together(len(plan.steps), lambda index: look_ahead(cluster, plan.steps, index))
        if refusals := [each for each in found if isinstance(each, KubeGenieError)]:
            raise first_of(refusals, plan)
        return [each for each in found if isinstance(each, StepPreview)]

    def approve(self, preview: Preview, how: str, typed: str = "") -> Approval:
        """A person's yes; see `changes.approval.approve`.

        Raises:
            UsageError: the plan is refused, or W3's word was not typed.
        """
        return approving.approve(preview, how, self._clock.now(), typed)

    def approve_again(self, preview: Preview) -> tuple[Approval, StandingYes] | None:
        """A person's standing yes to what the genie repeats; None where there is none."""
        given = self.standing.use(preview)
        if given is None:
            return None
        how = f"standing yes {given.id} to {given.words}"
        return approving.approve(preview, how, self._clock.now()), given

    async def carry_out(
        self, cluster: WritableCluster, preview: Preview, approval: Approval, stop: Stop = on_and_on
    ) -> AsyncIterator[Progress]:
        """Do what was approved, step by step, and say how far it is; ends at the first failure, or when it is stopped.

        The last news is that of the plan as a whole (`step` -1).

        Raises:
            UsageError: the approval is of another plan, or helm is to write to a cluster that is read-only by now.
        """
        if approval.plan != approving.digest(preview):
            raise UsageError("This approval is of another plan", next_step="look again")
        if preview.plan.helm is not None:
            require_writable(cluster, preview.plan)
            doing = self._by_helm(cluster, preview, approval)
        else:
            doing = self._one_by_one(cluster, preview, approval, stop)
        async with closing(doing) as telling:
            async for news in telling:
                yield news

    async def _by_helm(
        self, cluster: WritableCluster, preview: Preview, approval: Approval
    ) -> AsyncGenerator[Progress]:
        entries = [self._entry(preview, approval, shown) for shown in preview.steps]
        helm = ByHelm(cluster, self._audit, approval, preview, entries, self._clock)
        try:
            async with closing(helm.carry_out()) as telling:
                async for news in telling:
                    yield news
        finally:
            if helm.seqs:
                await self._undo.record_of_helm(preview.plan, helm.seqs)

    async def _one_by_one(
        self, cluster: WritableCluster, preview: Preview, approval: Approval, stop: Stop
    ) -> AsyncGenerator[Progress]:
        written = self._undo.written(preview.plan)
        doing = OneByOne(
            cluster, self._audit, approval, preview, partial(self._entry, preview, approval), written, self._clock, stop
        )
        try:
            async with closing(doing.carry_out()) as telling:
                async for news in telling:
                    yield news
        finally:
            if preview.plan.passing:
                made = _Passing(cluster, approval, written.undo_id)
                self._passing.update(dict.fromkeys(written.made, made))

    async def clean_up(self, ref: ObjectRef) -> None:
        """Delete again what a plan made for a while, as its yes said; other objects are left alone.

        Raises:
            StoreError: it cannot be recorded; nothing was written then.
            KubeGenieError: it cannot be deleted; it is still among the changes to be undone then.
        """
        made = self._passing.pop(ref, None)
        if made is None:
            return
        if plan := await self._undo.still_needed(made.cluster, made.undo_id):
            preview = await self.preview(made.cluster, plan)
            approval = approving.implied(preview, made.approval, self._clock.now())
            for shown in preview.steps:
                entry = self._entry(preview, approval, shown)
                await write_as_shown(made.cluster, self._audit, approval, shown, entry, Written(), self._clock)
        await self._undo.mark_undone(made.undo_id)

    async def clean_up_all(self) -> None:
        """Delete again what is there for a while; what cannot be deleted is found at the next start."""
        for ref in tuple(self._passing):
            with contextlib.suppress(KubeGenieError):
                await self.clean_up(ref)

    def _entry(self, preview: Preview, approval: Approval, shown: StepPreview) -> Entry:
        step, diff = shown.step, "\n".join(f"{line.sign}{line.text}" for line in shown.diff)
        return Entry(
            at=self._clock.now(),
            actor=self._actor,
            identity=preview.identity.removesuffix(_in_words(preview.groups)),
            groups=preview.groups,
            asked_by=preview.plan.asked_by,
            cluster=preview.plan.cluster,
            verb=step.verb.value,
            kind=step.ref.kind,
            namespace=step.ref.namespace,
            name=step.ref.name,
            uid=step.uid,
            subresource=step.subresource,
            plan=preview.plan.title,
            diff_hash=hashlib.sha256(diff.encode()).hexdigest(),
            tier=int(preview.tier),
            how=approval.how,
            conversation=preview.plan.conversation,
        )


class _Passing(NamedTuple):
    """What a plan made for a while."""

    cluster: WritableCluster
    approval: Approval
    undo_id: int


def _tried(steps: Sequence[StepPreview]) -> Iterator[Note]:
    waiting = Counter(step.awaits for step in steps if step.awaits)
    for awaits, count in waiting.items():
        yield Note(Health.WARN, f"{count} of {len(steps)} not tried by the server: {awaits}")
    if not waiting:
        yield Note(Health.OK, "accepted by the server in a dry run")


def _by_helm(plan: Plan) -> Iterator[Note]:
    if plan.helm is not None:
        told = ("carried out by helm as a whole", plan.disrupts)
        yield Note(Health.OK, "; ".join(part for part in told if part))


def _way_back(plan: Plan, stuck: str) -> Note:
    """What becomes of what is done: it can be undone or not, or is for a while anyway."""
    if plan.passing:
        return Note(Health.OK, f"deleted again {plan.passing}")
    if stuck == NOTHING:
        return Note(Health.OK, "everything is so already")
    return Note(Health.WARN, f"cannot be undone: {stuck}") if stuck else Note(Health.OK, "can be undone")


async def _identity(cluster: WritableCluster) -> Identity:
    """Whom the server takes us for; the kubeconfig's user where it cannot say."""
    try:
        return await whoami(cluster.client)
    except ClusterError:
        return Identity(cluster.status.user)


def _told(identity: Identity) -> str:
    return identity.username + _in_words(_groups(identity))


def _groups(identity: Identity) -> tuple[str, ...]:
    return tuple(group for group in identity.groups if group != "system:authenticated")


def _in_words(groups: Sequence[str]) -> str:
    return f" in {', '.join(groups)}" if groups else ""


def _word(plan: Plan, steps: Sequence[StepPreview]) -> str:
    """What must be typed: what the plan is about, the object's name, or how many there are."""
    return plan.about or (steps[0].step.ref.name if len(steps) == 1 else f"{len(steps)} objects")
