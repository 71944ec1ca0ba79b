"""Entries of an audit log."""

from typing import Any

import msgspec

from kubegenie_tui.changes.audit import Entry

SCALED = Entry(
    at=1_764_144_000.0,
    actor="ada@desk",
    identity="platform-admin",
    groups=("system:masters", "system:authenticated"),
    asked_by="person",
    cluster="prod-eu",
    verb="patch",
    kind="deployments.apps",
    namespace="shop",
    name="checkout",
    uid="6f3b",
    subresource="scale",
    plan="Scale deployment shop/checkout from 3 to 6",
    diff_hash="c0ffee",
    tier=1,
    how="key y",
)


def entry(**changed: Any) -> Entry:
    return msgspec.structs.replace(SCALED, **changed)
