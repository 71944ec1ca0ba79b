"""A small cloud of our own: things with a name and a tag, that are made slowly, refused, or fail."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

ERRORS = {"throttled": 429, "denied": 403, "quota": 402, "taken": 409, "down": 503}


@dataclass
class Thing:
    id: str
    kind: str
    name: str
    tag: str
    looks: int
    """Looks until it is there."""
    failed: str = ""
    going: bool = False

    def told(self) -> dict[str, Any]:
        state = "FAILED" if self.failed else "DELETING" if self.going else "CREATING" if self.looks > 0 else "ACTIVE"
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "tag": self.tag,
            "state": state,
            "why": self.failed,
        }


@dataclass
class ToyCloud:
    """`async with ToyCloud() as cloud:`; what is in it is in `things`, and `refuse` and `fail` make it misbehave."""

    looks: int = 1
    """How often each thing is looked at before it is there, or gone."""
    things: dict[str, Thing] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    url: str = ""
    server: str = ""
    """The API server of each cluster that is made here; one below `url`, which does not answer, when empty."""
    token: str = ""
    """Of each cluster; empty when it takes none."""
    key: str = "toy"
    """By which it knows people."""
    person: dict[str, Any] = field(default_factory=lambda: {"who": "anna", "missing": []})
    """What it says of whoever asks who they are."""
    before: Callable[[str], object] = lambda _: None
    """Called with each request, such as `POST pool/default`, before anything comes of it."""
    after: Callable[[str], object] = lambda _: None
    """Called when it has had its effect, before it is answered."""
    _refusals: list[tuple[str, str, int]] = field(default_factory=list)
    _lost: dict[str, int] = field(default_factory=dict)
    _failing: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=itertools.count)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._known])
        app.router.add_get("/whoami", self._whoami)
        app.router.add_get("/server", self._server)
        app.router.add_get("/things", self._list)
        app.router.add_post("/things", self._create)
        app.router.add_delete("/things/{id}", self._delete)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def refuse(self, request: str, how: str, times: int = 1) -> None:
        """Answer the next requests, such as `POST pool/default`, with an error of `ERRORS`."""
        self._refusals.append((request, how, times))

    def lose(self, request: str, times: int) -> None:
        """Let the next requests have their effect, and answer as if the cloud were down."""
        self._lost[request] = times

    def fail(self, what: str, why: str) -> None:
        """Let a thing, such as `pool/default`, end in FAILED whenever it is made; with no reason, let it come about."""
        self._failing[what] = why

    @property
    def names(self) -> set[str]:
        """What is there: `kind/name`."""
        return {f"{each.kind}/{each.name}" for each in self.things.values()}

    @web.middleware
    async def _known(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "who are you?"}, status=401)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _whoami(self, _: web.Request) -> web.Response:
        return web.json_response(self.person)

    async def _server(self, _: web.Request) -> web.Response:
        return web.json_response({"server": self.server or f"{self.url}/nowhere", "token": self.token})

    async def _list(self, request: web.Request) -> web.Response:
        found = [each for each in self.things.values() if f"{each.kind}/{each.name}" == request.query["what"]]
        if refused := self._refused("GET", request.query["what"]):
            return refused
        for each in found:
            self._pass(each)
        return web.json_response([each.told() for each in found if each.id in self.things])

    def _pass(self, thing: Thing) -> None:
        thing.looks -= 1
        what = f"{thing.kind}/{thing.name}"
        if thing.looks <= 0 and thing.going:
            del self.things[thing.id]
        elif thing.looks <= 0 and self._failing.get(what):
            thing.failed = self._failing[what]

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        what = f"{asked['kind']}/{asked['name']}"
        if refused := self._refused("POST", what):
            return refused
        if what in self.names:
            return web.json_response({"error": f"{what} exists"}, status=409)
        thing = Thing(f"t-{next(self._numbers)}", asked["kind"], asked["name"], asked["tag"], self.looks)
        self.things[thing.id] = thing
        self.after(f"POST {what}")
        if self._lost.get(f"POST {what}", 0) > 0:
            self._lost[f"POST {what}"] -= 1
            return web.json_response({"error": "down"}, status=ERRORS["down"])
        return web.json_response(thing.told())

    async def _delete(self, request: web.Request) -> web.Response:
        thing = self.things[request.match_info["id"]]
        if refused := self._refused("DELETE", f"{thing.kind}/{thing.name}"):
            return refused
        thing.going, thing.failed, thing.looks = True, "", self.looks
        self.after(f"DELETE {thing.kind}/{thing.name}")
        return web.json_response(thing.told())

    def _refused(self, method: str, what: str) -> web.Response | None:
        request = f"{method} {what}"
        self.requests.append(request)
        self.before(request)
        for index, (wanted, how, times) in enumerate(self._refusals):
            if wanted == request and times > 0:
                self._refusals[index] = (wanted, how, times - 1)
                headers = {"Retry-After": "0"} if how == "throttled" else {}
                return web.json_response({"error": f"{how}: {what}"}, status=ERRORS[how], headers=headers)
        return None
