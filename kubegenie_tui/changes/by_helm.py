"""A plan that helm carries out as a whole: all of it looked at once more and recorded, then helm, then how it went.

Helm does not say how far it came. After a failure each object is looked at, so that what was done is told apart from
what was not.
"""

import contextlib
from collections.abc import AsyncGenerator, Sequence

from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.look import kind_for
from kubegenie_tui.changes.outcome import outcome
from kubegenie_tui.changes.unchanged import none_done, require_unchanged
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, NotFound, StoreError
from kubegenie_tui.domain.helm import read_release
from kubegenie_tui.domain.helm_run import HelmRun
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.plan import Preview, Progress, StepPreview, StepState, Verb
from kubegenie_tui.domain.sent_values import sent_by, without_values
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.helm import write_release
from kubegenie_tui.kube.objects import get_object

_RESULTS = {StepState.DONE: "done", StepState.SKIPPED: "failed", StepState.FAILED: "unknown"}
"""How a step after a failure is recorded."""


class ByHelm:
    """One plan on its way."""

    def __init__(
        self,
        cluster: WritableCluster,
        audit: Audit,
        approval: Approval,
        preview: Preview,
        entries: Sequence[Entry],
        clock: Clock,
    ) -> None:
        """A plan to be carried out.

        Args:
            cluster: where.
            audit: where all is recorded.
            approval: a person's yes.
            preview: what was shown.
            entries: what is recorded of each step.
            clock: the time.
        """
        self._cluster = cluster
        self._audit = audit
        self._approval = approval
        self._preview = preview
        self._entries = entries
        self._clock = clock
        self.seqs: list[int] = []
        """Numbers of the intents on record; none before helm was about to begin."""

    async def carry_out(self) -> AsyncGenerator[Progress]:
        """Do it, and tell how it goes; the last news is that of the plan as a whole."""
        run = self._preview.plan.helm
        assert run is not None, "a plan that helm carries out"
        try:
            await require_unchanged(self._cluster, self._preview.steps)
            await self._intend()
        except KubeGenieError as error:
            for news in none_done(error, len(self._preview.steps)):
                yield news
            return
        for index in range(len(self._preview.steps)):
            yield Progress(index, StepState.RUNNING)
        failure, elapsed = await self._write(run)
        for index, shown in enumerate(self._preview.steps):
            state, text = (StepState.DONE, "") if failure is None else await self._how_far(shown)
            said = without_values(str(failure), sent_by(self._preview.plan)) if failure else ""
            await self._audit.conclude(self.seqs[index], _RESULTS[state], 0, said, elapsed)
            if failure is not None:
                yield Progress(index, state, text, failure if state is StepState.FAILED else None)
        if failure is None:
            async for news in self._outcomes(run):
                failure = failure or news.error
                yield news
        yield Progress(-1, StepState.FAILED if failure else StepState.DONE, error=failure)

    async def _intend(self) -> None:
        """Put all on record, or tell of what was that nothing came of it.

        Raises:
            StoreError: it cannot be recorded.
        """
        try:
            for entry in self._entries:
                self.seqs.append(await self._audit.intend(entry))
        except StoreError:
            recorded, self.seqs = self.seqs, []
            with contextlib.suppress(StoreError):
                for seq in recorded:
                    await self._audit.conclude(seq, "failed", message="not begun: another step could not be recorded")
            raise

    async def _write(self, run: HelmRun) -> tuple[KubeGenieError | None, float]:
        """Let helm do it: why it failed, and milliseconds."""
        began = self._clock.monotonic()

        def elapsed() -> float:
            return (self._clock.monotonic() - began) * 1000

        try:
            await write_release(self._approval, run)
        except KubeGenieError as error:
            return error, elapsed()
        except BaseException:
            for seq in self.seqs:
                await self._audit.conclude(seq, "unknown", 0, "it was broken off", elapsed())
            raise
        return None, elapsed()

    async def _how_far(self, shown: StepPreview) -> tuple[StepState, str]:
        """Whether a step was done before helm failed."""
        try:
            live = await self._live(shown)
        except ClusterError:
            return StepState.FAILED, ""
        uid = text_at(live, "metadata.uid")
        if shown.step.verb is Verb.DELETE:
            done = uid != shown.step.uid or bool(text_at(live, "metadata.deletionTimestamp"))
        elif shown.before is None:
            done = bool(uid) and uid not in {each.step.uid for each in self._preview.steps}
        elif live is None:
            return StepState.FAILED, ""
        else:
            done = bool(manifest_diff(shown.before, live))
        return (StepState.DONE, "done before helm failed") if done else (StepState.SKIPPED, "")

    async def _live(self, shown: StepPreview) -> Manifest | None:
        ref, kind = shown.step.ref, kind_for(self._cluster, shown.step)
        try:
            return await get_object(self._cluster.client, kind, ref.name, ref.namespace)
        except NotFound:
            return None

    async def _outcomes(self, run: HelmRun) -> AsyncGenerator[Progress]:
        """What came of each step: rollouts that end, objects that are gone."""
        for index, shown in enumerate(self._preview.steps):
            text = ""
            try:
                if shown.step.wait:
                    async for text in outcome(self._cluster, shown.step, self._clock, shown.before):
                        yield Progress(index, StepState.RUNNING, text)
                elif shown.step.verb is Verb.CREATE and shown.step.ref.name.endswith(f".{run.release}.v{run.revision}"):
                    text = await self._as_shown(shown, run)
                yield Progress(index, StepState.DONE, text)
            except KubeGenieError as error:
                yield Progress(index, StepState.FAILED, error=error)

    async def _as_shown(self, shown: StepPreview, run: HelmRun) -> str:
        """Whether helm made what was shown: a chart may make something up at each rendering, such as a password."""
        try:
            made = read_release(await self._live(shown) or {})
        except KubeGenieError:
            return ""
        other = _documents(made.manifest) - _documents(run.manifest)
        templates = sorted({each.partition("# Source: ")[2].partition("\n")[0] for each in other})
        return f"rendered anew with other contents: {', '.join(templates)}" if templates else ""


def _documents(manifest: str) -> set[str]:
    return {text.strip() for text in f"\n{manifest}".split("\n---\n")}
