"""Clusters that mean harm: a proxy before the demo that puts hostile text into every field it lets through.

It also records what is written to the terminal, byte for byte, and says what in it did not come from the app.
"""

import asyncio
import json
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest
import yaml
from aiohttp import web
from textual.drivers.headless_driver import HeadlessDriver

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import DOWN
from tests.demo_worlds import demo_worlds
from tests.ui.on_demo import OnDemo, app_on
from tests.unit.kube.loopback import serve

POISONS = (
    " [/var/run] [b]bold[/b] [@click=app.quit]x[/] [red",
    "\x1b[5;31mANSI\x1b[0m\x9b5;31m\x1b(0\x1bc\x1b[2J\x1b[?1049h",
    "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\x1bP1;2q\x1b\\",
    "\u202egnp.exe\u2066x\u2069\u200f\u061c\u202d",
    "a\u200bb\u200c\u200dc\ufeff\u2060\u00ad\U000e0041",
    "日本語한글ＷＩＤＥ",
    "e\u0301\u0302\u0303\u0304\u0489n\u0303",
    "👩‍👩‍👧‍👦🏳️‍🌈❤️🇩🇪👍🏽",
    "a\tb\nc\r\nd\x0b\x0ce\u2028f\u2029g\x85h",
    "\x00\x01\x07\x08\x1a\x7f\x80\x9f",
    "%s {0} $muted :smile: `code` **bold** <b> | pipe |",
)
"""What is put behind a text, each kind of harm once."""
BELL = "\a"
MEGABYTE = 1_000_000
LOG = [
    *(f"2026-11-18T10:26:40.{number:09d}Z told {poison}".replace("\n", " ") for number, poison in enumerate(POISONS)),
    *(
        f"2026-11-18T10:26:41.{number:09d}Z {json.dumps({'level': poison, 'msg': poison, poison: poison})}"
        for number, poison in enumerate(POISONS)
    ),
    "2026-11-18T10:26:42.1Z " + "[x" * (MEGABYTE // 2),
    "2026-11-18T10:26:42.2Z " + "\u202e\x1b[5m日" * (MEGABYTE // 10),
    "2026-11-18T10:26:43.1Z the last line",
]
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_OURS = re.compile(
    r"\x1b\[(?:\d+;\d+H|\?2026[hl]|\?25[hl]|[\d;]*m|\d*[ABCD])|\x1b\](?:22;[a-z]*|52;c;[A-Za-z0-9+/=]*)\x07"
)
"""Cursor, frames, colours, the pointer's shape, and what the person copied."""
_NEVER_OURS = re.compile(r"\x1b\]52;c;ZXZpbA|\x1b\[(?:5|\d*;5;31|5;31)m")
_KEPT_KEYS = re.compile(
    r"^(?:apiVersion|kind|uid|resourceVersion|continue|protocol|version|versions|scope|verbs|groupVersion|group|format|"
    r"type|freshness|emulated|remainingItemCount|restartPolicy|.*(?:Timestamp|Time|At))$"
)
_KEPT_VALUES = re.compile(r"^(?:[\d.:/%+-]+[a-zA-Z]{0,2}|True|False|true|false|)$")
_READ_FIRST = re.compile(r"^$")
_NAMED_KEYS = frozenset({"labels", "annotations", "data", "matchLabels", "nodeSelector", "selector"})


def poisoned(text: str) -> str:
    """The same harm for the same text, so that names still refer to what they name."""
    return text + POISONS[zlib.crc32(text.encode()) % len(POISONS)]


def healed(text: str) -> str:
    """The text before it was poisoned."""
    for poison in POISONS:
        text = text.replace(poison, "")
    return text


def unquoted(path: str) -> str:
    """A path without any layer of quotes."""
    while (inner := unquote(path)) != path:
        path = inner
    return path


def poison_all(value: Any, key: str = "", parent: str = "", *, kept: re.Pattern[str]) -> Any:
    """Every text in a JSON value poisoned, but for what decides how it is read."""
    match value:
        case str() if not (kept.match(value) or (_KEPT_KEYS.match(key) and parent not in _NAMED_KEYS)):
            return poisoned(value)
        case list():
            return [poison_all(each, key, parent, kept=kept) for each in value]
        case dict():
            return {
                poisoned(name) if key in _NAMED_KEYS else name: poison_all(each, name, key, kept=kept)
                for name, each in value.items()
            }
    return value


def add_length(document: Any) -> None:
    """A megabyte where there is room for one."""
    for item in [document, *document.get("items", [])]:
        if item.get("kind") in ("ConfigMap", "Event", None) and "metadata" in item:
            item["metadata"].setdefault("annotations", {})["long"] = "x[/" * (MEGABYTE // 3)
        for name in ("data", "message", "note"):
            if isinstance(item.get(name), str):
                item[name] += "long " * (MEGABYTE // 5)
            elif isinstance(item.get(name), dict) and item.get("kind") == "ConfigMap":
                item[name]["long"] = "日\x1b[5m" * (MEGABYTE // 5)


class HostileProxy:
    """Passes on to a demo server and poisons what comes back."""

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self.long = False
        """Whether some texts are a megabyte."""
        self.wrong = False
        """Whether words also stand where numbers and times are expected."""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        async with aiohttp.ClientSession() as self._session, serve(self._answer) as url:
            yield url

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = healed(unquoted(request.rel_url.raw_path))
        if path.endswith("/log"):
            return await self._log(request)
        query = {name: healed(value) for name, value in request.query.items()}
        headers = {name: request.headers[name] for name in ("Accept", "Content-Type") if name in request.headers}
        body = await request.read()
        async with self._session.request(
            request.method, f"{self._behind}{path}", params=query, headers=headers, data=body or None
        ) as answer:
            response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
            await response.prepare(request)
            if "watch" in query:
                async for line in answer.content:
                    await response.write(self._harm(line, path) + b"\n")
            else:
                await response.write(self._harm(await answer.read(), path))
            return response

    def _harm(self, body: bytes, path: str) -> bytes:
        if not body.strip().startswith(b"{"):
            return body
        document = json.loads(body)
        if path.rstrip("/").rpartition("/")[2] in ("api", "apis") or re.search(r"/apis?/[^/]+(?:/v[^/]+)?$", path):
            return json.dumps(_discovery(document)).encode()
        if document.get("type") == "BOOKMARK":
            return body.strip()
        harmed = poison_all(document, kept=_READ_FIRST if self.wrong else _KEPT_VALUES)
        if self.long:
            add_length(harmed)
        return json.dumps(harmed).encode()

    async def _log(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for line in LOG:
            await response.write(line.encode() + b"\xff\xfe\xc3\n")
        if "follow" in request.query:
            await asyncio.Event().wait()
        return response


def _discovery(document: dict[str, Any]) -> dict[str, Any]:
    """Short names and categories are harmful everywhere, names of kinds where a team brought them."""
    for group in document.get("items", []):
        custom = "." in group["metadata"].get("name", "") and not group["metadata"]["name"].endswith("k8s.io")
        for version in group.get("versions", []):
            for resource in version.get("resources", []):
                for name in ("shortNames", "categories"):
                    resource[name] = [poisoned(each) for each in resource.get(name, [])]
                if custom:
                    resource["singularResource"] = poisoned(resource["singularResource"])
                    resource["responseKind"]["kind"] = poisoned(resource["responseKind"]["kind"])
    return document


def hostile_kubeconfig(path: Path, url: str) -> Path:
    """Contexts with harmful names before the proxy."""
    names = {poisoned("prod-eu"): f"{url}/clusters/prod-eu"}
    names |= {f"other-{number}{poison}": "http://127.0.0.1:9" for number, poison in enumerate(POISONS)}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": poisoned("prod-eu"),
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in names.items()],
        "users": [{"name": poisoned("me"), "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": poisoned("me")}} for name in names],
    }
    path.write_text(yaml.safe_dump(config, allow_unicode=False), encoding="utf-8")
    return path


@asynccontextmanager
async def app_on_hostile(
    tmp_path: Path, size: tuple[int, int] = (160, 45), *, long: bool = False, wrong: bool = False, **options: Any
) -> AsyncIterator[OnDemo]:
    """Open the app on clusters that mean harm."""
    worlds = [world for world in demo_worlds() if world.cluster.name == "prod-eu"]
    async with DemoServer(worlds, down=DOWN, ticking=False) as server:
        proxy = HostileProxy(f"http://127.0.0.1:{server.port}")
        proxy.long, proxy.wrong = long, wrong
        async with proxy.serving() as url:
            kubeconfig = hostile_kubeconfig(tmp_path / "kubeconfig", url)
            async with app_on(kubeconfig, size, **options) as (app, pilot):
                yield OnDemo(app, pilot, server)


class Written:
    """What went to the terminal."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def check(self) -> None:
        """Nothing but text and our own sequences."""
        assert self.parts, "nothing was drawn"
        for part in (part for part in self.parts if part != BELL):
            rest = _OURS.sub("", part)
            found = _FORBIDDEN.search(rest) or _NEVER_OURS.search(part)
            assert found is None, f"{found[0]!r} reached the terminal in {_around(rest, found)}"


def _around(text: str, found: re.Match[str]) -> str:
    return repr(text[max(0, found.start() - 60) : found.end() + 30])


def recorded(monkeypatch: pytest.MonkeyPatch) -> Written:
    """A record of what is written to the terminal from now on."""
    record = Written()
    monkeypatch.setattr(HeadlessDriver, "is_headless", property(lambda _: False))
    monkeypatch.setattr(HeadlessDriver, "write", lambda _, data: record.parts.append(data))
    return record


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Records what is written to the terminal, and checks it at the end."""
    record = recorded(monkeypatch)
    yield record
    record.check()
