"""What is known of a work while it is worked on: changed here, and on the disk before anything else happens."""

from collections.abc import Callable
from typing import Any

import msgspec

from kubegenie_tui.domain.creation import StepRecord, Work, WorkState
from kubegenie_tui.domain.errors import CredentialError, KeyringFailed, KubeGenieError, SecretsLocked
from kubegenie_tui.store.works import KeptWorks


class Ledger:
    """One work and its record in the store."""

    def __init__(self, work: Work, kept: KeptWorks, now: Callable[[], float]) -> None:
        self.work = work
        self.now = now
        self._kept = kept
        self.logs_in = False
        """Whether its provider is told who we are, and can be told otherwise."""

    async def is_to_stop(self) -> bool:
        """Whether a person wants it to stop."""
        return await self._kept.is_to_stop(self.work.id)

    async def set(self, **changes: Any) -> None:
        """Change the work itself.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._save(msgspec.structs.replace(self.work, **changes))

    async def goes_on(self, state: WorkState) -> None:
        """Somebody works on it: what it failed by before is over.

        Raises:
            StoreError: it cannot be stored.
        """
        await self.set(state=state, message="", login_refused=False)

    async def failed(self, error: KubeGenieError) -> None:
        """It came to no good.

        Raises:
            StoreError: it cannot be stored.
        """
        ours = isinstance(error, SecretsLocked | KeyringFailed)
        refused = self.logs_in and isinstance(error, CredentialError) and not ours
        await self.set(state=WorkState.FAILED, message=str(error), login_refused=refused)

    async def note(self, key: str, **changes: Any) -> StepRecord:
        """Change what is known of a step; its record as it is then.

        Raises:
            StoreError: it cannot be stored.
        """
        before = self.work.step(key)
        after = msgspec.structs.replace(before, **changes)
        if after != before:
            steps = tuple(after if each.key == key else each for each in self.work.steps)
            await self._save(msgspec.structs.replace(self.work, steps=steps))
        return after

    async def _save(self, work: Work) -> None:
        if work != self.work:
            await self._kept.save(work)
            self.work = work
