"""What takes a change back, fitted to the objects as they are now: refused where somebody else was there since."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.look import kind_for, read_for
from kubegenie_tui.changes.reversal import Reversal
from kubegenie_tui.changes.scales import is_custom
from kubegenie_tui.changes.since import changed_since
from kubegenie_tui.changes.three_way import Change, merge_patch, set_back
from kubegenie_tui.domain.errors import Conflict, NotFound
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb


class Fitting:
    """Looks at each object once; a later step sees what an earlier one will have made of it."""

    def __init__(self, cluster: WritableCluster) -> None:
        self._cluster = cluster
        self._live: dict[_Key, Manifest | None] = {}
        self.changed: list[str] = []
        """What is no longer as the changes left it, and stays as it is."""

    async def fit(self, reversals: Sequence[Reversal]) -> list[Step]:
        """The steps that are still needed, the reversal of the last one first.

        Raises:
            UsageError: the cluster has no such kind any more.
            Conflict: somebody else changed the same fields since, or made or deleted the object.
            ClusterError, CredentialError, KubeconfigError: the cluster cannot be asked.
        """
        fitted = [await self._fitted(reversal, reversal.step) for reversal in reversed(reversals) if reversal.step]
        return [step for step in fitted if step]

    async def _fitted(self, reversal: Reversal, step: Step) -> Step | None:
        is_last = self._key(step) not in self._live
        live = await self._look(step)
        if step.verb is Verb.CREATE:
            if live is not None:
                if text_at(live, "metadata.uid") == step.uid and not text_at(live, "metadata.deletionTimestamp"):
                    return None  # it was never deleted
                raise _in_the_way(step.ref, live)
            self._live[self._key(step)] = step.body
            return msgspec.structs.replace(step, uid="")
        if live is None:
            if step.verb is Verb.DELETE:
                return None
            raise Conflict(f"{step.ref} is gone", "somebody deleted it since", "make it again from its manifest")
        if text_at(live, "metadata.uid") not in ("", step.uid):
            raise Conflict(f"{step.ref} is another object by now", "somebody deleted it and made it anew since")
        if step.verb is Verb.DELETE:
            self._live[self._key(step)] = None
            return step
        back = self._set_back(step, live, reversal.changes)
        if is_last and reversal.left is not None:
            self.changed += changed_since(step.ref, reversal.left, reversal.changes, live)
        return back

    def _set_back(self, step: Step, live: Manifest, changes: Sequence[Change]) -> Step | None:
        restored, conflicts = set_back(live, changes)
        if conflicts:
            advice = "set it by hand if you still want to: an undo would take back what somebody else did"
            raise Conflict(f"{step.ref} was changed by somebody else since", "; ".join(conflicts), advice)
        self._live[self._key(step)] = restored
        body = merge_patch(live, restored)
        return msgspec.structs.replace(step, body=body) if body else None

    async def _look(self, step: Step) -> Manifest | None:
        key = self._key(step)
        if key not in self._live:
            try:
                self._live[key] = await read_for(self._cluster, kind_for(self._cluster, step), step)
            except NotFound:
                self._live[key] = None
        return self._live[key]

    def _key(self, step: Step) -> "_Key":
        """The replicas of a custom kind are looked at apart from the object, and so is it in another version."""
        apart = step.subresource == "scale" and is_custom(self._cluster.kinds.resolve(step.ref.kind))
        return step.ref, apart, step.api_version


_Key = tuple[ObjectRef, bool, str]


def _in_the_way(ref: ObjectRef, live: Manifest) -> Conflict:
    if text_at(live, "metadata.deletionTimestamp"):
        return Conflict(f"{ref} is still being deleted", "its finalizers hold it", "try again when it is gone")
    return Conflict(f"There is another {ref} by now", "somebody made it since", "compare the two, or delete that one")
