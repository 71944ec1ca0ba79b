"""How a cluster's agent mends itself: each step by what the last check found, and told in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import CredentialError, KubeGenieError, Unauthorized, Unreachable

if TYPE_CHECKING:
    from kubegenie_tui.agents.door import Door
    from kubegenie_tui.agents.duties import Duties
    from kubegenie_tui.agents.watches import Watches
    from kubegenie_tui.kube.context import AuthInfo


class Healing:
    """Connections, credentials and streams of one agent."""

    def __init__(self, door: "Door", duties: "Duties", watches: "Watches", tell: Callable[[str], None]) -> None:
        self._door = door
        self._duties = duties
        self._watches = watches
        self._tell = tell
        self._began = False

    async def begin(self, error: KubeGenieError | None) -> None:
        """Start again what has stopped, and do what may help against an error of the last check."""
        self._began = True
        for duty in self._duties.failures:
            self._tell(f"starts {duty} again")
        self._duties.restart_failed()
        client = await self._door.open()
        if isinstance(error, Unreachable):
            self._tell("hangs up, to connect anew")
            await client.hang_up()
        elif isinstance(error, Unauthorized | CredentialError):
            renewed = client.forget_credentials()
            self._tell(_renewal(self._door.context.auth) if renewed else _no_renewal(self._door.context.auth))

    def finish(self) -> None:
        """The cluster answers again: streams need not wait until they would have tried by themselves."""
        if self._began:
            self._began = False
            count = self._watches.resubscribe()
            self._tell(f"answers again; {count} {'watch' if count == 1 else 'watches'} subscribed anew")


def _renewal(auth: "AuthInfo") -> str:
    ways = (
        ("reads its token file again", auth.token_file),
        ("takes its credentials out of where they are kept again", auth.lent),
        (f"asks {auth.exec.command if auth.exec else ''} for another credential", auth.exec),
        ("asks the issuer for another token", auth.oidc),
        ("reads its client certificate again", auth.certificate_file),
    )
    return next((words for words, given in ways if given), "presents its credentials again")


def _no_renewal(auth: "AuthInfo") -> str:
    if auth.exec or auth.oidc or auth.lent:
        return "asked for another credential less than a minute ago"
    return "has no other credentials than those it was given; new ones are taken up when they are written"
