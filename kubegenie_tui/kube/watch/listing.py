"""Lists of a kind: streamed into rows while they arrive, in one piece from the server's cache where possible."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager

from kubegenie_tui.domain.errors import Expired, ServerFailed
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.rows.formats import Format, ListHead
from kubegenie_tui.kube.rows.intake import Intake
from kubegenie_tui.kube.rows.splitter import Joiner, ListSplitter
from kubegenie_tui.kube.transport import Body

ANY_VERSION = "0"
"""The resourceVersion of a list that the server may answer from its cache."""
NEWEST = ""
"""The resourceVersion of a list that must be up to date: read from etcd, in pages."""
IDLE_SECONDS = 60.0
_PAGE = "500"

Opener = Callable[[Mapping[str, str], str, float], AbstractAsyncContextManager[Body]]
"""Opens a request from its parameters, media types and idle timeout."""


class Listing:
    """One complete list."""

    def __init__(self, open_: Opener, format_: Format, intake: Intake) -> None:
        self._open = open_
        self._format = format_
        self._intake = intake

    async def load(self, version: str) -> str:
        """Replace the rows by what the server lists; the list's resourceVersion.

        Args:
            version: the resourceVersion to ask for: ANY_VERSION, NEWEST, or one that must have been reached.

        Raises:
            Expired: the server does not know this version any more.
            ClusterError: anything else went wrong; the rows then are a mixture and stay as they are.
            NotATable: only from a format that asks for Tables.
        """
        if version != NEWEST:
            return await self._replace({"resourceVersion": version})
        try:
            return await self._replace({"limit": _PAGE})
        except Expired:
            return await self._replace({})

    async def _replace(self, params: Mapping[str, str]) -> str:
        """Pages belong to one snapshot; when it has expired the whole list is asked for again, never stitched."""
        writer = self._intake.writer
        writer.begin_replacing()
        head = await self._page(params)
        while head.continue_:
            head = await self._page({"limit": _PAGE, "continue": head.continue_})
        writer.end_replacing()
        return head.resource_version

    async def _page(self, params: Mapping[str, str]) -> ListHead:
        page = _Page(self._format, self._intake)
        async with self._open({**params, **self._format.params}, self._format.list_accept, IDLE_SECONDS) as body:
            await self._intake.drain(body, page.rows, self._intake.put)
        for row in page.last_rows():
            self._intake.put(row)
        if page.head is None:
            raise ServerFailed("The server's list has no metadata", next_step="try again")
        return page.head


class _Page:
    """One response being cut into rows."""

    def __init__(self, format_: Format, intake: Intake) -> None:
        self.head: ListHead | None = None
        self._format = format_
        self._splitter = ListSplitter()
        self._joiner = Joiner(format_.row, lambda item: intake.skip(item, format_.item_mark))

    def rows(self, chunk: bytes) -> Iterator[Row]:
        """The rows that a chunk completes."""
        pieces = self._splitter.feed(chunk)
        self._read_head()
        return self._joiner.take(pieces)

    def last_rows(self) -> Iterator[Row]:
        """The rows that the end of the body completes."""
        pieces = self._splitter.finish()
        self._read_head()
        yield from self._joiner.take(pieces)
        self._joiner.finish()

    def _read_head(self) -> None:
        if self.head is None and self._splitter.head:
            self.head = self._format.head(self._splitter.head)
