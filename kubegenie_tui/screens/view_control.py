"""What a person keeps of what a table shows: namespace sets, views, columns, an order by several columns."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from kubegenie_tui.domain.command_line import Command
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.kind_groups import plural_title
from kubegenie_tui.domain.namespace_set import BETWEEN, SIGN, names_of, resolve_scope
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.picker import Choice, Named, PickerScreen, named_choices
from kubegenie_tui.widgets.background import begin

if TYPE_CHECKING:
    from kubegenie_tui.screens.row_keys import RowKeys
    from kubegenie_tui.services import Services
    from kubegenie_tui.widgets.table_pane import TablePane


class ViewControl:
    """Acts on `:nsset`, `:view`, `:columns` and `:sort` for one screen."""

    def __init__(self, screen: "RowKeys", services: "Services") -> None:
        self._screen = screen
        self._sets = services.store.namespace_sets
        self._views = services.store.views
        self._columns = services.store.columns

    @property
    def scopes(self) -> list[str]:
        """The saved sets, as they are typed where a namespace is expected."""
        return [f"{SIGN}{name}" for name in self._sets.names]

    @property
    def view_names(self) -> list[str]:
        """The saved views."""
        return self._views.names

    def resolve(self, scope: str) -> str:
        """The namespaces that a scope means.

        Raises:
            UsageError: there is no set of that name.
        """
        return resolve_scope(scope, self._sets.get)

    def run(self, command: Command) -> None:
        """Do what a command says.

        Raises:
            UsageError: it cannot be understood, or there is nothing of that name.
        """
        match command.verb:
            case "nsset":
                self._run_set(command.words)
            case "view":
                self._run_view(command.words)
            case "sort":
                self._screen.table.order(dict(self._orders(command.argument)))
            case _:
                self.choose_columns()

    def arrange(self, place: Place, pane: "TablePane") -> None:
        """Order, width and columns of a pane as the place has them, or columns as they were chosen for its kind."""
        table = pane.table
        table.set_wide(place.wide)
        table.order({place.sort: place.descending, **dict(place.then)} if place.sort else {})
        table.choose_columns(place.columns or self.columns_of(pane.kind))

    def columns_of(self, kind: Kind | None) -> tuple[str, ...]:
        """The columns that were chosen for a kind, none for those it has by itself."""
        text = self._columns.get(kind.id) if kind else None
        return msgspec.json.decode(text, type=tuple[str, ...]) if text else ()

    def choose_columns(self) -> None:
        """Let the person choose which columns there are, and in which order."""
        from kubegenie_tui.screens.columns import ColumnsScreen

        table, kind = self._screen.table, self._screen.kind
        if kind is None:
            return
        titles = [column.title for column, _ in table.view.titled_columns()]
        shown = table.chosen or table.shown_titles()
        screen = ColumnsScreen(f"Columns of {plural_title(kind).lower()}", titles, shown)
        self._screen.app.push_screen(screen, lambda chosen: None if chosen is None else self._chosen(kind, chosen))

    def _chosen(self, kind: Kind, columns: tuple[str, ...]) -> None:
        self._screen.table.choose_columns(columns)
        text = msgspec.json.encode(columns).decode()
        said = "Columns are those of the kind again" if not columns else f"{len(columns)} columns are shown"
        self._keep(lambda: self._columns.set(kind.id, text), said)

    def _orders(self, text: str) -> Iterator[tuple[str, bool]]:
        """`STATUS,-AGE`: titles or their beginnings, a minus for the greatest first."""
        titles = [column.title for column, _ in self._screen.table.view.titled_columns()]
        for word in filter(None, (part.strip() for part in text.split(","))):
            name = word.lstrip("+-").upper()
            title = next((each for each in titles if each == name), None)
            title = title or next((each for each in titles if each.startswith(name)), None)
            if title is None:
                raise UsageError(f"There is no column {name}", next_step=f"there are {', '.join(titles)}")
            yield title, word.startswith("-")

    def _run_set(self, words: Sequence[str]) -> None:
        match words:
            case []:
                choices = _choices((name, self._sets.get(name) or "") for name in self._sets.names)
                hint = "none yet: :nsset web shop,payments saves one"
                self._pick("Namespace sets", choices, hint, lambda name: self._go_to_scope(f"{SIGN}{name}"))
            case ["remove", name]:
                self._known(self._sets.names, name, "set of namespaces")
                self._keep(lambda: self._sets.remove(name), f"Forgot the set {name}")
            case [name]:
                self._known(self._sets.names, name, "set of namespaces")
                self._go_to_scope(f"{SIGN}{name}")
            case [name, *namespaces]:
                chosen = names_of(BETWEEN.join(namespaces))
                self._keep(
                    lambda: self._sets.set(name, BETWEEN.join(chosen)),
                    f"Saved {SIGN}{name}: {', '.join(chosen)}",
                    lambda: self._go_to_scope(f"{SIGN}{name}"),
                )

    def _run_view(self, words: Sequence[str]) -> None:
        match words:
            case []:
                choices = _choices((name, self._told(name)) for name in self._views.names)
                self._pick("Saved views", choices, "none yet: :view save NAME saves this one", self._open)
            case ["save", name]:
                here, columns = self._screen.current_place(), self._screen.table.chosen
                nowhere = {"selected": "", "selected_namespace": "", "selected_cluster": ""}
                place = msgspec.structs.replace(here, **nowhere, columns=columns)
                text = msgspec.json.encode(place).decode()
                self._keep(lambda: self._views.set(name, text), f"Saved this view as {name}")
            case ["remove", name]:
                self._known(self._views.names, name, "view")
                self._keep(lambda: self._views.remove(name), f"Forgot the view {name}")
            case [name]:
                self._known(self._views.names, name, "view")
                self._open(name)
            case _:
                raise UsageError("A view has one word for its name", next_step="for example: view save broken-pods")

    def _open(self, name: str) -> None:
        try:
            view = msgspec.json.decode(self._views.get(name) or "", type=Place)
        except msgspec.MsgspecError:
            self._say(f"The view {name} was saved by another version and cannot be read", "warning")
            return
        here = self._screen.current_place()
        kept = {pane: getattr(here, pane) for pane in ("tree", "genie", "detail")}
        self._screen.show(msgspec.structs.replace(view, **kept))

    def _told(self, name: str) -> str:
        try:
            view = msgspec.json.decode(self._views.get(name) or "", type=Place)
        except msgspec.MsgspecError:
            return ""
        kind, scope = view.kind.partition(".")[0], view.namespace or "all namespaces"
        parts = (kind, scope, f"/{view.filter}" if view.filter else "")
        return "  ".join(part for part in parts if part)

    def _go_to_scope(self, scope: str) -> None:
        here = self._screen.current_place()
        self._screen.show(msgspec.structs.replace(here, namespace=scope, selected=""))

    def _known(self, names: Sequence[str], name: str, what: str) -> None:
        if name not in names:
            known = f"there are {', '.join(names)}" if names else "none is saved yet"
            raise UsageError(f'There is no {what} named "{name}"', next_step=known)

    def _pick(self, title: str, choices: list[Choice], nothing: str, then: Callable[[str], None]) -> None:
        picker = PickerScreen(title, choices, nothing=nothing)
        self._screen.app.push_screen(picker, lambda picked: then(picked) if picked else None)

    def _keep(self, write: Callable[[], Awaitable[object]], said: str, then: Callable[[], None] | None = None) -> None:
        async def work() -> None:
            try:
                await write()
            except KubeGenieError as error:
                self._say(str(error), "error")
                return
            self._say(said)
            if then is not None:
                then()

        begin(self._screen, work, "keep-view")

    def _say(self, words: str, severity: Literal["information", "warning", "error"] = "information") -> None:
        self._screen.notify(plain(words), severity=severity, markup=False)


def _choices(told: Iterable[tuple[str, str]]) -> list[Choice]:
    return named_choices([Named(name, plain(name), plain(what)) for name, what in told])
