"""Nothing heavy is imported before it is needed: a start must not wait for what it does not use."""

import subprocess
import sys

import pytest

LIBRARIES = {
    "textual", "rich", "aiohttp", "msgspec", "yaml", "openai", "pydantic", "kubernetes", "kubernetes_asyncio", "mcp",
    "uvicorn", "asyncssh",
}  # fmt: skip
"""Everything that costs more than a few milliseconds."""
NEVER_BEFORE_FIRST_PAINT = {
    "openai",
    "pydantic",
    "kubernetes",
    "kubernetes_asyncio",
    "mcp",
    "uvicorn",
    "boto3",
    "botocore",
    "google",
    "azure",
}
_TOOLS = ("arguments", "catalogue", "proposals", "reference", "taking")
IN_A_THREAD_WHEN_ASKED = tuple(f"kubegenie_tui.genie.tools.{name}" for name in _TOOLS)
"""A model's tools are described by pydantic models; the toolbox imports them in a thread with the first question."""
MODELS_OF_PROVIDERS = ("_config", "_spec", ".specs")
"""How modules end that describe what a provider is given; each is imported with its provider."""


def imported_by(code: str) -> set[str]:
    """Top-level names in `sys.modules` after `code`, in a Python of its own."""
    program = f"{code}\nimport sys\nprint('MODULES', *sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import kubegenie_tui",
        "import kubegenie_tui.cli",
        "from kubegenie_tui.cli.parser import build_parser; build_parser()",
        "from kubegenie_tui.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass",
        "from kubegenie_tui.cli import main\ntry: main(['get', '--help'])\nexcept SystemExit: pass",
        "from kubegenie_tui.cli import main; main(['no-such-verb'])",
    ],
)
def test_the_command_line_costs_nothing_before_its_verb_runs(code: str) -> None:
    assert imported_by(code) & LIBRARIES == set()


def test_the_package_itself_imports_nothing() -> None:
    assert imported_by("import kubegenie_tui") - imported_by("") == {"kubegenie_tui"}


@pytest.mark.parametrize(
    "room",
    ["kube", "store", "llm", "mcp", "agents", "genie", "providers", "settings", "paths", "plugin", "domain"],
)
def test_rooms_below_the_screens_do_without_textual(room: str) -> None:
    code = f"""
import importlib, pkgutil
room = importlib.import_module("kubegenie_tui.{room}")
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    if module.name not in {IN_A_THREAD_WHEN_ASKED} and not module.name.endswith({MODELS_OF_PROVIDERS}):
        importlib.import_module(module.name)
"""
    assert imported_by(code) & ({"textual", "rich"} | NEVER_BEFORE_FIRST_PAINT) == set()


def test_plugins_are_listed_without_what_shows_or_configures_them() -> None:
    listing = "from kubegenie_tui.cli import main; main(['plugins', 'list'])"
    assert imported_by(listing) & ({"textual", "rich"} | NEVER_BEFORE_FIRST_PAINT) == set()


def test_the_app_module_imports_no_client_and_no_model_library() -> None:
    assert imported_by("import kubegenie_tui.app") & NEVER_BEFORE_FIRST_PAINT == set()
