"""What a diagnosis found, kept as little more than names, so that the next one can say what is new and what is gone."""

import time
from collections.abc import Collection, Iterable

import msgspec

from kubegenie_tui.domain.finding import Finding, is_ignored
from kubegenie_tui.domain.incident import lasting_name
from kubegenie_tui.domain.object_ref import ObjectRef


class Seen(msgspec.Struct, frozen=True):
    """A finding as far as it is known again by."""

    rule: str
    root: ObjectRef
    """The object to change, with `*` for what its controller made up."""
    since: float
    """When it was found first, in seconds since the epoch."""


class Scan(msgspec.Struct, frozen=True):
    """What was wrong in one scope when it was last looked at."""

    at: float
    """Seconds since the epoch."""
    seen: tuple[Seen, ...] = ()
    unread: tuple[str, ...] = ()
    """Kinds that could not be read."""


class Comparison(msgspec.Struct, frozen=True):
    """A scan beside the one before it."""

    before: float
    """When that was, in seconds since the epoch."""
    first: dict[tuple[str, ObjectRef], float]
    """What that one knew and this one found again, with when it was found first."""
    new: int
    gone: tuple[Seen, ...]

    def since(self, finding: Finding) -> float | None:
        """When a finding was found first, in seconds since the epoch; None for a new one."""
        return self.first.get(_key(finding))

    def words(self, now: float) -> str:
        """`2 new, 1 gone since 14:05`."""
        numbers = ((self.new, "new"), (len(self.gone), "gone"))
        told = ", ".join(f"{number:,} {word}" for number, word in numbers if number)
        return f"{told or 'nothing new'} since {clock(self.before, now)}"


def scanned(
    last: Scan | None, findings: Collection[Finding], now: float, unread: tuple[str, ...] = (), *, whole: bool = True
) -> Scan:
    """What is to be kept of a scan.

    Args:
        last: the scan before, None for the first.
        findings: what was found now.
        now: seconds since the epoch.
        unread: kinds that could not be read.
        whole: whether everything was looked into; if not, or if less could be read than before, what was not found
            again may be there still and is kept.
    """
    known = {(each.rule, each.root): each for each in last.seen} if last is not None else {}
    seen = {key: known.get(key) or Seen(*key, now) for key in map(_key, findings)}
    if last is not None and not (whole and set(unread) <= set(last.unread)):
        seen = known | seen
    return Scan(now, tuple(seen.values()), unread)


def compared(last: Scan, scan: Scan, findings: Collection[Finding], ignored: Iterable[str] = ()) -> Comparison:
    """What is new and what is gone; what the settings leave out now is not called gone."""
    known = {(each.rule, each.root): each.since for each in last.seen}
    still = {(each.rule, each.root) for each in scan.seen}
    patterns = tuple(ignored)
    gone = (each for each in last.seen if (each.rule, each.root) not in still and not is_ignored(each, patterns))
    keys = [_key(each) for each in findings]
    first = {key: known[key] for key in keys if key in known}
    return Comparison(last.at, first, sum(key not in known for key in keys), tuple(gone))


def clock(at: float, now: float) -> str:
    """A moment of today as `14:05`, another with its day; local time."""
    then = time.localtime(at)
    today = then[:3] == time.localtime(now)[:3]
    return time.strftime("%H:%M" if today else "%Y-%m-%d %H:%M", then)


def _key(finding: Finding) -> tuple[str, ObjectRef]:
    root = finding.root
    return finding.rule, ObjectRef(root.kind, lasting_name(root), root.namespace)
