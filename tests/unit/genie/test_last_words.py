"""Of what is unwell the end of the log is read, and its beginning where the end tells of no fault."""

from collections.abc import AsyncIterator

import pytest

from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.genie.reading.logs import last_words
from tests.unit.genie.played_reader import PlayedReader

FATAL, FINE = "ERROR cannot reach db:5432", "GET /ready 503"


class Teller(PlayedReader):
    """Tells of one log, as the server does."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self._lines = lines
        self.asked: list[LogQuery] = []

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        self.asked.append(query)
        yield list(self._lines[-query.tail :] if query.tail else self._lines[:3])


async def words(teller: Teller) -> list[str]:
    return await last_words(teller, "shop", "web-0", "app", previous=True)


@pytest.mark.parametrize("lines", [[FATAL, *[FINE] * 50], [*[FINE] * 200, FATAL, FINE]])
async def test_an_end_that_tells_of_a_fault_or_is_the_whole_is_enough(lines: list[str]) -> None:
    teller = Teller(*lines)
    assert FATAL in await words(teller)
    assert [query.previous for query in teller.asked] == [True]


async def test_what_was_said_at_the_start_is_read_where_the_end_tells_of_no_fault() -> None:
    teller = Teller(FATAL, *[FINE] * 200)
    said = await words(teller)
    assert (said[0], said[-1], len(said)) == (FATAL, FINE, 103)
    end, start = teller.asked
    assert (end.tail, end.first_bytes, start.tail, start.first_bytes) == (100, None, None, 8192)
    assert start.previous
