"""A quota of the namespace, counted as the controller does that a bare control plane has not."""

import time
from typing import Any

from kubernetes.client.exceptions import ApiException

from tests.cluster.heard import PATIENCE
from tests.cluster.managed.playing import Player

NAME = "full"


class Quota:
    """Room for so many objects of each kind, one of which another team has already."""

    def __init__(self, player: Player, *kinds: str) -> None:
        self._core, self._place, self._kinds = player.core, player.namespace, kinds
        self._core.create_namespaced_resource_quota(self._place, {"metadata": {"name": NAME}})

    def leave_uncounted(self) -> None:
        """Room for one more, but what is used was not counted yet; returns when the server has heard of it."""
        hard = {"hard": self._hard(1)}
        self._core.patch_namespaced_resource_quota(NAME, self._place, {"spec": hard})
        self._core.patch_namespaced_resource_quota_status(NAME, self._place, {"status": hard})
        self._until_heard(room=False)

    def leave(self, room: int) -> None:
        """Room for so many more; returns when the server has heard of it."""
        counts, hard = [f"count/{each}" for each in self._kinds], self._hard(room)
        status = {"hard": hard, "used": {**dict.fromkeys(counts, "1"), "configmaps": "0"}}
        for call, body in (
            (self._core.patch_namespaced_resource_quota, {"spec": {"hard": hard}}),
            (self._core.patch_namespaced_resource_quota_status, {"status": status}),
        ):
            call(NAME, self._place, body)
        self._until_heard(room=bool(room))

    def _hard(self, room: int) -> dict[str, str]:
        return {**{f"count/{each}": str(room + 1) for each in self._kinds}, "configmaps": str(room)}

    def _until_heard(self, *, room: bool) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._has_room() != room:
            assert time.monotonic() < deadline, "the server never heard of the quota"
            time.sleep(0.02)

    def _has_room(self) -> bool:
        """Told by config maps: the kinds that are limited may not be served yet."""
        body: dict[str, Any] = {"metadata": {"generateName": "any-"}}
        try:
            self._core.create_namespaced_config_map(self._place, body, dry_run="All")
        except ApiException as error:
            if error.status != 403:
                raise
            return False
        return True
