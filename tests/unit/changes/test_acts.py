"""Writes as a postmortem tells them: each with its result, and without credentials."""

from kubegenie_tui.changes.acts import acts_since
from kubegenie_tui.changes.audit import Audit
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.store.store import Store
from tests.unit.changes.entries import entry


async def test_each_write_since_a_moment_comes_with_its_result_masked(audit: Audit, store: Store) -> None:
    await audit.intend(entry(at=1.0))
    seq = await audit.intend(entry(at=2.0, subresource="scale", identity=""))
    await audit.conclude(seq, "failed", 422, "login with password=topsecret1 failed")
    await audit.intend(entry(at=3.0))
    unknown, failed = sorted(await acts_since(store.audit, 2.0, Redactor().text), key=lambda act: -act.at)
    intent = entry()
    assert (failed.seq, failed.at, failed.plan, failed.how) == (seq, 2.0, intent.plan, intent.how)
    assert failed.what == f"{intent.verb} {intent.kind}/scale {intent.namespace}/{intent.name}"
    assert (failed.who, failed.result, failed.tier) == (intent.actor, "failed", intent.tier)
    assert failed.message.startswith("login with password=")
    assert "topsecret1" not in failed.message
    assert (unknown.result, unknown.message, unknown.who) == ("", "", intent.identity)
