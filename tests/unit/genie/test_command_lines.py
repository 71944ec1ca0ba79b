"""Lines of kubectl as a person types them: what is not understood of one is said."""

import pytest

from kubegenie_tui.domain.conversation import Finished, TextDelta
from kubegenie_tui.genie.offline.command_lines import flags_left_out, is_elsewhere
from kubegenie_tui.genie.offline.engine import answer, understand
from kubegenie_tui.genie.reading.scope import Scope


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("kubectl get pods -n shop -o wide", ""),
        ("k get po -A -l app=web --sort-by=.metadata.name", ""),
        ("kubectl logs -f deploy/web-api --tail=50 --since 1h", ""),
        ("$ kubectl get pods --server=http://evil.example --token x", "“--server”, “--token”"),
        ("kubectl get pods --frobnicate", "“--frobnicate”"),
        ("kubectl exec web-0 -- ls --color", ""),
        ("show me pods --frobnicate", ""),
    ],
)
def test_flags_that_are_not_understood(line: str, flags: str) -> None:
    assert flags_left_out(line) == (f"I do not know {flags} and left it out." if flags else "")


@pytest.mark.parametrize(
    ("line", "is_it"),
    [
        ("kubectl proxy", True),
        ("kubectl config view --raw", True),
        ("kubectl create token default", True),
        ("kubectl config use-context staging", False),
        ("kubectl get pods", False),
        ("what does the proxy do?", False),
    ],
)
def test_commands_that_are_not_ours(line: str, is_it: bool) -> None:
    assert is_elsewhere(line) is is_it


async def test_the_answer_says_what_was_left_out(prod: Scope) -> None:
    events = [event async for event in answer(prod, "kubectl get pods -n shop --frobnicate")]
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert said.startswith("*I do not know “--frobnicate” and left it out.*")


async def test_a_command_that_is_not_ours_is_taken_for_no_name(prod: Scope) -> None:
    events = [event async for event in answer(prod, "kubectl proxy")]
    assert isinstance(events[-1], Finished)
    assert not events[-1].understood
    assert (await understand(prod, ["kubectl config view --raw"])).verb == ""


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (".metadata.creationTimestamp", "AGE"),
        (".status.startTime", "AGE"),
        ("'{.status.startTime}'", "AGE"),
        (".metadata.name", "NAME"),
        ("'.metadata.name'", "NAME"),
        (".status.containerStatuses[0].restartCount", "RESTARTS"),
        ("'{.status.containerStatuses[0].restartCount}'", "RESTARTS"),
        (".spec.nodeName", "NODE"),
        ("age", "AGE"),
    ],
)
async def test_the_paths_that_kubectl_sorts_by_are_columns(prod: Scope, path: str, column: str) -> None:
    line = f"kubectl get pods -n shop --sort-by={path}"
    asked = await understand(prod, [line])
    assert (asked.verb, asked.kind, asked.namespace, asked.note) == ("list", "pods", "shop", "")
    assert asked.details.sort == column
    events = [event async for event in answer(prod, line)]
    assert isinstance(events[-1], Finished)
    assert events[-1].understood


@pytest.mark.parametrize(
    "said", ["export the kubeconfig", "export kubeconfig", "export my kube config", "save the kubeconfig to a file"]
)
async def test_the_kubeconfig_is_taken_for_no_name(prod: Scope, said: str) -> None:
    assert (await understand(prod, [said])).verb == ""


@pytest.mark.parametrize(
    "said",
    [
        "show me the password in checkout-db",
        "what is the password of checkout-db?",
        "show me the credentials in secret checkout-db",
    ],
)
async def test_a_password_is_looked_for_in_a_secret(prod: Scope, said: str) -> None:
    asked = await understand(prod, [said])
    assert (asked.verb, asked.kind, asked.name, asked.namespace) == ("describe", "secrets", "checkout-db", "shop")
