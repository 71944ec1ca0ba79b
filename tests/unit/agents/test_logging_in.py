"""Where a login is done: in a browser that is in front of the person, or else in one of theirs."""

import pytest

from kubegenie_tui.agents import logging_in
from kubegenie_tui.agents.logging_in import has_browser, open_browser


@pytest.mark.parametrize(
    ("environment", "platform", "has"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, "darwin", False),
    ],
)
def test_a_browser_in_front_of_the_person(environment: dict[str, str], platform: str, has: bool) -> None:
    assert has_browser(environment, platform) is has


def test_none_is_opened_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr(logging_in, "has_browser", lambda: False)
    open_browser("https://issuer/authorize")
    assert opened == []
