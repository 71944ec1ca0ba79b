import base64
import gzip
from typing import Any

import msgspec
import pytest

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.helm import LARGEST, Revision, latest, read_release, revision_of


def metadata(name: str = "web", number: str = "3", status: str = "deployed", **labels: str) -> dict[str, Any]:
    told = {"owner": "helm", "name": name, "version": number, "status": status, "modifiedAt": "1764100000", **labels}
    return {
        "name": f"sh.helm.release.v1.{name}.v{number}",
        "namespace": "shop",
        "uid": f"{name}-{number}",
        "labels": told,
    }


def secret(release: Any, *, zipped: bool = True) -> dict[str, Any]:
    raw = msgspec.json.encode(release)
    inner = base64.b64encode(gzip.compress(raw) if zipped else raw)
    return {"metadata": metadata(), "data": {"release": base64.b64encode(inner).decode()}}


RELEASE = {
    "name": "web",
    "info": {"description": "Upgrade complete", "notes": "Open the page"},
    "chart": {
        "metadata": {"name": "nginx", "version": "15.1.0", "appVersion": "1.27"},
        "values": {"replicas": 1, "image": {"tag": "1.27"}},
    },
    "config": {"replicas": 3},
    "manifest": "---\nkind: Service\n",
    "hooks": [{"name": "migrate"}],
}


@pytest.mark.parametrize("zipped", [True, False])
def test_a_release_is_read_from_its_secret(zipped: bool) -> None:
    found = read_release(secret(RELEASE, zipped=zipped))
    assert (found.chart, found.app_version, found.description) == ("nginx-15.1.0", "1.27", "Upgrade complete")
    assert found.values == {"replicas": 3}
    assert found.defaults["image"] == {"tag": "1.27"}
    assert (found.manifest, found.hooks, found.notes) == ("---\nkind: Service\n", 1, "Open the page")


@pytest.mark.parametrize("data", [{}, {"release": "%%%"}, {"release": base64.b64encode(b"%%%").decode()}])
def test_what_is_no_release_is_said_to_be_none(data: dict[str, str]) -> None:
    with pytest.raises(KubeGenieError, match=r"sh\.helm\.release\.v1\.web\.v3"):
        read_release({"metadata": metadata(), "data": data})


def test_a_release_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(KubeGenieError, match="larger than 64 MiB"):
        read_release(secret({"manifest": "x" * (LARGEST + 1)}))


def test_damaged_gzip_is_refused() -> None:
    packed = base64.b64encode(base64.b64encode(gzip.compress(b"{}")[:-9] + b"garbage!!")).decode()
    with pytest.raises(KubeGenieError):
        read_release({"metadata": metadata(), "data": {"release": packed}})


def test_labels_tell_the_revision() -> None:
    assert revision_of(metadata()) == Revision(
        "shop", "web", 3, "deployed", 1764100000, "sh.helm.release.v1.web.v3", "web-3"
    )
    assert revision_of({"name": "other", "labels": {"owner": "me"}}) is None
    assert revision_of(metadata(number="x")) is None


def test_the_newest_revision_stands_for_a_release() -> None:
    told = [metadata("web", "9"), metadata("web", "10"), metadata("api", "1", "failed")]
    revisions = [found for each in told if (found := revision_of(each))]
    assert [(each.name, each.number, each.health) for each in latest(revisions)] == [
        ("api", 1, Health.BAD),
        ("web", 10, Health.OK),
    ]
