"""What can be done with a Helm release: the plans that need no helm, and the menu that says what does."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm import Revision
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.key_words import key_word
from kubegenie_tui.keys import PLACES
from kubegenie_tui.screens.picker import Choice

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

ROOM = 18
"""Cells for what a choice does, before its key."""
_NOT_IN_MENU = frozenset({"show-release-menu", "refresh-releases", "close-releases"})


async def uninstall(agent: "ClusterAgent", revisions: Sequence[Revision]) -> Plan:
    """Take a release away with all its objects.

    Args:
        agent: the cluster.
        revisions: those of the release, the newest last.

    Raises:
        KubeGenieError: as `uninstall_plan`, or it cannot be read.
    """
    from kubegenie_tui.agents.helm import fetch_release
    from kubegenie_tui.changes.operations.helm import uninstall_plan

    return await uninstall_plan(agent, await fetch_release(agent, revisions[-1]), revisions)


async def roll_back(agent: "ClusterAgent", revisions: Sequence[Revision], chosen: Revision, now: float) -> Plan:
    """Go back to a revision; to the one before when it is the newest itself.

    Args:
        agent: the cluster.
        revisions: those of the release, the newest last.
        chosen: one of them.
        now: seconds since the epoch.

    Raises:
        KubeGenieError: as `rollback_plan`, or there is no earlier one.
    """
    from kubegenie_tui.changes.operations.helm import rollback_plan

    newest, secrets = revisions[-1], agent.kinds.resolve("secrets")
    if newest == chosen:
        wanted = before(revisions, chosen)
        if wanted is None:
            raise UsageError(f"Release {chosen.name} has no earlier revision")
        chosen = wanted
    have, want = [(each, await agent.get(secrets, each.secret, each.namespace)) for each in (newest, chosen)]
    at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return await rollback_plan(agent, have, want, at)


def before(revisions: Sequence[Revision], revision: Revision) -> Revision | None:
    """The revision before one, None when it is the first that is kept."""
    older = [each for each in revisions if each.number < revision.number]
    return older[-1] if older else None


def compared_with(revisions: Sequence[Revision], chosen: Revision, marks: Collection[str]) -> Revision | None:
    """Which revision another is compared with: the marked one of the same release, else the one before."""
    marked = (each for each in revisions if each.uid in marks and each.number != chosen.number)
    return next(marked, before(revisions, chosen))


def menu_choices(keymap: Mapping[str, str], missing: str) -> Iterator[Choice]:
    """Every key of the place with its words; the id of a choice is the action.

    Args:
        keymap: the person's own keys.
        missing: why helm cannot be used; empty when it can.
    """
    for key in PLACES["helm"]:
        if key.id in _NOT_IN_MENU:
            continue
        what = key.label.ljust(ROOM)
        if missing and key.action.startswith("write("):
            yield Choice(key.action, Content.styled(f"{what}  {missing}", "$muted"))
        else:
            keys = "  ".join(key_word(name) for name in keymap.get(key.id, key.keys).split(","))
            yield Choice(key.action, Content.assemble(what, (f"  {keys}", "$muted")))
