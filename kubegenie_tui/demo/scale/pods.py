"""Pods by number: the same number is always the same pod, so that nothing but its bytes need be kept."""

import msgspec

from kubegenie_tui.demo.scale.pod import pod
from kubegenie_tui.demo.state.collection import Stored

APP_PODS = 20
"""Pods of one app."""
TEAMS = 40
"""Namespaces: an app belongs to a team."""
_MARKS = (b"NAME", b"NUMBER", b"VERSION", b"TEAM", b"APP")


class PodTemplate:
    """Writes pods of about 8 KB, managedFields and all."""

    def __init__(self) -> None:
        self._template = msgspec.json.encode(pod()).replace(b"%", b"%%")
        for mark in _MARKS:
            self._template = self._template.replace(b"<%s>" % mark, b"%%(%s)b" % mark)
        self._restarts = b'"restartCount":0'

    def body(self, number: int, version: int, restarts: int = 0) -> bytes:
        """The pod of that number at a resourceVersion."""
        app = number // APP_PODS
        text = self._template % {
            b"NAME": b"service-%04d-%05d" % (app, number),
            b"NUMBER": b"%012d" % number,
            b"VERSION": b"%d" % version,
            b"TEAM": b"team-%02d" % (app % TEAMS),
            b"APP": b"service-%04d" % app,
        }
        return text.replace(self._restarts, b'"restartCount":%d' % restarts) if restarts else text

    def stored(self, number: int, version: int, restarts: int = 0) -> Stored:
        """The same, as a cluster keeps it."""
        app = number // APP_PODS
        team, name = f"team-{app % TEAMS:02}", f"service-{app:04}"
        labels = {"app": name, "app.kubernetes.io/name": name, "pod-template-hash": "5d4f8c7b9", "team": team}
        key = (team, f"{name}-{number:05}")
        uid = f"00000000-0000-4000-8000-{number:012}"
        return Stored.rendered(self.body(number, version, restarts), key, uid, labels, version)
