"""The `:` line of a screen: what is typed becomes the messages that the app acts on."""

from collections.abc import Callable, Sequence

from textual.message import Message
from textual.screen import Screen

from kubegenie_tui.domain.acting import name_as, own_name
from kubegenie_tui.domain.command_line import (
    OWN,
    TAB_WORDS,
    VIEWS,
    Command,
    Completion,
    Known,
    complete,
    namespace_in,
    parse_command,
)
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.namespace_set import SIGN, is_set
from kubegenie_tui.screens.messages import (
    AskRequested,
    ChatRequested,
    ChatWished,
    ClustersRequested,
    ExplorerRequested,
    FleetRequested,
    TabRequested,
    ThemeRequested,
    ViewRequested,
)
from kubegenie_tui.theme import THEMES

_OF_A_NAMESPACE = frozenset({"problems", "policies", "helm"})
"""Views of one namespace, or of all."""
_ACTIONS = {"api": "app.command_palette('kind ')", "help": "app.show_help"}


class CommandControl:
    """Completes, understands and passes on command lines."""

    def __init__(
        self,
        screen: Screen[None],
        known: Callable[[], Known],
        focus: Callable[[], Focus],
        operate: Callable[[Command], None],
    ) -> None:
        self._screen = screen
        self._operate = operate
        self._known = known
        self._focus = focus

    def complete(self, line: str) -> list[Completion]:
        """Ways to go on from this line."""
        return complete(line, self._known())

    def run(self, line: str) -> None:
        """Do what the line says.

        Raises:
            UsageError: it says nothing we know.
        """
        command = parse_command(line, self._known())
        (self._operate if command.verb in OWN | {"operate"} else self._act)(command)

    def _act(self, command: Command) -> None:
        post = self._screen.post_message
        match command.verb:
            case "show" | "ns" | "ctx" | "as" | "fleet" | "clusters":
                post(self._place_wanted(command))
            case view if view in VIEWS:
                focus = self._focus()
                if view in _OF_A_NAMESPACE:
                    self._check_namespace(command.argument)
                scope = focus.only_namespace
                post(ViewRequested(view, focus.cluster, focus.selected, scope, command.argument, True))
            case "ask":
                post(AskRequested(command.argument, self._focus()))
            case "chat":
                post(ChatWished(self._focus().cluster, command.argument) if command.argument else ChatRequested())
            case "tab" | "split":
                post(_tab_wanted(command))
            case "theme":
                post(ThemeRequested(_theme_named(command.argument)))
            case "api" | "help":
                self._screen.call_later(self._screen.run_action, _ACTIONS[command.verb])
            case _:
                self._screen.app.exit()

    def _place_wanted(self, command: Command) -> Message:
        kind_name = command.kind.id if command.kind else ""
        match command.verb:
            case "clusters":
                return ClustersRequested()
            case "fleet":
                names = tuple(self._cluster_named(name) for name in command.clusters)
                return FleetRequested(names, kind_name or command.argument, command.namespace, command.filter)
            case "ctx":
                return ExplorerRequested(self._cluster_named(command.cluster))
            case "as":
                return self._as(*command.words)
        here = self._focus().cluster
        if command.cluster in ("", here):
            self._check_namespaces(command.namespace or "")
        return ExplorerRequested(command.cluster or here, kind_name, command.namespace, command.filter)

    def _as(self, user: str = "", *groups: str) -> ExplorerRequested:
        """What is shown here, as somebody else, or as ourselves again."""
        here = self._focus()
        return ExplorerRequested(name_as(here.cluster, user, groups), here.kind, here.namespace)

    def _check_namespace(self, said: str) -> None:
        """A view of a namespace that is none would tell that all is well."""
        name = namespace_in(said)
        if is_set(name) or name.startswith(SIGN):
            raise UsageError(f'"{name}" is several namespaces', next_step="name one, or `-A` for all")
        self._check_namespaces(name)

    def _check_namespaces(self, scope: str) -> None:
        """A misspelt namespace would look like an empty one. Who may not list namespaces is not asked for them."""
        known = self._known().namespaces
        if all(name.startswith("+") for name in known):
            return
        for name in scope.split(","):
            if name and name not in known and not name.startswith("+"):
                hint = _meant(name, known) or "`:ns` lists them"
                raise UsageError(f'There is no namespace "{name}"', next_step=hint)

    def _cluster_named(self, name: str) -> str:
        clusters = self._known().clusters
        if name in clusters:
            return name
        like = [known for known in clusters if name.lower() in known.lower()]
        found = [known for known in like if known == own_name(known)] or like
        if len(found) == 1:
            return found[0]
        raise UsageError(
            f'There is no cluster named "{name}"', next_step=_meant(name, clusters) or "`:clusters` lists them"
        )


def _meant(name: str, known: Sequence[str]) -> str:
    """A question about the names that are like this one; empty when none is."""
    from difflib import get_close_matches

    like = [each for each in known if name.lower() in each.lower()] or get_close_matches(name, known)
    return f"did you mean {', '.join(like[:5])}?" if like else ""


def _tab_wanted(command: Command) -> TabRequested:
    """`tab`, `tab close`, `tab 3`, `tab deploy shop`; `split`, `split close`, `split pods @prod-us`."""
    word, is_tab = command.argument, command.verb == "tab"
    if word in TAB_WORDS[command.verb] or (is_tab and word.isdecimal()):
        return TabRequested(word if is_tab else "one")
    return TabRequested("new" if is_tab else "split", word)


def _theme_named(name: str) -> str:
    if name not in THEMES:
        raise UsageError(f'There is no theme named "{name}"', next_step=f"choose from {', '.join(THEMES)}")
    return name
