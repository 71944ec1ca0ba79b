"""What of the tabs outlives a session: written down when they change and at the end, read at the next start."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.tabs import KeptTabs

if TYPE_CHECKING:
    from kubegenie_tui.places import Places

SCOPE, LAST = "tabs", "last"
"""Where the store keeps the tabs of the last time."""


class TabKeeping:
    """Keeps the tabs of one app."""

    def __init__(self, app: "Places") -> None:
        self._app = app
        self.were_kept = False
        """Whether what the store has is of this session, or was taken up by it."""

    async def read(self) -> str:
        """The tabs of the last time, empty for none.

        Raises:
            StoreError: they cannot be read.
        """
        return await self._app.services.store.facts.get(SCOPE, LAST) or ""

    def kept(self) -> KeptTabs:
        """All tabs as they are now; one table that is the only one and was left for the list of clusters is none."""
        app = self._app
        tabs = tuple(filter(None, (tab.stands.kept() if tab.stands else tab.kept for tab in app.open_tabs)))
        was_left = len(app.open_tabs) == 1 and app.tab.stands is not app.stood_in
        if was_left and not any(tab.second and not tab.first.fleet for tab in tabs):
            return KeptTabs()
        return KeptTabs(tabs, app.open_tabs.index(app.tab))

    async def write(self, kept: KeptTabs) -> None:
        """Keep these for the next start; one table that was asked for by arguments does not replace what is kept.

        Raises:
            StoreError: they cannot be stored.
        """
        facts = self._app.services.store.facts
        if kept.worth_keeping or (kept.tabs and (self.were_kept or not self._app.options.is_asked_for)):
            self.were_kept = True
            await facts.set(SCOPE, LAST, kept.text())
        elif self.were_kept:
            await facts.remove(SCOPE, LAST)
