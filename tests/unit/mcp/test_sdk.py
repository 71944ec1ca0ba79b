"""Without the library there is a sentence, and the command that brings it."""

import sys

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.mcp.sdk import load_sdk


async def test_the_command_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(UsageError) as raised:
        await load_sdk()
    assert raised.value.next_step == "pip install 'kubegenie[mcp]'"


async def test_with_it_nothing_is_said() -> None:
    await load_sdk()
