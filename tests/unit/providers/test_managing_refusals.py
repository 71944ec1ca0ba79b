"""What an API server refuses, as those hear it who make clusters on it."""

import json

import pytest

from kubegenie_tui.domain.errors import ProviderError, QuotaExceeded, TryLater
from kubegenie_tui.kube.status import error_from_status
from kubegenie_tui.providers.managing_refusals import refusals

CLUSTERS = "/apis/cluster.x-k8s.io/v1beta2/namespaces/team/clusters"


def refused(said: str) -> ProviderError:
    body = json.dumps({"kind": "Status", "message": f'clusters "shop" is forbidden: {said}', "reason": "Forbidden"})
    with pytest.raises(ProviderError) as told, refusals():
        raise error_from_status(403, body.encode(), verb="create", path=CLUSTERS)
    return told.value


def test_a_quota_that_is_used_up_is_told_with_all_that_is_used() -> None:
    error = refused(
        "exceeded quota: full, requested: count/a=1,pods=2, used: count/a=3,pods=4, limited: count/a=3,pods=5"
    )
    assert isinstance(error, QuotaExceeded)
    assert error.what == "A quota of the namespace has no room for clusters.cluster.x-k8s.io"
    assert error.why == "full: 3 of 3 count/a used, 1 more asked for; 4 of 5 pods used, 2 more asked for"
    assert error.next_step == "free some of it, or have the quota raised"


def test_a_quota_whose_words_are_cut_is_one_all_the_same() -> None:
    error = refused("exceeded quota: full, requested: count/a=1, used: cou")
    assert isinstance(error, QuotaExceeded)
    assert error.why.endswith("exceeded quota: full, requested: count/a=1, used: cou")


def test_a_quota_that_nobody_has_counted_yet_is_waited_for() -> None:
    assert isinstance(refused("status unknown for quota: full, resources: count/a"), TryLater)
