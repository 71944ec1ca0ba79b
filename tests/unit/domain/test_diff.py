import base64
from typing import Any

from kubegenie_tui.domain.diff import line_diff, manifest_diff
from kubegenie_tui.domain.plan import DiffLine


def deployment(replicas: int, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", **metadata},
        "spec": {"replicas": replicas, "paused": False},
        "status": {"replicas": replicas},
    }


def changed(lines: tuple[DiffLine, ...]) -> list[str]:
    return [line.sign + line.text for line in lines if line.sign in "-+"]


def test_what_the_server_keeps_for_itself_is_no_difference() -> None:
    before = deployment(3, resourceVersion="1", generation=1, managedFields=[{"manager": "a"}], uid="u")
    after = deployment(3, resourceVersion="2", generation=2, managedFields=[{"manager": "b"}], uid="u")
    after["status"] = {"replicas": 9}
    after["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "2"}
    assert manifest_diff(before, after) == ()


def test_a_change_stands_between_what_is_around_it() -> None:
    lines = manifest_diff(deployment(3), deployment(6))
    assert changed(lines) == ["-  replicas: 3", "+  replicas: 6"]
    assert DiffLine(" ", "spec:") in lines
    assert lines[0] == DiffLine("@", "metadata")


def test_a_gap_says_what_the_next_lines_stand_under() -> None:
    before, after = deployment(3), deployment(3)
    for state, image in ((before, "web:1"), (after, "web:2")):
        containers = [{"name": "web", "args": ["a", "b", "c", "d"], "image": image}]
        state["spec"]["template"] = {"spec": {"containers": containers}}
    lines = manifest_diff(before, after)
    assert lines[0] == DiffLine("@", "spec › template › spec › containers › name: web › args")


def test_an_object_that_comes_or_goes_is_whole() -> None:
    whole = manifest_diff(None, deployment(1))
    assert {line.sign for line in whole} == {"+"}
    assert [line.text for line in whole] == [line.text for line in manifest_diff(deployment(1), None)]


def secret(**values: bytes) -> dict[str, Any]:
    data = {key: base64.b64encode(value).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": data}


def test_values_of_a_secret_never_show_and_their_change_does() -> None:
    lines = manifest_diff(secret(url=b"hush-1", user=b"ann"), secret(url=b"hush-2", user=b"ann", extra=b"more"))
    text = "\n".join(changed(lines))
    assert "url" in text
    assert "another value" in text
    assert "extra" in text
    assert "user" not in text
    for value in (b"hush-1", b"hush-2", b"more"):
        assert base64.b64encode(value).decode() not in text
        assert value.decode() not in text


def test_lines_far_apart_have_a_gap_between_them() -> None:
    old = [str(number) for number in range(40)]
    new = [*old[:5], "five", *old[6:30], "thirty", *old[31:]]
    signs = "".join(line.sign for line in line_diff(old, new))
    assert signs == "@   -+   @   -+   "
