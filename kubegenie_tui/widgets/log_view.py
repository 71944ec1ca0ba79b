"""Log lines as they come: follows the end until the person scrolls, hides what was not looked for, keeps marks."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from textual.message import Message

from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.widgets.log_lines import LogLines


class LogView(LogLines):
    """The lines of one source or many."""

    following = True
    hiding = False
    """Whether only lines that match the search are shown."""
    _visited = -1
    """The mark that was gone to last."""

    class FollowChanged(Message):
        """The view began or stopped to follow the end."""

    def on_unmount(self) -> None:
        """Give the disk back."""
        self.store.clear()

    def append(self, records: Sequence[LogLine]) -> None:
        """More lines at the end.

        Raises:
            StoreError: they cannot be kept.
        """
        first, rows = len(self.store), self.place.rows
        dropped = self.store.append(records)
        looked = self.find.active
        found = self.find.extend(first, records)
        shown = found if self.hiding else range(first, first + len(records))
        self.measure(records, lambda widths: self.place.extend(widths, shown))
        self._drop(dropped)
        self._map = []
        if self.following:
            self.scroll_to_row(self.last_top)
        elif dropped or self.top + self.size.height >= rows:
            self.refresh()
        if found or looked is not self.find.active:
            self.tell_search()

    def clear(self) -> None:
        """Forget all lines and follow what will come."""
        self.store.clear()
        self._map, self.marks = [], []
        self.following, self.hiding = True, False
        del self._other_widths[:]
        self.set_lines([])

    def _drop(self, count: int) -> None:
        if not count:
            return
        self.find.drop(count)
        del self._other_widths[:count]
        del self.marks[: bisect_left(self.marks, self.store.dropped)]
        self.match = self.match - count if self.match >= count else -1
        self.top = max(0, self.top - self.place.drop(count))

    # Following

    def scroll_to_row(self, row: int) -> None:
        """As every text, and stop following when that leads away from the end."""
        super().scroll_to_row(row)
        if self.following and self.top < self.last_top:
            self.set_following(False)

    def action_scroll_far(self, end: int) -> None:
        """Go to the first row, or to the last and follow from there."""
        super().action_scroll_far(end)
        if end:
            self.set_following(True)

    def set_following(self, following: bool) -> None:
        """Stay at the end, or stay where we are."""
        self.following = following
        if following:
            super().scroll_to_row(self.last_top)
        self.post_message(self.FollowChanged())

    def fit(self) -> None:
        """Fit into another window; who follows stays at the end."""
        following, self.following = self.following, False
        super().fit()
        self._map = []
        if following:
            self.set_following(True)

    def set_wrap(self, wrap: bool) -> None:
        """Wrap or not; who follows stays at the end."""
        following, self.following = self.following, False
        super().set_wrap(wrap)
        if following:
            self.set_following(True)

    def set_raw(self, raw: bool) -> None:
        """JSON as written or as fields; who follows stays at the end."""
        following, self.following = self.following, False
        super().set_raw(raw)
        if following:
            self.set_following(True)

    # Hiding

    def set_hiding(self, hiding: bool) -> None:
        """Show only the lines that match, or all of them."""
        line = self.place.at(self.top)[0] if self.place.rows else 0
        self.hiding = hiding and self.find.active
        self._hide()
        self.top = self.place.row_of(line)
        self.fit()

    def _hide(self) -> None:
        self.place.shown = self.find.matches[:] if self.hiding else None
        self.place.arrange()

    def search(self, query: str) -> None:
        """As every text; with nothing to look for, every line is shown again."""
        super().search(query)
        if self.hiding and not self.find.active:
            self.set_hiding(False)

    def tell_search(self) -> None:
        """Say how many matches there are, and hide what is to be hidden."""
        if self.hiding and not self.find.active:
            self.set_hiding(False)
        if self.hiding and len(self.find.matches) != len(self.place.shown or ()):
            self._hide()
            self.scroll_to_row(self.top)
        super().tell_search()

    # Marks

    @property
    def at_hand(self) -> int:
        """The line a key means: the current match in view, else the last line while we follow, else the top one."""
        rows = range(self.top, min(self.top + self.size.height, self.place.rows))
        if not rows:
            return -1
        if self.match >= 0 and self.place.row_of(self.match) in rows:
            return self.match
        return self.place.at(rows[-1] if self.following else rows[0])[0]

    def toggle_mark(self) -> None:
        """Mark the line at hand, or take its mark away."""
        if (line := self.at_hand) < 0:
            return
        number = self.store.dropped + line
        if number in self.marks:
            self.marks.remove(number)
        else:
            insort(self.marks, number)
        self.refresh()

    def go_to_mark(self) -> None:
        """Bring the next mark into view, going round at the end."""
        if self.marks:
            self._visited = self.marks[bisect_right(self.marks, self._visited) % len(self.marks)]
            row = self.place.row_of(self._visited - self.store.dropped)
            self.scroll_to_row(row - self.size.height // 3)
