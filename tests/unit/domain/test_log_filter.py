"""The query language of a log, by a table of queries and the lines they find."""

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.log_filter import LogFilter
from kubegenie_tui.domain.log_line import parse_line
from kubegenie_tui.domain.log_source import LogSource

NOW = 1_795_637_400.0
WEB = LogSource("shop", "web-7c9f4-x2xkq", "app", cluster="prod")
PROXY = LogSource("shop", "web-7c9f4-m8t2p", "proxy", cluster="staging")
LINES = {
    "plain": ("2026-11-25T20:09:41Z INFO Connection refused by /cart", WEB),
    "warn": ("2026-11-25T20:00:00Z WARN low on space", PROXY),
    "json": (
        '2026-11-25T20:09:00Z {"level":"error","msg":"it failed","status":503,"user":{"name":"ada"},'
        '"items":[{"id":7},{"id":9}],"log.file":"a.go","ok":false,"note":"two words"}',
        WEB,
    ),
    "bare": ("no stamp, level: nothing", PROXY),
}


def found(query: str) -> set[str]:
    wanted = LogFilter(query, NOW)
    lines = {name: (parse_line(raw), source) for name, (raw, source) in LINES.items()}
    return {name for name, (line, source) in lines.items() if wanted.matches(line, source, line.text)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", set()),
        ("   ", set()),
        ("connection refused", {"plain"}),
        ("Connection", {"plain"}),
        ("CONNECTION", set()),
        ("refused connection", set()),
        ('"connection  refused"', set()),
        ("/cart", {"plain"}),
        ("/re.*d/", {"plain"}),
        ("/RE.*d/", set()),
        (r"/by \/c/", {"plain"}),
        ("~low|refused", {"plain", "warn"}),
        ("!refused", {"warn", "json", "bare"}),
        ("!/refused|low/", {"json", "bare"}),
        ('!"low on"', {"plain", "json", "bare"}),
        ("!", set()),
        ("pod:x2xkq", {"plain", "json"}),
        ("!pod:x2xkq", {"warn", "bare"}),
        ("pod:/^web-.*p$/", {"warn", "bare"}),
        ("container:proxy low", {"warn"}),
        ("cluster:prod", {"plain", "json"}),
        ("!cluster:/^prod$/", {"warn", "bare"}),
        ("pod:", set()),
        ("level:warn", {"warn", "json"}),
        ("level:=warn", {"warn"}),
        ("level:e", {"json"}),
        ("!level:info", {"bare"}),
        ("level:info !level:error pod:web refused", {"plain"}),
        ("json:status=503", {"json"}),
        ("json:status>=500", {"json"}),
        ("json:status>503", set()),
        ("json:status<=503", {"json"}),
        ("json:status<9", set()),
        ("json:user.name=ada", {"json"}),
        ("json:user.name!=ada", set()),
        ("json:user.name~^a", {"json"}),
        ("json:items[1].id=9", {"json"}),
        ("json:items[*].id=7", {"json"}),
        ("json:items[].id>8", {"json"}),
        ("json:items[2].id", set()),
        ("jmespath:\"status >= `500` && contains(user.name, 'da')\"", {"json"}),
        ('jmespath:"status > `503`"', set()),
        ('!jmespath:"items[?id==`9`]"', {"plain", "warn", "bare"}),
        ("jmespath:ok", set()),
        ("jmespath:contains(missing,'a')", set()),
        ("json:log.file=a.go", {"json"}),
        ("json:ok=false", {"json"}),
        ('json:note="two words"', {"json"}),
        ("json:user", {"json"}),
        ("json:nothing", set()),
        ("json:msg>3", set()),
        ("!json:user", {"plain", "warn", "bare"}),
        ("since:30s", {"plain"}),
        ("until:2026-11-25T20:05:00Z", {"warn"}),
        ("since:2026-11-25T20:05:00+00:00 until:20s", {"json"}),
        ("level:nothing:", None),
    ],
)
def test_queries(query: str, names: set[str] | None) -> None:
    if names is None:
        with pytest.raises(UsageError):
            found(query)
    else:
        assert found(query) == names


@pytest.mark.parametrize(
    "query",
    [
        "/(/",
        "level:blue",
        "json:a>b",
        "json:=x",
        "json:a~(",
        "since:soon",
        "pod:/[/",
        "jmespath:a[",
        "json:status>=",
        "json:a~",
    ],
)
def test_what_cannot_be_understood_is_said(query: str) -> None:
    with pytest.raises(UsageError) as caught:
        LogFilter(query, NOW)
    assert caught.value.what


def test_highlights_are_of_what_is_looked_for_alone() -> None:
    wanted = LogFilter("level:warn !low /on|low on/ space")
    text = "WARN low on space"
    assert [text[first:last] for first, last in wanted.spans(text, 0, len(text))] == ["low on", "space"]
    assert LogFilter("").spans(text, 0, 99) == []
    assert wanted.spans(text, 12, 99)[-1] == (12, 17)
