"""What there is besides objects of one kind: images, certificates, helm releases, other clusters."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, table, words
from kubegenie_tui.genie.offline.states import owned_names
from kubegenie_tui.genie.reading.expiry import Expiry, read_expiries, when
from kubegenie_tui.genie.reading.listing import count_rows
from kubegenie_tui.genie.reading.releases import list_releases
from kubegenie_tui.genie.reading.scope import place

if TYPE_CHECKING:
    from kubegenie_tui.domain.helm import Revision

_MOST = 30


async def tell_images(desk: Desk, intent: Intent) -> None:
    """The images that run, with the number of pods of each."""
    terms = " ".join(intent.details.terms)
    if intent.name:
        terms = f"NAME:^{intent.name}$" if intent.kind == "pods" else owned_names(intent.kind, intent.name)
    counting = count_rows(desk.scope, "pods", intent.namespace, filter_text=terms, group_by="IMAGES")
    result = await desk.look(f"images {intent.name or intent.namespace or ''}".rstrip(), counting)
    pods, _, groups = result.data
    where = f"of {code(intent.name)}" if intent.name else _place(desk, intent, "pods")
    if not groups:
        desk.say(f"No pod {where} runs.\n")
        return
    desk.say(f"**{_several(len(groups), 'image')} {where}**, in {_several(pods, 'pod')}:\n\n")
    rows = [(image or "(unknown)", f"{number:,}") for image, number in groups.most_common(_MOST)]
    desk.say(f"{table(('IMAGES', 'PODS'), rows)}\n")
    if len(groups) > len(rows):
        desk.say(f"\nAnd {len(groups) - len(rows):,} more.\n")


async def tell_expiry(desk: Desk, intent: Intent) -> None:
    """When the certificates in TLS Secrets end."""
    result = await desk.look("certificates", read_expiries(desk.scope, intent.namespace))
    expiries: list[Expiry] = result.data
    if not expiries:
        desk.say(f"There are no certificates in TLS Secrets {_place(desk, intent, 'secrets')}.\n")
        return
    first = expiries[0]
    name = code(f"{first.ref.namespace}/{first.ref.name}")
    desk.say(f"**{name} {when(first.ends)}.** All certificates in TLS Secrets:\n\n")
    rows = [(each.ref.namespace, each.ref.name, when(each.ends)) for each in expiries[:_MOST]]
    desk.say(f"{table(('NAMESPACE', 'SECRET', 'CERTIFICATE'), rows)}\n")


async def tell_releases(desk: Desk, intent: Intent) -> None:
    """What helm has installed, what is not deployed first."""
    result = await desk.look("helm releases", list_releases(desk.scope, intent.namespace))
    releases: list[Revision] = result.data
    desk.say(f"**{words(result.summary)}**{':' if releases else '. `:helm` shows them where there are any.'}\n")
    rows = [(each.namespace, each.name, str(each.number), each.status or "unknown") for each in releases[:_MOST]]
    if rows:
        desk.say(f"\n{table(('NAMESPACE', 'RELEASE', 'REVISION', 'STATUS'), rows)}\n")
    if len(releases) > len(rows):
        desk.say(f"\nAnd {len(releases) - len(rows):,} more.\n")


def _place(desk: Desk, intent: Intent, kind: str) -> str:
    return place(desk.scope.namespace(intent.namespace, desk.scope.kind(kind)))


def _several(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


async def tell_clusters(desk: Desk, _: Intent) -> None:
    """Every cluster with its version and how it is."""
    clusters = desk.scope.clusters
    statuses = clusters.statuses if clusters is not None else ()
    if not statuses:
        desk.say(f"I know of cluster {code(desk.scope.reader.name)} alone.\n")
        return
    desk.say(f"**{_several(len(statuses), 'cluster')}.** In view: {code(desk.scope.reader.name)}.\n\n")
    titles = ("CLUSTER", "STATE", "VERSION", "NODES READY", "PODS RUNNING", "PROBLEMS", "LATENCY")
    desk.say(f"{table(titles, (_line(status) for status in statuses))}\n")


def _line(status: ClusterStatus) -> tuple[str, ...]:
    latency = f"{status.latency_ms:.0f} ms" if status.latency_ms is not None else ""
    problems = "" if status.problems is None else f"{status.problems:,}"
    return (
        status.name, status.reach.value, status.version, _of(status.nodes_ready, status.nodes),
        _of(status.pods_running, status.pods), problems, latency,
    )  # fmt: skip


def _of(part: int | None, whole: int | None) -> str:
    if whole is None:
        return ""
    return f"{whole:,}" if part is None else f"{part:,} of {whole:,}"
