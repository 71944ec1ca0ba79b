"""What is not wrong yet about a cluster that answers, but wants looking after: certificates, nodes, a slow server."""

from datetime import datetime, timedelta

import msgspec

from kubegenie_tui.domain.health import Health

CERTIFICATE_DAYS = 30
"""A certificate is spoken of so long before it ends."""
SLOW_MS = 2000.0
"""A round trip that a person waits for, milliseconds."""


class Concern(msgspec.Struct, frozen=True):
    """One thing to look after."""

    health: Health
    """WARN, or BAD for what has happened already."""
    text: str


def concerns_of(
    *,
    server_end: datetime | None,
    client_end: datetime | None,
    nodes: int | None,
    nodes_ready: int | None,
    latency_ms: float | None,
    now: datetime,
) -> tuple[Concern, ...]:
    """What a health check found, the worst first; None for what it could not find out."""
    found = [
        _ending("the server's certificate", server_end, now),
        _ending("our client certificate", client_end, now),
    ]
    if nodes is not None and nodes_ready is not None and nodes_ready < nodes:
        found.append(Concern(Health.WARN, f"{nodes - nodes_ready} of {nodes} nodes not ready"))
    if latency_ms is not None and latency_ms >= SLOW_MS:
        found.append(Concern(Health.WARN, f"the server takes {latency_ms / 1000:.1f} s to answer"))
    return tuple(sorted((each for each in found if each is not None), key=lambda each: -each.health))


def _ending(what: str, end: datetime | None, now: datetime) -> Concern | None:
    if end is None or end - now > timedelta(days=CERTIFICATE_DAYS):
        return None
    if end <= now:
        return Concern(Health.BAD, f"{what} ended {end:%Y-%m-%d %H:%M} UTC")
    days = (end - now).days
    left = f"in {days} day{'' if days == 1 else 's'}" if days else "within a day"
    return Concern(Health.WARN, f"{what} ends {left}, {end:%Y-%m-%d %H:%M} UTC")
