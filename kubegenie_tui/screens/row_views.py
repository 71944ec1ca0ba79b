"""What is opened for an object rather than done to it, in the menu below the operations: editor, shell, ports."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from kubegenie_tui.domain.forward import TARGETS
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_words import key_word
from kubegenie_tui.keys import PLACES
from kubegenie_tui.screens.picker import Choice

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.permissions import Verdict

ROOM = 27
"""Cells for what a choice does, before its key."""
PREFIX = "view "
"""Before the view in the id of a choice."""
_PODS = frozenset({"pods"})


class RowView(NamedTuple):
    """One of them."""

    view: str
    words: str
    key: str
    """Id of the key that opens it; empty for none."""
    subresource: str = ""
    """What of a pod must be created for it; empty where `verb` is done to the object itself."""
    kinds: frozenset[str] = frozenset()
    """Kind ids it is for; empty for all."""
    verb: str = "patch"

    def fits(self, kind: Kind) -> bool:
        """Whether it can be opened for objects of a kind."""
        return kind.id in self.kinds if self.kinds else "patch" in kind.verbs

    def verdict(self, agent: "ClusterAgent", kind: Kind, namespace: str) -> "Verdict | None":
        """Whether we may, as far as that is known."""
        if not self.subresource:
            return agent.allowed(self.verb, kind, namespace if kind.namespaced else "")
        pods = agent.kinds.get("pods")
        return agent.allowed("create", pods, namespace, self.subresource) if pods else None


VIEWS = (
    RowView("editor", "edit", "edit-object"),
    RowView("shell", "open a shell", "scale-workload", "exec", _PODS),
    RowView("attach", "attach", "attach-pod", "attach", _PODS),
    RowView("cp", "copy files", "trigger-job", "exec", _PODS),
    RowView("forward", "forward a port", "forward-port", "portforward", TARGETS),
    RowView("register", "register its cluster", "", kinds=frozenset({"secrets"}), verb="get"),
)


def views_told(agent: "ClusterAgent", kind: Kind, namespace: str) -> bool:
    """Whether the server has told of each that fits if we may; what is not known is asked for."""
    verdicts = [each.verdict(agent, kind, namespace) for each in VIEWS if each.fits(kind)]
    return None not in verdicts


def view_choices(agent: "ClusterAgent", kind: Kind, namespace: str, keymap: Mapping[str, str]) -> list[Choice]:
    """A line for each that fits, with its key."""
    keys = {key.id: keymap.get(key.id, key.keys) for key in PLACES["explorer"]}
    return [
        choice(f"{PREFIX}{each.view}", each.words, keys.get(each.key, ""), each.verdict(agent, kind, namespace))
        for each in VIEWS
        if each.fits(kind)
    ]


def choice(id: str, words: str, keys: str, verdict: "Verdict | None") -> Choice:
    """A line; muted with the reason when it is known that the server would refuse."""
    what = plain(words).ljust(ROOM)
    if verdict is None or verdict[0]:
        shown = "  ".join(key_word(name) for name in keys.split(",") if name)
        return Choice(id, Content.assemble(what, (f"  {shown}", "$muted")))
    return Choice(id, Content.styled(f"{what}  {plain(verdict[1])}", "$muted"))
