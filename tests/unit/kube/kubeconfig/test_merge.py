"""Several kubeconfig files mean to us what they mean to kubectl."""

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubegenie_tui.kube.context import AuthInfo, Context, Secret
from kubegenie_tui.kube.kubeconfig.loader import Kubeconfig, kubeconfig_paths, load_kubeconfig

API = "client.authentication.k8s.io/v1"
EXTENSION = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x", "list": [1, None, "é"]}}
MISSING, EMPTY = "missing", "empty"

NAMES = st.sampled_from(["a b", "arn:aws:eks:eu-1:1:cluster/x"])
WORDS = st.sampled_from(["x", "jane", "with space", "ünïcode", "007", "true", "2026-01-01", "~", "null", "a: b"])


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of these fields."""
    return st.fixed_dictionaries({}, optional={name.replace("_", "-"): value for name, value in fields.items()})


CLUSTERS = st.builds(
    lambda server, trust, other: {"server": server, **trust, **other},
    st.sampled_from(["https://a.example.com", "https://b:6443/", "http://[::1]:8001/k8s/c", "ftp://c"]),
    st.sampled_from(
        [
            {},
            {"certificate-authority": "ca.pem"},
            {"certificate-authority-data": encoded("inline authority")},
            {"insecure-skip-tls-verify": True},
        ]
    ),
    some(
        tls_server_name=WORDS,
        proxy_url=st.just("http://proxy:3128"),
        extensions=st.just([EXTENSION]),
    ),
)
USERS = st.builds(
    lambda *parts: {key: value for part in parts for key, value in part.items()},
    st.sampled_from(
        [
            {},
            {"client-certificate": "client.pem", "client-key": "client.key"},
            {"client-certificate-data": encoded("certificate"), "client-key-data": encoded("key")},
            {"client-certificate": "client.pem", "client-key-data": encoded("key")},
        ]
    ),
    st.sampled_from([{}, {"tokenFile": "token"}, {"tokenFile": "/run/token"}]),
    some(token=WORDS, username=WORDS, password=WORDS),
    st.one_of(
        st.just({}),
        st.builds(
            lambda who, more: {"as": who, **more},
            WORDS,
            some(
                as_uid=WORDS,
                as_groups=st.lists(WORDS, max_size=2),
                as_user_extra=st.dictionaries(st.sampled_from(["k", "x.io/y"]), st.lists(WORDS, max_size=2)),
            ),
        ),
    ),
    st.one_of(
        st.just({}),
        st.builds(
            lambda command, more: {"exec": {"apiVersion": API, "command": command, **more}},
            st.sampled_from(["plugin", "/bin/plugin"]),
            some(
                args=st.lists(WORDS, max_size=2),
                env=st.lists(st.fixed_dictionaries({"name": WORDS, "value": WORDS}), max_size=2),
                interactiveMode=st.sampled_from(["Never", "IfAvailable", "Always"]),
                provideClusterInfo=st.booleans(),
                installHint=WORDS,
            ),
        ),
        st.just({"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "https://i", "client-id": "c"}}}),
    ),
)
CONTEXTS = st.builds(
    lambda cluster, user, other: {"cluster": cluster, "user": user, **other},
    NAMES,
    st.sampled_from(["a b", "arn:aws:eks:eu-1:1:cluster/x", "nobody", ""]),
    some(namespace=WORDS),
)


def section(body: str, bodies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    entries = st.dictionaries(NAMES, bodies, min_size=1) | st.sampled_from([{}, {"a b": None}])
    return entries.map(lambda found: [{"name": key, body: value} for key, value in found.items()] or None)


FILES = st.fixed_dictionaries(
    {
        "clusters": section("cluster", CLUSTERS),
        "users": section("user", USERS),
        "contexts": section("context", CONTEXTS),
    },
    optional={"current-context": NAMES | st.just(""), "apiVersion": st.just("v1"), "kind": st.just("Config")},
)
LISTS = st.builds(
    lambda files, odd, place: files if odd is None else [*files[:place], odd, *files[place:]],
    st.lists(FILES, min_size=1, max_size=3),
    st.sampled_from([None, MISSING, EMPTY]),
    st.integers(0, 2),
)


def write(directory: Path, content: Any) -> Path:
    """A kubeconfig in a directory of its own, beside the files that it names."""
    directory.mkdir()
    for name in ("ca.pem", "client.pem", "client.key", "token"):
        (directory / name).write_text(f"{name} of {directory.name}")
    path = directory / "config"
    if content != MISSING:
        path.write_text("" if content == EMPTY else yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def by_kubectl(kubectl: Path, environ: dict[str, str]) -> dict[str, Any]:
    command = [str(kubectl), "config", "view", "--raw", "--flatten", "-o", "json"]
    answer = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stderr.decode()
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=LISTS)
def test_as_kubectl(kubectl: Path, contents: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        files = [write(Path(directory, str(number)), content) for number, content in enumerate(contents)]
        environ = {"KUBECONFIG": os.pathsep.join(map(str, files)), "HOME": directory}
        ours, theirs = load_kubeconfig(kubeconfig_paths(None, environ)), by_kubectl(kubectl, environ)
        compare(ours, theirs)


def compare(ours: Kubeconfig, theirs: dict[str, Any]) -> None:
    contexts, clusters, users = (
        {entry["name"]: entry[body] for entry in theirs[section] or []}
        for section, body in (("contexts", "context"), ("clusters", "cluster"), ("users", "user"))
    )
    assert ours.contexts.keys() == contexts.keys()
    current = theirs["current-context"]
    assert ours.current == (current if current in contexts else "")
    assert [error.what for error in ours.errors] == (
        [f'The current context "{current}" does not exist'] if current and current not in contexts else []
    )
    for name, body in contexts.items():
        context = ours.contexts[name]
        assert (context.name, context.cluster_name, context.user_name, context.namespace) == (
            name,
            body["cluster"],
            body["user"],
            body.get("namespace", ""),
        )
        cluster, user = clusters.get(body["cluster"]), users.get(body["user"], None if body["user"] else {})
        usable = cluster is not None and user is not None and cluster["server"].startswith("http")
        assert (context.problem is None) == usable
        if cluster is not None and user is not None and usable:
            compare_cluster(context, cluster)
            compare_user(context.auth, user)
            if context.auth.exec and cluster.get("extensions"):
                assert json.loads(context.auth.exec.cluster_config) == EXTENSION["extension"]


def content(data: str, file: str) -> str:
    """Base64 of what we would use, as `--flatten` writes it."""
    return encoded(data or (Path(file).read_text() if file else ""))


def compare_cluster(context: Context, body: dict[str, Any]) -> None:
    tls = context.tls
    assert context.server == body["server"].rstrip("/")
    assert context.proxy_url == body.get("proxy-url", "")
    assert tls.server_name == body.get("tls-server-name", "")
    assert tls.insecure == body.get("insecure-skip-tls-verify", False)
    assert content(tls.ca_data, tls.ca_file) == body.get("certificate-authority-data", "")


def compare_user(auth: AuthInfo, body: dict[str, Any]) -> None:
    assert content(auth.certificate_data, auth.certificate_file) == body.get("client-certificate-data", "")
    assert content(auth.key_data.value, auth.key_file) == body.get("client-key-data", "")
    # kubectl shows it as it is written, and reads it from beside the kubeconfig.
    assert Path(auth.token_file).name == Path(body.get("tokenFile", "")).name
    assert not auth.token_file or Path(auth.token_file).is_absolute()
    for secret, field in ((auth.token, "token"), (auth.password, "password")):
        assert secret == Secret(body.get(field, ""))
    assert auth.username == body.get("username", "")
    whom = auth.impersonation
    assert (whom.user, whom.uid, list(whom.groups)) == (
        body.get("as", ""),
        body.get("as-uid", ""),
        body.get("as-groups") or [],
    )
    assert {key: list(values) for key, values in whom.extra} == (body.get("as-user-extra") or {})
    assert (auth.oidc is not None) == ("auth-provider" in body)
    assert (auth.exec is not None) == ("exec" in body)
    if auth.exec is not None:
        plugin, said = auth.exec, body["exec"]
        assert (plugin.command, list(plugin.args), plugin.install_hint, plugin.provide_cluster_info) == (
            said["command"],
            said["args"] or [],
            said.get("installHint", ""),
            said["provideClusterInfo"],
        )
        assert plugin.interactive_mode == said.get("interactiveMode", "IfAvailable")
        assert [{"name": name, "value": value} for name, value in plugin.env] == (said["env"] or [])
