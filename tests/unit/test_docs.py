"""The pages say what the code does: commands, keys, settings, pictures, rooms and links are checked."""

import importlib
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubegenie_tui.changes.operations.catalogue import OPERATIONS
from kubegenie_tui.cli.command_tree import commands
from kubegenie_tui.cli.parser import build_parser
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.command_line import Known, parse_command
from kubegenie_tui.domain.k9s_words import K9S_ALONE
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.key_words import key_word
from kubegenie_tui.keys import EVERY_KEY
from kubegenie_tui.providers.specs import ClusterSpec
from kubegenie_tui.provision.described import described
from kubegenie_tui.settings_reference import reference as settings_reference
from tests.control_plane import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
GUIDE = [ROOT / "README.md", DOCS / "index.md", *sorted((DOCS / "guide").glob("*.md"))]
CERTIFICATES = Kind("cert-manager.io", "v1", "certificates", "Certificate")
FOR_TESTS = {"KUBEGENIE_HOME", "KUBEGENIE_TEST_KUBECONFIG", "KUBEGENIE_TESTCLUSTER", "KUBEGENIE_REQUIRE_CLUSTER"}


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def shown_lines(page: Path) -> Iterator[str]:
    """The command lines of a page's console blocks, without their comments."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                yield re.sub(r"\s+#.*", "", line.removeprefix("$ "))


def code_spans(page: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


@pytest.mark.parametrize("page", GUIDE, ids=named)
def test_every_command_shown_is_one(page: Path) -> None:
    spans = [span for span in code_spans(page) if span.startswith("kubegenie ")]
    for line in [*shown_lines(page), *spans]:
        for part in re.split(r"[|;&]+|\\\|", line):
            words = shlex.split(part)
            if words and words[0].rpartition("/")[2] == "kubegenie" and len(words) > 1:
                check_command(words[1:])


def check_command(words: list[str]) -> None:
    if words[-1:] == ["|"]:
        words = words[:-1]
    known = {command.path: command for command in commands(build_parser())}
    if tuple(words) not in known:
        build_parser().parse_args(words)


def test_every_command_is_in_the_guide() -> None:
    guide = (DOCS / "guide" / "command-line.md").read_text(encoding="utf-8")
    for command in commands(build_parser()):
        if command.path and not command.verbs:
            assert f"kubegenie {' '.join(command.path)}" in guide, command.path


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_verb_of_make_is_one(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.search(r"\.PHONY: (.*)", makefile)[1].split())  # type: ignore[index]
    for line in [*shown_lines(page), *code_spans(page)]:
        words = shlex.split(line) if line.startswith("make ") else []
        assert {word for word in words[1:] if "=" not in word} <= verbs, line


@pytest.mark.parametrize("page", GUIDE, ids=named)
def test_every_key_with_a_modifier_does_something(page: Path) -> None:
    known = {key_word(name) for key in EVERY_KEY.values() for name in key.keys.split(",")}
    for span in code_spans(page):
        if re.fullmatch(r"(ctrl|alt|shift)\+\S+|f\d+", span):
            assert span in known, span


def test_every_colon_command_is_understood() -> None:
    words = {word: "" for operation in OPERATIONS for word in (operation.id, *operation.aliases)}
    known = Known(KindIndex((*BUILTIN_KINDS, CERTIFICATES)), ("shop",), ("prod-eu",), operations=lambda: words)
    spans = [span for page in GUIDE for span in code_spans(page) if re.match(r":[a-z]", span)]
    assert len(spans) > 15
    for span in spans:
        if span.removeprefix(":") not in K9S_ALONE:
            parse_command(span, known)


def test_every_word_of_k9s_that_means_nothing_here_is_in_the_guide() -> None:
    page = (DOCS / "guide" / "coming-from-k9s.md").read_text(encoding="utf-8")
    assert {f"`:{word}`" for word in ("workloads", "popeye", "dir", "screendumps", "benchmarks")} <= set(
        re.findall("`:[a-z]+`", page)
    )


def test_every_variable_is_read() -> None:
    known = {*re.findall(r"KUBEGENIE_[A-Z_]+", settings_reference()), *FOR_TESTS}
    for page in PAGES:
        assert set(re.findall(r"KUBEGENIE_[A-Z_]+", page.read_text(encoding="utf-8"))) <= known, page


@pytest.mark.parametrize("page", GUIDE, ids=named)
def test_every_cluster_that_is_described_is_one(page: Path) -> None:
    models = {name: (config, spec) for name, config, spec in makers()}
    for block in re.findall(r"```yaml[^\n]*\n(provider: .*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        told = yaml.safe_load(block)
        config, spec = models[told["provider"]]
        described(config, told.get("config", {}))
        described(spec, told["cluster"])


def test_whoever_makes_clusters_relies_on_what_the_guide_names() -> None:
    guide = (DOCS / "guide" / "write-a-provider.md").read_text(encoding="utf-8")
    toy = (ROOT / "tests" / "clouds" / "toy_provider.py").read_text(encoding="utf-8")
    relied_on = set(re.findall(r"^from (kubegenie_tui[.\w]*)", toy, re.MULTILINE))
    assert relied_on
    assert all(f"`{module}`" in guide for module in relied_on), relied_on
    [shown] = re.findall(r"```python\n(from kubegenie_tui\.providers\.making.*?)```", guide, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(shown, "write-a-provider.md", "exec"), names)
    step = names["Network"](None, ClusterSpec(name="shop", region="north", version=""), "kg1")
    assert step.planned.title == "Network shop"


def makers() -> Iterator[tuple[str, Any, Any]]:
    """Our own providers that make clusters, and the models of what they are told."""
    for file in (ROOT / "kubegenie_tui" / "providers").rglob("*.provider.toml"):
        manifest = tomllib.loads(file.read_text(encoding="utf-8"))
        if "spec" in manifest:
            models = (manifest[each].partition(":") for each in ("config", "spec"))
            yield (
                file.name.partition(".")[0],
                *(getattr(importlib.import_module(module), name) for module, _, name in models),
            )


def test_every_picture_is_shown_and_every_link_leads_somewhere() -> None:
    shown = set()
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                file = (page.parent / target).resolve()
                assert file.exists(), f"{named(page)} leads to {target}"
                shown.add(file)
    assert set((DOCS / "screenshots").glob("*.svg")) <= shown


def test_every_room_is_in_the_architecture() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "kubegenie_tui").iterdir():
        if path.name not in ("__init__.py", "__main__.py", "__pycache__", "py.typed"):
            assert f"`{path.name}{'/' if path.is_dir() else ''}`" in text, path.name


def test_the_floors_are_those_of_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    floors = next(contract["layers"] for contract in contracts["contracts"] if contract["type"] == "layers")
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    drawn = page.partition("## Floors")[2].partition("```text\n")[2].partition("\n\n")[0].splitlines()
    said = [set(re.split(r"\s+[·|]\s+", re.split(r"\s{3,}", line)[0].strip())) for line in drawn]
    assert said == [set(re.split(r"\s*[:|]\s*", floor)) for floor in floors]


def test_every_decision_is_listed() -> None:
    index = (DOCS / "adr" / "index.md").read_text(encoding="utf-8")
    for page in (DOCS / "adr").glob("0*.md"):
        assert f"({page.name})" in index
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}: ")


def test_every_page_is_in_the_navigation() -> None:
    """Else the site is not built: `make docs` is strict."""
    listed = re.findall(r"^ +- .*?([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} == {*listed}
