"""The viewport: which rows are in view and on which the cursor stands, by identity, whatever comes and goes."""

from collections.abc import Iterable

from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.table_view import TableView


class Viewport:
    """Cursor and scroll over a view. Lines and indices count from 0."""

    def __init__(self) -> None:
        self.cursor = 0
        self.top = 0
        """Index of the first row in view."""
        self.page = 1
        """Rows in view."""
        self._uid = ""
        """The object under the cursor; empty while the person has not moved, so that the cursor stays on top."""
        self._wanted: tuple[str, str, str] | None = None

    def reset(self) -> None:
        """Back to the top, on no particular object."""
        self.cursor = self.top = 0
        self._uid, self._wanted = "", None

    def want(self, namespace: str, name: str, cluster: str = "") -> None:
        """Stand on this object as soon as it is among the rows."""
        self._wanted = (namespace, name, cluster)

    def resize(self, view: TableView, page: int) -> None:
        """So many rows are in view now."""
        self.page = max(1, page)
        self._keep_in_view(view)

    def follow(self, view: TableView, came: Iterable[Row] | None = None) -> None:
        """After rows came, went or moved: stay on the same object, and keep it on the same line of the screen.

        Args:
            view: the rows.
            came: those of them that came or changed since the last time; None for any.
        """
        if self._wanted and self._stand_on_wanted(view, came):
            return
        index = view.index_of(self._uid) if self._uid else 0
        if index is None:
            index = max(0, min(self.cursor, len(view) - 1))
            self._uid = self._uid_at(view, index)
        self.top += index - self.cursor
        self.cursor = index
        self._keep_in_view(view)

    def move_to(self, view: TableView, index: int) -> None:
        """Stand on a line; beyond an end means that end."""
        self._wanted = None
        self.cursor = max(0, min(index, len(view) - 1))
        self._uid = self._uid_at(view, self.cursor)
        self._keep_in_view(view)

    def rows(self, view: TableView) -> list[Row]:
        """The rows in view, from the top."""
        return view.window(self.top, self.top + self.page)

    def _stand_on_wanted(self, view: TableView, came: Iterable[Row] | None) -> bool:
        index = view.find(*self._wanted, among=came) if self._wanted else None
        if index is None:
            return False
        self.top = index - self.page // 2
        self.move_to(view, index)
        return True

    def _uid_at(self, view: TableView, index: int) -> str:
        row = view.row(index)
        return view.identity(row) if row else ""

    def _keep_in_view(self, view: TableView) -> None:
        self.top = max(0, min(self.top, self.cursor, len(view) - self.page))
        self.top = max(self.top, self.cursor - self.page + 1)
