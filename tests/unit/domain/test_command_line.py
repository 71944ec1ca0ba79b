import re

import pytest

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.command_line import Command, Known, complete, parse_command
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.k9s_words import K9S_ALONE, K9S_WORDS
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.reserved_words import meaning_of

KNOWN = Known(
    KindIndex([*BUILTIN_KINDS, Kind("cert-manager.io", "v1", "certificates", "Certificate", short_names=("cert",))]),
    ["default", "shop", "staging"],
    ["prod-eu", "prod-us", "rack-7"],
)


def parsed(line: str) -> Command:
    return parse_command(line, KNOWN)


@pytest.mark.parametrize(
    ("line", "kind", "namespace", "cluster", "text"),
    [
        ("po", "pods", None, "", ""),
        (":pods", "pods", None, "", ""),
        ("deploy shop", "deployments.apps", "shop", "", ""),
        ("deploy -n shop", "deployments.apps", "shop", "", ""),
        ("pods -A", "pods", "", "", ""),
        ("pods all", "pods", "", "", ""),
        ("pods /checkout web", "pods", None, "", "checkout web"),
        ("pods app=web shop", "pods", "shop", "", "app=web"),
        ("pods @prod-us", "pods", None, "prod-us", ""),
        ("svc -n shop /web", "services", "shop", "", "web"),
        ("cert", "certificates.cert-manager.io", None, "", ""),
        ("Deployment", "deployments.apps", None, "", ""),
    ],
)
def test_a_kind_is_shown(line: str, kind: str, namespace: str | None, cluster: str, text: str) -> None:
    command = parsed(line)
    assert command.verb == "show"
    assert command.kind is not None
    assert (command.kind.id, command.namespace, command.cluster, command.filter) == (kind, namespace, cluster, text)


def test_words_of_k9s_are_understood() -> None:
    for line, kind in (("dp shop", "deployments.apps"), ("sec", "secrets"), ("crb", "clusterrolebindings")):
        shown = parsed(line)
        assert shown.verb == "show"
        assert shown.kind is not None
        assert shown.kind.id.startswith(kind)
    assert parsed("dp shop").namespace == "shop"
    assert [parsed(line).verb for line in ("pulses", "usr", "hm -A", "aliases")] == ["pulse", "users", "helm", "api"]
    assert [parsed(line).verb for line in ("portforward", "x deploy web", "Q")] == ["forwards", "xray", "quit"]


@pytest.mark.parametrize("word", K9S_ALONE)
def test_what_only_k9s_has_is_said_with_what_comes_near(word: str) -> None:
    assert not meaning_of(word), word
    with pytest.raises(UsageError, match="as there is in k9s") as told:
        parsed(f"{word} shop")
    for line in re.findall("`:([^`]+)`", told.value.next_step):
        parsed(line)


def test_every_word_of_k9s_leads_somewhere_and_hides_nothing() -> None:
    for word in K9S_WORDS:
        assert not meaning_of(word), word
        parsed(word)


def test_kinds_of_a_cluster_and_commands_of_a_person_go_before_a_word_of_k9s() -> None:
    credit = Kind("bank.example", "v1", "credits", "Credit", short_names=("cr",))
    command = parse_command("cr", Known(KindIndex([*BUILTIN_KINDS, credit])))
    assert command.kind == credit
    known = Known(KindIndex(BUILTIN_KINDS), operations=lambda: {"hm": "what a person's own command does", "dir": ""})
    assert parse_command("hm", known) == Command("operate", argument="hm")
    assert parse_command("dir", known) == Command("operate", argument="dir")
    work = Kind("apps.example", "v1", "workloads", "Workload")
    assert parse_command("workloads", Known(KindIndex([*BUILTIN_KINDS, work]))).kind == work


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("q", Command("quit")),
        ("quit", Command("quit")),
        ("ctx", Command("clusters")),
        ("ctx prod-eu", Command("ctx", cluster="prod-eu")),
        ("ns shop", Command("ns", namespace="shop")),
        ("ns all", Command("ns", namespace="")),
        ("theme light", Command("theme", argument="light")),
        ("ask why is web down?", Command("ask", argument="why is web down?")),
        ("chat", Command("chat")),
        ("chat rename the broken checkout", Command("chat", argument="rename the broken checkout")),
        ('note it\'s "sealed",  ask Ada', Command("note", argument='it\'s "sealed",  ask Ada')),
        ("note", Command("note")),
        ("tab", Command("tab")),
        ("tab close", Command("tab", argument="close")),
        ("tab deploy -n shop", Command("tab", argument="deploy -n shop")),
        ("split pods @prod-us", Command("split", argument="pods @prod-us")),
        ("help", Command("help")),
        ("helm", Command("helm")),
        ("helm shop", Command("helm", argument="shop")),
        (
            "helm install web './my charts/web' -f v.yaml",
            Command("helm-install", argument="web './my charts/web' -f v.yaml"),
        ),
        ("helm upgrade", Command("helm-upgrade")),
    ],
)
def test_other_commands(line: str, expected: Command) -> None:
    assert parsed(line) == expected


def test_ns_alone_lists_the_namespaces() -> None:
    command = parsed("ns")
    assert command.kind is not None
    assert command.kind.id == "namespaces"


def test_a_misspelt_kind_is_answered_with_near_ones() -> None:
    with pytest.raises(UsageError, match="deployments"):
        parsed("deploymets")


@pytest.mark.parametrize("line", ["", "   ", "pods -n"])
def test_half_a_command_says_what_is_missing(line: str) -> None:
    with pytest.raises(UsageError):
        parsed(line)


def test_a_chat_is_told_what_it_can_do() -> None:
    with pytest.raises(UsageError, match="branch, export, pin, rename, search, unpin"):
        parsed("chat brunch")


def test_an_open_quote_does_no_harm() -> None:
    assert parsed('pods /it"s').filter == 'it"s'


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("dep", "deployments"),
        ("po", "pods"),
        ("cert", "certificates"),
        ("ctx r", "ctx rack-7"),
        ("pods sh", "pods shop"),
        ("pods @prod-u", "pods @prod-us"),
        ("theme l", "theme light"),
        ("chat b", "chat branch"),
        ("bookmark s", "bookmark save"),
        ("tab c", "tab close"),
        ("tab cert", "tab certificates"),
        ("split pods @prod-u", "split pods @prod-us"),
    ],
)
def test_completion(line: str, first: str) -> None:
    assert first in [done.text for done in complete(line, KNOWN)]


def test_nothing_is_completed_in_free_text() -> None:
    assert complete("ask why", KNOWN) == []
    assert complete("note why", KNOWN) == []
    assert complete("pods /sh", KNOWN) == []


@pytest.mark.parametrize(
    ("line", "kind", "clusters", "namespace", "text"),
    [
        ("fleet", "pods", (), None, ""),
        ("fleet all", "pods", (), None, ""),
        ("fleet deploy @prod-eu @prod-us", "deployments.apps", ("prod-eu", "prod-us"), None, ""),
        ("fleet @prod-eu -n shop /web @home", "pods", ("prod-eu",), "shop", "web @home"),
        ("fleet po all -A app=web", "pods", (), "", "app=web"),
    ],
)
def test_a_fleet_is_shown(line: str, kind: str, clusters: tuple[str, ...], namespace: str | None, text: str) -> None:
    command = parsed(line)
    assert command.verb == "fleet"
    assert command.kind is not None
    found = (command.kind.id, command.clusters, command.namespace, command.filter)
    assert found == (kind, clusters, namespace, text)


def test_a_kind_of_a_fleet_may_be_one_that_only_its_clusters_know() -> None:
    command = parse_command("fleet widgets @prod-us -n shop", KNOWN)
    assert (command.kind, command.argument) == (None, "widgets")
    assert (command.clusters, command.namespace) == (("prod-us",), "shop")


def test_the_clusters_of_a_fleet_are_completed() -> None:
    assert [each.text for each in complete("fleet pods @prod-eu @pr", KNOWN)][-1] == "fleet pods @prod-eu @prod-us"
    assert [each.text for each in complete("fleet dep", KNOWN)] == ["fleet deployments"]


@pytest.mark.parametrize(
    ("line", "verb", "argument", "words"),
    [
        ("rollout", "history", "", ()),
        ("rollout status", "history", "", ()),
        ("rollout history deploy/web", "history", "deploy/web", ()),
        ("history", "history", "", ()),
        ("rollout undo", "operate", "rollback", ()),
        ("rollout undo --to-revision=3", "operate", "rollback", ("3",)),
        ("rollout undo 3", "operate", "rollback", ("3",)),
        ("rollout pause", "operate", "pause", ()),
    ],
)
def test_rollouts_are_said_as_to_kubectl(line: str, verb: str, argument: str, words: tuple[str, ...]) -> None:
    command = parsed(line)
    assert (command.verb, command.argument, command.words) == (verb, argument, words)


def test_what_is_nothing_of_a_rollout_is_told() -> None:
    with pytest.raises(UsageError, match=r'no "rollout back".*status, history, undo'):
        parsed("rollout back")
