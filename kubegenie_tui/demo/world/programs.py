"""What the containers of the demo run: how each image behaves, by name and tag, given the environment it finds."""

from collections.abc import Mapping

import msgspec

from kubegenie_tui.demo.state.objects import Object

BAD_WORDS = (
    "nonexist",
    "non-exist",
    "does-not-exist",
    "doesnotexist",
    "not-found",
    "notfound",
    "invalid",
    "typo",
    "missing",
    "broken",
    "wrong",
    "v999",
)
"""An image with one of these in its name or tag cannot be pulled."""


class Program(msgspec.Struct, frozen=True):
    """The behaviour of one image."""

    style: str = "http"
    """How it logs: a key of `logs.STYLES`."""
    cpu: int = 40
    """Millicores in use when it is calm."""
    memory: int = 120
    """MiB in use."""
    requires: tuple[str, ...] = ()
    """Environment variables without which it exits at once."""
    lives: float = 0.0
    """Seconds until it ends by itself; 0 for never."""
    death: str = "Completed"
    """The reason it ends with: Completed, Error, OOMKilled, or Liveness when a probe has it killed."""
    exit_code: int = 0
    unready: str = ""
    """Why its readiness probe fails; empty when it succeeds."""
    last_words: tuple[str, ...] = ()
    """What it logs before it ends."""
    port: int = 8080


DEFAULT = Program()
SHELLS = Program(style="quiet", lives=1, port=0, cpu=1, memory=2)

PROGRAMS: dict[str, Program] = {
    "shop/checkout": Program(
        requires=("DATABASE_URL",),
        last_words=("FATAL config: environment variable DATABASE_URL is not set",),
        cpu=118,
        memory=207,
    ),
    "shop/worker": Program(style="worker", cpu=300, memory=620),
    "shop/frontend": Program(style="access", cpu=60, memory=90, port=3000),
    "search/indexer": Program(style="worker", cpu=410, memory=690),
    "search/indexer:3.4.0": Program(
        style="worker", cpu=520, memory=1010, lives=1_450, death="OOMKilled", exit_code=137,
        last_words=("WARN  heap 96% after full collection", "ERROR java.lang.OutOfMemoryError: Java heap space"),
    ),
    "payments/ledger": Program(cpu=90, memory=260),
    "payments/ledger:5.0.0-rc1": Program(
        cpu=35, memory=240, unready="HTTP probe failed with statuscode: 503",
        last_words=("ERROR migration 0042 pending: refusing traffic",),
    ),
    "data/stream-bridge:0.9.4": Program(
        style="worker", lives=540, death="Liveness", exit_code=137, cpu=20, memory=150,
        last_words=("ERROR consumer group rebalance timed out, event loop blocked for 61s",),
    ),
    "postgres": Program(style="postgres", cpu=140, memory=780, port=5432),
    "redis": Program(style="redis", cpu=25, memory=160, port=6379),
    "kafka": Program(style="kafka", cpu=350, memory=1900, port=9092),
    "migrate": Program(style="job", lives=12, cpu=80, memory=60, port=0),
    "report": Program(style="job", lives=34, cpu=220, memory=180, port=0),
    "data/reconcile": Program(
        style="job", lives=6, death="Error", exit_code=2, cpu=50, memory=80, port=0,
        last_words=("ERROR ledger mismatch: 3 entries without counterpart, see s3://finance-audit/latest",),
    ),
    "backup": Program(style="job", lives=48, cpu=90, memory=140, port=0),
    "busybox": SHELLS,
    "alpine": SHELLS,
    "nginx": Program(style="access", cpu=4, memory=18, port=80),
    "fluent-bit": Program(style="shipper", cpu=22, memory=48, port=2020),
    "node-exporter": Program(style="quiet", cpu=6, memory=22, port=9100),
    "kube-proxy": Program(style="system", cpu=5, memory=34, port=10256),
    "cilium": Program(style="system", cpu=45, memory=240, port=9879),
    "coredns": Program(style="dns", cpu=12, memory=30, port=9153),
    "prometheus": Program(style="system", cpu=620, memory=2900, port=9090),
}  # fmt: skip


def repository(image: str) -> tuple[str, str]:
    """An image's repository without its registry host, and its tag."""
    path = image.partition("@")[0]
    if _registry(path):
        path = path.partition("/")[2]
    name, _, tag = path.partition(":")
    return name, tag or "latest"


def _registry(image: str) -> str:
    """The registry host that an image names; empty for Docker Hub."""
    host, _, rest = image.partition("/")
    return host if rest and ("." in host or ":" in host or host == "localhost") else ""


def program_of(image: str) -> Program:
    """The behaviour of an image: by full name and tag, by full name, or by the last part of its name."""
    name, tag = repository(image)
    return PROGRAMS.get(f"{name}:{tag}") or PROGRAMS.get(name) or PROGRAMS.get(name.rpartition("/")[2]) or DEFAULT


def pull_problem(image: str) -> str:
    """Why an image cannot be pulled; empty when it can."""
    if not any(word in image.lower() for word in BAD_WORDS):
        return ""
    hub = "docker.io/" if "/" in image else "docker.io/library/"
    full = image if _registry(image) else f"{hub}{image}"
    why = f'failed to pull and unpack image "{full}": failed to resolve reference "{full}": {full}: not found'
    return f"rpc error: code = NotFound desc = {why}"


def fails_at_once(program: Program, environment: Mapping[str, str]) -> bool:
    """Whether the program misses what it requires."""
    return any(not environment.get(name) for name in program.requires)


def command_lives(container: Object, program: Program) -> float:
    """Seconds until a container ends by itself; a shell that is typed to, or that stays, does not end."""
    words = " ".join((container.get("command") or []) + (container.get("args") or []))
    if program is SHELLS and (container.get("stdin") or any(each in words for each in ("sleep", "tail -f", "while"))):
        return 0.0
    return program.lives
