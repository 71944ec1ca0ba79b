"""What containers write: the same container says the same at the same moment, however often it is asked."""

import random
from collections.abc import Callable, Iterator

from kubegenie_tui.demo.state.objects import Object, meta, name_of
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.programs import program_of, repository
from kubegenie_tui.domain.quantity import parse_time

KEPT_LINES = 2_000
Line = tuple[float, str]
"""When, seconds since the epoch, and what."""
Voice = Callable[[random.Random, float], str]
"""Says one line of a program's usual business, at some time."""

_PATHS = (
    "/api/cart",
    "/api/cart/items",
    "/api/products/4711",
    "/api/orders",
    "/api/session",
    "/healthz",
    "/metrics",
    "/api/search",
)


def _clock(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _http(dice: random.Random, at: float) -> str:
    status = dice.choices((200, 201, 204, 304, 404, 500), (80, 5, 4, 6, 4, 1))[0]
    level = "error" if status == 500 else "warn" if status == 404 else "info"
    path, spent = dice.choice(_PATHS), dice.lognormvariate(2.5, 0.8)
    trace = f"{dice.getrandbits(64):016x}"
    return (
        f'{{"time":"{_clock(at).replace(" ", "T")}Z","level":"{level}","msg":"request","method":"GET","path":"{path}",'
        f'"status":{status},"duration_ms":{spent:.1f},"trace_id":"{trace}"}}'
    )


def _access(dice: random.Random, at: float) -> str:
    status, size = dice.choices((200, 304, 404), (88, 8, 4))[0], dice.randrange(300, 48_000)
    client = f"10.244.{dice.randrange(250)}.{dice.randrange(250)}"
    return f'{client} - - "GET {dice.choice(_PATHS)} HTTP/1.1" {status} {size} {dice.random():.3f}'


def _worker(dice: random.Random, at: float) -> str:
    level, text = dice.choices(
        (
            (
                "INFO ",
                f"processed batch of {dice.randrange(20, 500)} in {dice.randrange(12, 900)}ms, "
                f"lag {dice.randrange(0, 90)}",
            ),
            ("DEBUG", f"committed offset {dice.randrange(10**6, 10**7)} of partition {dice.randrange(12)}"),
            ("WARN ", f"slow consumer: {dice.randrange(800, 4000)}ms for one message, retry 1 of 5"),
        ),
        (80, 17, 3),
    )[0]
    return f"{_clock(at)} {level} [worker-{dice.randrange(8)}] {text}"


def _postgres(dice: random.Random, at: float) -> str:
    text = dice.choice(
        (
            "checkpoint starting: time",
            f"checkpoint complete: wrote {dice.randrange(4000)} buffers",
            'automatic vacuum of table "orders"',
        )
    )
    return f"{_clock(at)} UTC [{dice.randrange(20, 90)}] LOG:  {text}"


def _redis(dice: random.Random, at: float) -> str:
    said = dice.choice(("100 changes in 300 seconds. Saving...", "Background saving terminated with success"))
    return f"1:M {_clock(at)} * {said}"


def _kafka(dice: random.Random, at: float) -> str:
    said = f"Member joined group checkout-events in generation {dice.randrange(90)} (kafka.coordinator)"
    return f"[{_clock(at)}] INFO [GroupCoordinator id=1] {said}"


def _job(dice: random.Random, at: float) -> str:
    return f"{_clock(at)} INFO  step {dice.randrange(1, 9)}: {dice.randrange(100, 90_000)} rows done"


def _shipper(dice: random.Random, at: float) -> str:
    flushed = f"flushed {dice.randrange(40, 900)} records, {dice.randrange(20, 700)} KiB"
    return f"[{_clock(at)}] [ info] [output:es:es.0] {flushed}"


def _dns(dice: random.Random, at: float) -> str:
    name = dice.choice(("checkout-db.shop", "kafka.data", "gateway.payments"))
    client = f"10.244.{dice.randrange(250)}.7:4{dice.randrange(9999):04d}"
    return f'[INFO] {client} - "A IN {name}.svc.cluster.local. udp 54" NOERROR 0.000{dice.randrange(99)}s'


def _system(dice: random.Random, at: float) -> str:
    stamp = f"I{_clock(at)[5:7]}{_clock(at)[8:10]} {_clock(at)[11:]}000"
    return f'{stamp}       1 proxier.go:{dice.randrange(99, 999)}] "Reloading" elapsed={dice.randrange(9, 90)}ms'


VOICES: dict[str, tuple[float, Voice]] = {
    "http": (0.8, _http),
    "access": (1.5, _access),
    "worker": (2.0, _worker),
    "postgres": (0.03, _postgres),
    "redis": (0.02, _redis),
    "kafka": (0.05, _kafka),
    "job": (0.7, _job),
    "shipper": (0.1, _shipper),
    "dns": (0.5, _dns),
    "system": (0.05, _system),
    "quiet": (0.005, _system),
}
"""Lines a second and how they read, by style."""


def span(status: Object, now: float, *, previous: bool) -> tuple[float, float, Object] | None:
    """When a container's run began and ended (or `now`), with its end's state; None when there is no such run."""
    last = (status.get("lastState") or {}).get("terminated")
    running, ended = status["state"].get("running"), status["state"].get("terminated")
    if previous:
        current = last
    elif running:
        return float(parse_time(running["startedAt"])), now, {}
    else:
        current = ended or last
    if not current:
        return None
    return float(parse_time(current["startedAt"])), float(parse_time(current["finishedAt"])), current


def spoken(pod: Object, container: Object, begun: float, until: float, end: Object) -> list[Line]:
    """The lines of one run of a container up to `until`, at most the latest KEPT_LINES."""
    rate = VOICES[program_of(container["image"]).style][0]
    lines = said(pod, container, begun, until - KEPT_LINES / rate, until)
    return [*lines, *last_words(container, until, end)][-KEPT_LINES:]


def said(pod: Object, container: Object, begun: float, after: float, until: float) -> list[Line]:
    """The lines of a container that began then, between two moments."""
    lines = [*_greeting(pod, container, begun), *_business(pod, container, max(begun + 1.5, after), until)]
    return [line for line in lines if after < line[0] <= until]


def last_words(container: Object, until: float, end: Object) -> list[Line]:
    """What a container says when it ends badly."""
    return [(until, text) for text in program_of(container["image"]).last_words if end.get("exitCode")]


def _business(pod: Object, container: Object, after: float, until: float) -> Iterator[Line]:
    rate, voice = VOICES[program_of(container["image"]).style]
    seed = hash_of(meta(pod)["uid"] + container["name"])
    for number in range(int(after * rate), int(until * rate) + 1):
        dice = random.Random(seed ^ number)
        yield (at := (number + dice.random() * 0.9) / rate), voice(dice, at)


def _greeting(pod: Object, container: Object, begun: float) -> list[Line]:
    program = program_of(container["image"])
    name, tag = repository(container["image"])
    at = begun + 0.2
    if program.style in ("postgres", "redis", "quiet"):
        return [(at, f"{_clock(at)} {name.rpartition('/')[2]} {tag} starting")]
    lines = [(at, f"{_clock(at)} INFO  {name} {tag} starting on {name_of(pod)}")]
    if program.requires:
        lines.append((at + 0.3, f"{_clock(at + 0.3)} INFO  reading configuration from environment"))
    if program.port and not program.lives and not program.requires:
        lines.append((at + 0.8, f"{_clock(at + 0.8)} INFO  listening on :{program.port}"))
    return lines
