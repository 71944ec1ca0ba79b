import base64
from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.context import Context, Problem
from kubegenie_tui.kube.kubeconfig.loader import in_cluster, kubeconfig_paths, load_kubeconfig

HEALTHY = """\
current-context: good
clusters:
- {name: c, cluster: {server: "https://healthy:6443"}}
users:
- {name: u, user: {token: secret-token}}
contexts:
- {name: good, context: {cluster: c, user: u, namespace: team-a}}
"""


def written(directory: Path, text: str, name: str = "config") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def loaded(directory: Path, text: str) -> dict[str, Context]:
    return load_kubeconfig([written(directory, text)]).contexts


def problem_of(directory: Path, cluster: str = "{server: 'https://s'}", user: str = "{}") -> Problem:
    """What is wrong with a context of this cluster (line 2) and user (line 5)."""
    text = (
        f"clusters:\n- cluster: {cluster}\n  name: c\nusers:\n- user: {user}\n  name: u\n"
        "contexts:\n- {name: x, context: {cluster: c, user: u}}\n"
    )
    problem = loaded(directory, text)["x"].problem
    assert problem is not None
    assert problem.file == str(directory / "config")
    return problem


def test_the_files_that_kubectl_would_read(tmp_path: Path) -> None:
    assert kubeconfig_paths(Path("mine"), {"KUBECONFIG": "other"}) == [Path("mine")]
    assert kubeconfig_paths(None, {"KUBECONFIG": "b::a:b"}) == [Path("b"), Path("a")]
    assert kubeconfig_paths(None, {"HOME": str(tmp_path), "KUBECONFIG": ""}) == [tmp_path / ".kube" / "config"]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="No kubeconfig was found") as raised:
        load_kubeconfig([tmp_path / "one", tmp_path / "two"])
    assert str(tmp_path / "one") in raised.value.why
    assert str(tmp_path / "two") in raised.value.why
    assert "--kubeconfig" in raised.value.next_step


def test_an_empty_file_is_a_kubeconfig_without_contexts(tmp_path: Path) -> None:
    for text in ("", "# nothing\n", "---\n", "clusters: null\n"):
        found = load_kubeconfig([written(tmp_path, text)])
        assert (found.contexts, found.current, found.errors) == ({}, "", ())


def test_a_mark_for_the_byte_order_is_passed_over(tmp_path: Path) -> None:
    assert loaded(tmp_path, f"\ufeff{HEALTHY}")["good"].server == "https://healthy:6443"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("clusters:\n- name: a\n  cluster: [\n", "not valid YAML", 4),
        ("a: b\n\tc: d\n", "not valid YAML", 2),
        ("- a\n", "top of the file is not a mapping", 1),
        ("just text\n", "top of the file is not a mapping", 1),
        ("apiVersion: v1\nkind: Pod\n", "its kind is Pod", 2),
        ("a: !!python/object/apply:os.system [ls]\n", "not valid YAML", 1),
    ],
)
def test_a_file_that_is_no_kubeconfig(tmp_path: Path, text: str, words: str, line: int) -> None:
    path = written(tmp_path, text)
    with pytest.raises(KubeconfigError, match=words) as raised:
        load_kubeconfig([path])
    assert (raised.value.file, raised.value.line) == (str(path), line)
    assert str(raised.value).startswith(f"{path}:{line} · ")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="cannot be read"):
        load_kubeconfig([tmp_path])
    path = tmp_path / "config"
    path.write_bytes(b"\x80\x81")
    with pytest.raises(KubeconfigError, match="not UTF-8"):
        load_kubeconfig([path])


def test_a_broken_file_hides_no_other(tmp_path: Path) -> None:
    broken = written(tmp_path, "clusters: [", "broken")
    found = load_kubeconfig([broken, written(tmp_path, HEALTHY)])
    assert list(found.contexts) == [found.current] == ["good"]
    assert [error.file for error in found.errors] == [str(broken)]


def test_broken_entries_hide_no_other(tmp_path: Path) -> None:
    text = f"""{HEALTHY}- just text
- context: {{cluster: c}}
- {{name: 7, context: {{cluster: c}}}}
- {{name: good, context: {{cluster: other}}}}
- {{name: odd, context: [c]}}
- {{name: lost, context: {{cluster: c, user: nobody}}}}
- {{name: nowhere, context: {{}}}}
- {{name: wrong, context: {{cluster: c, namespace: [a]}}}}
"""
    found = load_kubeconfig([written(tmp_path, text)])
    good = found.contexts["good"]
    assert good.problem is None
    assert good.error is None
    assert (good.server, good.namespace) == ("https://healthy:6443", "team-a")
    assert [(error.line, error.what) for error in found.errors] == [
        (8, "An entry of contexts is not a mapping"),
        (9, "An entry of contexts has no name"),
        (10, "An entry of contexts has no name"),
        (11, 'contexts names "good" twice'),
        (12, '"context" of "odd" is not a mapping'),
    ]
    assert {name: context.problem.line for name, context in found.contexts.items() if context.problem} == {
        "lost": 13,
        "nowhere": 14,
        "wrong": 15,
    }
    lost = found.contexts["lost"].error
    assert lost is not None
    assert 'names the user "nobody", which does not exist' in lost.what
    assert lost.why == "known: u"


def test_sections_that_are_no_lists(tmp_path: Path) -> None:
    found = load_kubeconfig([written(tmp_path, "clusters: {}\nusers: 7\ncurrent-context: [a]\ncontexts: x\n")])
    assert [error.what for error in found.errors] == [
        "current-context is not text",
        "users is not a list",
        "contexts is not a list",
    ]


@pytest.mark.parametrize(
    ("cluster", "words"),
    [
        ("{}", "server is not set"),
        ("{server: ''}", "server is not set"),
        ("{server: 'ftp://s'}", "is not an http or https URL"),
        ("{server: 'https://s:port'}", "is not an http or https URL"),
        ("{server: 'https://[::1'}", "is not an http or https URL"),
        ("{server: [a]}", "server should be text, not a list"),
        (
            "{server: 'https://s', insecure-skip-tls-verify: 'true'}",
            "insecure-skip-tls-verify should be true or false, not text",
        ),
        ("{server: 'https://s', insecure-skip-tls-verify: true, certificate-authority: f}", "only one of them"),
        ("{server: 'https://s', certificate-authority-data: '%%%'}", "certificate-authority-data"),
    ],
)
def test_what_is_wrong_with_a_cluster(tmp_path: Path, cluster: str, words: str) -> None:
    problem = problem_of(tmp_path, cluster=cluster)
    assert words in f"{problem.what} · {problem.why}"
    assert problem.line == 2


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("{token: 123}", "token should be text, not a number"),
        ("{client-certificate: f}", "needs both a client certificate and a client key"),
        ("{client-key-data: aGk=}", "needs both a client certificate and a client key"),
        ("{client-certificate-data: '*', client-key: f}", "client-certificate-data"),
        ("{as-groups: [a]}", "without a user"),
        ('{as: "a\\nb"}', "control characters"),
        ("{exec: {command: x}}", "exec lacks apiVersion"),
        ("{exec: {command: x, apiVersion: v, args: [1]}}", "exec.args.0 should be text, not a number"),
        ("{auth-provider: {name: gcp}}", "was removed from Kubernetes in 1.26"),
    ],
)
def test_what_is_wrong_with_a_user(tmp_path: Path, user: str, words: str) -> None:
    problem = problem_of(tmp_path, user=user)
    assert words in f"{problem.what} · {problem.why}"
    assert problem.line == 5


def test_the_line_of_a_deep_field(tmp_path: Path) -> None:
    text = HEALTHY.replace(
        "- {name: u, user: {token: secret-token}}",
        "- name: u\n  user:\n    exec:\n      apiVersion: v1\n      command: x\n      args:\n      - one\n      - 2",
    )
    problem = loaded(tmp_path, text)["good"].problem
    assert problem is not None
    assert (problem.line, problem.why) == (12, "exec.args.1 should be text, not a number")


def test_messages_and_representations_hold_no_secret(tmp_path: Path) -> None:
    key = base64.b64encode(b"hush").decode()
    user = f"{{token: hush, password: hush, client-key-data: {key}, client-certificate: c.pem, exec: WRONG}}"
    assert "hush" not in repr(problem_of(tmp_path, user=user))
    kubeconfig = load_kubeconfig([written(tmp_path, HEALTHY.replace("{token: secret-token}", user[:-14] + "}"))])
    auth = kubeconfig.contexts["good"].auth
    assert auth.key_data.value == auth.token.value == auth.password.value == "hush"
    assert "hush" not in repr(kubeconfig)


def test_in_a_pod(tmp_path: Path) -> None:
    environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    assert in_cluster(environ, tmp_path) is None, "no token is mounted"
    (tmp_path / "token").write_text("t")
    assert in_cluster({}, tmp_path) is None
    context = in_cluster(environ, tmp_path)
    assert context is not None
    assert (context.server, context.namespace) == ("https://10.0.0.1:443", "")
    assert context.auth.token_file == str(tmp_path / "token")
    assert context.tls.ca_file == str(tmp_path / "ca.crt")
    (tmp_path / "namespace").write_text("team-a\n")
    context = in_cluster({**environ, "KUBERNETES_SERVICE_HOST": "fd00::1"}, tmp_path)
    assert context is not None
    assert (context.server, context.namespace) == ("https://[fd00::1]:443", "team-a")
