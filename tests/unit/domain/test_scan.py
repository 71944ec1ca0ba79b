"""A scan beside the one before: what is new, what is gone, and what only could not be looked at."""

import time

from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.scan import Scan, compared, scanned

NOW = time.mktime((2026, 11, 27, 15, 0, 0, 0, 0, -1))
EARLIER = NOW - 55 * 60
DB = ObjectRef("secrets", "checkout-db", "shop", "prod")
CLAIM = ObjectRef("persistentvolumeclaims", "data", "shop", "prod")


def finding(rule: str, root: ObjectRef) -> Finding:
    return Finding(rule, Severity.CRITICAL, "it fails", "a secret cause", root)


KEY, FULL = finding("missing-secret-key", DB), finding("volume-full", CLAIM)
MEMORY = finding("out-of-memory", ObjectRef("deployments.apps", "web", "shop", "prod"))


def test_what_is_new_and_what_is_gone_is_counted_since_the_last_scan() -> None:
    last = scanned(None, [KEY, FULL], EARLIER)
    scan = scanned(last, [KEY, MEMORY], NOW)
    found = compared(last, scan, [KEY, MEMORY])
    assert found.words(NOW) == "1 new, 1 gone since 14:05"
    assert found.words(NOW + 86_400) == "1 new, 1 gone since 2026-11-27 14:05"
    assert (found.since(KEY), found.since(MEMORY)) == (EARLIER, None)
    assert [(each.rule, each.root.name) for each in found.gone] == [("volume-full", "data")]
    again = scanned(scan, [KEY, MEMORY], NOW + 60)
    quiet = compared(scan, again, [KEY, MEMORY])
    assert quiet.words(NOW + 60) == "nothing new since 15:00"
    assert (quiet.since(KEY), quiet.since(MEMORY)) == (EARLIER, NOW)


def test_only_names_are_kept_and_a_pod_made_anew_is_the_same() -> None:
    one, other = (finding("crash", ObjectRef("pods", f"web-7c9f4d8b5f-{end}", "shop")) for end in ("x2xkq", "bcdfg"))
    last = scanned(None, [one], EARLIER)
    assert [each.root.name for each in last.seen] == ["web-*"]
    assert "secret cause" not in str(last)
    assert compared(last, scanned(last, [other], NOW), [other]).words(NOW) == "nothing new since 14:05"


def test_what_could_not_be_looked_at_this_time_is_neither_gone_nor_new_later() -> None:
    last = scanned(None, [KEY, FULL], EARLIER)
    for scan in (scanned(last, [KEY], NOW, ("volumes",)), scanned(last, [KEY], NOW, whole=False)):
        assert compared(last, scan, [KEY]).words(NOW) == "nothing new since 14:05"
        later = scanned(scan, [KEY, FULL], NOW + 60)
        assert compared(scan, later, [KEY, FULL]).since(FULL) == EARLIER
    never_readable = Scan(EARLIER, last.seen, ("volumes",))
    scan = scanned(never_readable, [KEY], NOW, ("volumes",))
    assert compared(never_readable, scan, [KEY]).words(NOW) == "1 gone since 14:05"


def test_what_the_settings_leave_out_is_not_called_gone() -> None:
    last = scanned(None, [KEY, FULL], EARLIER)
    scan = scanned(last, [KEY], NOW)
    assert compared(last, scan, [KEY], ["volume-full:shop/*"]).gone == ()
