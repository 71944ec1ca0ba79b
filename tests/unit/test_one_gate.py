"""No path but the gate writes to a cluster: all of our code is read for another one.

There is one exception: a provider that makes clusters by way of a cluster that manages others writes there. It does so
in `providers/managing.py` alone, with the approval that a work's step is given and that the outline was typed for, and
the engine puts each of its requests on record, as it does for those to a cloud.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "kubegenie_tui"
REVIEWS = ("create_self_subject_", "create_subject_access_review", "create_local_subject_access_review")
"""POSTs that change nothing."""
MANAGING = "providers/managing.py"


@functools.cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    names = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
    ours = {name: path for name, path in names.items() if not name.startswith("demo/")}
    return tuple((name, ast.parse(path.read_text(encoding="utf-8"))) for name, path in ours.items())


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_get(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == "GET"


def imports_of(name: str, module: str = "writes") -> set[str]:
    """The files that import a name from a module of `kube`."""
    return {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == f"kubegenie_tui.kube.{module}"
        for alias in node.names
        if alias.name == name
    }


def test_only_the_gate_imports_what_writes() -> None:
    assert imports_of("write") == {"changes/carrying.py", MANAGING}
    assert imports_of("dry_run") == {"changes/look.py", "changes/budgets.py", "changes/room.py", MANAGING}


def test_a_managing_cluster_is_written_to_with_an_approval_alone() -> None:
    tree = dict(sources())[MANAGING]
    writing = {
        function.name: [argument.arg for argument in function.args.args]
        for function in ast.walk(tree)
        if isinstance(function, ast.AsyncFunctionDef)
        if any(called(call) == "write" for call in calls(function))
    }
    assert writing.keys() == {"create", "patch", "delete"}
    assert all(arguments[-1] == "approval" for arguments in writing.values())
    rooms = ("providers/cluster_api/", "providers/crossplane/")
    importing = {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "kubegenie_tui.providers.managing"
    }
    assert all(file.startswith(rooms) for file in importing)


def test_helm_writes_for_the_gate_alone() -> None:
    assert imports_of("write_release", "helm") == {"changes/by_helm.py"}
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == "write_release"} == {
        "changes/by_helm.py"
    }
    assert {
        file
        for file, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "kubegenie_tui.changes.by_helm"
    } == {"changes/gate.py"}


def test_helm_is_told_to_write_only_with_an_approval() -> None:
    tree = dict(sources())["kube/helm.py"]
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}
    writing = {
        name
        for name, function in functions.items()
        for call in calls(function)
        if called(call) == "_release" and not any("dry-run" in ast.unparse(argument) for argument in call.args)
    }
    assert writing == {"write_release"}
    assert "approval" in [argument.arg for argument in functions["write_release"].args.args]
    words = {ast.unparse(call.args[0]).partition(",")[0] for call in calls(tree) if called(call) == "_run"}
    assert words == {"['package'", "['pull'", "['show'", "words"}


@pytest.mark.parametrize("name", ["create_subprocess_exec", "create_subprocess_shell", "Popen"])
def test_programs_are_started_in_known_places(name: str) -> None:
    """A program might write to a cluster by itself: what a person names, credentials, helm, the demo, and ourselves."""
    known = {
        "kube/program.py", "screens/user_commands.py", "screens/outside.py", "cli/demo.py", "provision/process.py",
    }  # fmt: skip
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == name} <= known


def test_our_programs_are_helm_and_credentials() -> None:
    assert imports_of("run_program", "program") == {"kube/helm.py", "kube/auth/exec_plugin.py", "agents/secrets.py"}


def test_only_one_place_makes_an_approval() -> None:
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == "Approval"} == {
        "changes/approval.py"
    }
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == "approve"} <= {
        "changes/gate.py", "changes/by_rule.py", "screens/plan.py", "cli/changing.py", "provision/works.py",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["make", "remove"])
def test_a_step_is_made_and_removed_on_record_alone(name: str) -> None:
    """With the approval as their last argument, as every step takes it."""
    found = {
        (file, ast.unparse(outer.func))
        for file, tree in sources()
        for outer in calls(tree)
        for argument in outer.args
        if isinstance(argument, ast.Lambda)
        for call in calls(argument)
        if called(call) == name and call.args and ast.unparse(call.args[-1]) == "approval"
    }
    assert found == {("provision/engine.py", "self._requested")}


@pytest.mark.parametrize("name", ["request", "post"])
def test_only_the_doors_send_what_is_not_a_get(name: str) -> None:
    doors = {"kube/client.py", "kube/typed.py", "kube/writes.py", "kube/http/connection.py"}
    found = {file for file, tree in sources() for call in calls(tree) if called(call) == name and not is_get(call)}
    assert {file for file in found if file.startswith("kube/")} <= doors | {"kube/auth/issuer.py", "kube/reviews.py"}
    assert name == "post" or not {file for file in found if not file.startswith("kube/")}


def test_what_is_posted_past_the_gate_is_a_review() -> None:
    posts = [call for call in calls(dict(sources())["kube/reviews.py"]) if called(call) == "post"]
    assert [ast.unparse(call.args[0]).partition("/")[0] for call in posts] == ["f'{_REVIEWS}"]


def test_the_typed_client_is_only_asked_for_reviews() -> None:
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == "typed_client"} == {
        "kube/reviews.py"
    }
    tree = dict(sources())["kube/reviews.py"]
    verbs = ("create_", "delete_", "patch_", "replace_")
    assert all(called(call).startswith(REVIEWS) for call in calls(tree) if called(call).startswith(verbs))


def test_only_a_session_on_record_reaches_into_a_pod() -> None:
    """Through a stream a process could change anything: none is opened but where its intent is noted first."""
    assert {file for file, tree in sources() for call in calls(tree) if called(call) == "connect"} == {
        "kube/client.py", "kube/jump.py", "kube/streams/process.py", "kube/streams/tunnel.py",
        "store/database.py", "store/store.py",
    }  # fmt: skip
    assert imports_of("execute", "streams.process") == {"agents/pod_access.py"}
    assert imports_of("attach", "streams.process") == {"agents/pod_access.py"}
    assert imports_of("open_tunnel", "streams.tunnel") == {"agents/forwards.py"}
    recorded = next(
        node
        for node in ast.walk(dict(sources())["agents/pod_access.py"])
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "_recorded"
    )
    noted, started = (
        next(call.lineno for call in calls(recorded) if called(call) == name) for name in ("intend", "start")
    )
    assert noted < started
