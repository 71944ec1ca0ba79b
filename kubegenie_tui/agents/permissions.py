"""What we may do, remembered: screens ask at every move of the cursor, the server is asked once in a while."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client

FRESH_SECONDS = 180.0
"""How long an answer is believed."""
RETRY_SECONDS = 30.0
"""How long nothing is asked again after the server could not answer."""
_Key = tuple[str, str, str, str]
Verdict = tuple[bool, str]


class Permissions:
    """Answers at once from what is known, and asks in the background for what is not."""

    def __init__(self, client: "Callable[[], Client]", duties: Duties, clock: Clock) -> None:
        self._client = client
        self._duties = duties
        self._clock = clock
        self._known: dict[_Key, Verdict] = {}
        self._asked_at: dict[_Key, float] = {}
        self._listeners: list[Callable[[], None]] = []

    def allowed(self, verb: str, kind: Kind, namespace: str = "", subresource: str = "") -> Verdict | None:
        """Whether we may, and why or why not; None while that is not known.

        Args:
            verb: `delete`, `patch`, `create`.
            kind: of the object.
            namespace: empty for all, and for a kind without one.
            subresource: `scale`, `exec`; empty for the object itself.
        """
        key = (verb, kind.id, namespace if kind.namespaced else "", subresource)
        if self._clock.monotonic() >= self._asked_at.get(key, 0.0):
            self._asked_at[key] = self._clock.monotonic() + RETRY_SECONDS
            self._duties.start(f"review {' '.join(key)}", partial(self._ask, key, kind))
        return self._known.get(key)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever something new is known, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def forget(self) -> None:
        """We are somebody else now."""
        self._known.clear()
        self._asked_at.clear()

    async def _ask(self, key: _Key, kind: Kind) -> None:
        from kubegenie_tui.kube.reviews import can_i

        verb, _, namespace, subresource = key
        try:
            allowed, reason = await can_i(self._client(), verb, kind, namespace, subresource=subresource)
        except KubeGenieError:
            return
        what = f"{kind.plural}/{subresource}" if subresource else kind.plural
        where = f" in {namespace}" if namespace else ""
        self._known[key] = (allowed, reason if allowed else f"you may not {verb} {what}{where}")
        self._asked_at[key] = self._clock.monotonic() + FRESH_SECONDS
        for listener in tuple(self._listeners):
            listener()
