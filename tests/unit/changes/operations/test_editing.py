import base64
from typing import Any

import pytest

from kubegenie_tui.changes.operations.editing import Draft, draft_of
from kubegenie_tui.domain.errors import Invalid, UsageError
from kubegenie_tui.domain.plan import PatchType, Verb
from tests.ui.played_cluster import kind


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def deployment() -> Draft:
    manifest: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "namespace": "shop",
            "uid": "u-1",
            "resourceVersion": "7",
            "generation": 3,
            "labels": {"app": "web"},
            "managedFields": [{"manager": "kubectl"}],
        },
        "spec": {"replicas": 3, "paused": False, "template": {"spec": {"containers": [{"name": "c", "image": "a"}]}}},
        "status": {"replicas": 3},
    }
    return draft_of("prod-eu", kind("deployments.apps"), manifest)


def secret(**more: Any) -> Draft:
    metadata = {"name": "db", "namespace": "shop", **more}
    data = {"password": encoded("s3cret: [1]"), "cert": encoded(b"\x00\xff"), "empty": ""}
    manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}
    return draft_of("prod-eu", kind("secrets"), manifest)


def patch(draft: Draft, text: str, now: Draft | None = None) -> Any:
    plan = draft.plan(text, now or draft)
    assert plan is not None
    (step,) = plan.steps
    assert (step.verb, step.patch, step.ref) == (Verb.PATCH, PatchType.MERGE, draft.ref)
    return step.body


def test_the_text_leaves_out_what_the_server_keeps() -> None:
    text = deployment().text
    assert "deployment shop/web. What you change" in text
    for word in ("managedFields", "resourceVersion", "uid:", "generation", "status"):
        assert word not in text


def test_an_edit_is_a_patch_of_what_differs() -> None:
    draft = deployment()
    edited = (
        draft.text.replace("replicas: 3", "replicas: 5")
        .replace("  paused: false\n", "")
        .replace("image: a", "image: b")
    )
    assert patch(draft, edited) == {
        "spec": {"replicas": 5, "paused": None, "template": {"spec": {"containers": [{"name": "c", "image": "b"}]}}}
    }
    plan = draft.plan(edited, draft)
    assert plan is not None
    assert plan.title == "Edit deployment shop/web"


@pytest.mark.parametrize("change", [lambda text: text, lambda text: "", lambda text: "# KubeGenie: x\n\n  \n"])
def test_no_change_is_no_plan(change: Any) -> None:
    draft = deployment()
    assert draft.plan(change(draft.text), draft) is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  name: web", "  name: other", "another object .* metadata.name was web and is other"),
        ("kind: Deployment", "kind: DaemonSet", "kind was Deployment and is DaemonSet"),
        ("replicas: 3", "replicas: [3", "the text:1[0-9]:.* is no YAML"),
        ("apiVersion", "---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n---\napiVersion", "There are 2 objects"),
    ],
)
def test_what_cannot_be_taken_is_said(old: str, new: str, words: str) -> None:
    draft = deployment()
    with pytest.raises(UsageError, match=words):
        draft.plan(draft.text.replace(old, new, 1), draft)


def test_what_others_changed_meanwhile_stays() -> None:
    def pod(main: str, side: str, **labels: str) -> Draft:
        containers = [{"name": "main", "image": main}, {"name": "side", "image": side}]
        metadata = {"name": "web", "namespace": "shop", "uid": "u-1", "labels": labels}
        return draft_of("prod-eu", kind("pods"), {"metadata": metadata, "spec": {"containers": containers}})

    draft, now = pod("a:1", "b:1", app="web"), pod("a:1", "b:2", app="web", team="blue")
    mine = patch(draft, draft.text.replace("a:1", "a:9"), now)
    assert mine == {"spec": {"containers": [{"name": "main", "image": "a:9"}, {"name": "side", "image": "b:2"}]}}
    plan = draft.plan(draft.text.replace("a:1", "a:9"), now)
    assert plan is not None
    assert plan.steps[0].uid == "u-1"
    assert patch(draft, draft.text.replace("app: web", "app: mine"), now) == {"metadata": {"labels": {"app": "mine"}}}
    assert draft.plan(draft.text.replace("b:1", "b:2"), now) is None
    assert patch(draft, draft.text.replace("b:1", "b:3"), now)["spec"]["containers"][1] == {
        "name": "side",
        "image": "b:3",
    }


def test_a_fault_is_told_on_top_and_its_line_is_the_one_in_the_text() -> None:
    draft = deployment()
    text = draft.text.replace("replicas: 3", "replicas: [3")
    line = next(at for at, each in enumerate(text.split("\n"), 1) if "paused" in each)
    for _ in range(3):
        with pytest.raises(UsageError, match=f"the text:{line}:") as caught:
            draft.plan(text, draft)
        text = draft.with_fault(text, caught.value)
        assert text.split("\n")[2].startswith(f"# KubeGenie: ✖ the text:{line}:")
        assert text.split("\n")[line - 1].strip().startswith("paused")
        assert text.count("# KubeGenie:") == 4
    without_head = "\n".join(text.split("\n")[4:])
    with pytest.raises(UsageError, match=f"the text:{line}:"):
        draft.plan(without_head, draft)


def test_words_of_a_server_cannot_leave_their_comment() -> None:
    text = deployment().with_fault("kind: Pod", Invalid("no\nkind: Secret", "\x1b[2J", "x"))
    assert [line for line in text.split("\n") if not line.startswith("#")] == ["kind: Pod"]


def test_a_secret_is_edited_decoded_and_stored_encoded() -> None:
    draft = secret()
    assert draft.is_secret
    assert 'password: "s3cret: [1]"' in draft.text
    assert encoded("s3cret: [1]") not in draft.text
    assert patch(draft, draft.text.replace("s3cret: [1]", "new")) == {"data": {"password": encoded("new")}}
    edited = draft.text.replace('  empty: ""\n', "  user: |\n    root\n    admin\n")
    assert patch(draft, edited) == {"data": {"empty": None, "user": encoded("root\nadmin\n")}}


def test_line_ends_of_a_value_are_kept() -> None:
    manifest = {"metadata": {"name": "x"}, "data": {"a": encoded("one\ntwo\n\n"), "b": encoded("one\ntwo\n\n\n")}}
    draft = draft_of("prod-eu", kind("secrets"), manifest)
    assert draft.plan(draft.text, draft) is None
    assert draft.plan(draft.with_fault(draft.text, UsageError("x")), draft) is None


def test_what_is_no_text_stays_encoded() -> None:
    draft = secret()
    assert f"cert: {encoded(bytes([0, 255]))}" in draft.text
    assert draft.plan(draft.text, draft) is None


def test_what_kubectl_keeps_of_a_secret_is_not_in_the_text_and_stays() -> None:
    last = "kubectl.kubernetes.io/last-applied-configuration"
    draft = secret(annotations={last: encoded("s3cret: [1]"), "team": "blue"})
    assert last not in draft.text
    assert patch(draft, draft.text.replace("team: blue", "team: red")) == {"metadata": {"annotations": {"team": "red"}}}
    assert (
        "annotations"
        not in draft_of("c", kind("secrets"), {"metadata": {"name": "x", "annotations": {last: "{}"}}}).text
    )


def test_a_value_of_a_secret_must_be_text() -> None:
    draft = secret()
    with pytest.raises(UsageError, match=r"stringData\.password is no text"):
        draft.plan(draft.text.replace('"s3cret: [1]"', "8080"), draft)


def test_what_the_server_does_not_accept_is_told_with_its_line() -> None:
    fault = Invalid("It is not accepted", "it must be 0 or more")
    fault.fields = ("spec.replicas",)
    text = deployment().with_fault(deployment().text, fault)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "replicas: 3" in each)
    assert f"line {line}: It is not accepted" in text
