"""No key is written by hand where it is used: each has an id among our places, so that a person can give it another."""

import ast
from collections.abc import Iterator

from tests.control_plane import ROOT

MAKERS = {"kubegenie_tui/keys.py"}
"""Where Textual's bindings are made of ours."""


def test_every_binding_is_one_of_ours() -> None:
    sources = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "kubegenie_tui").rglob("*.py"))}
    read = {name: path.read_text(encoding="utf-8") for name, path in sources.items() if name not in MAKERS}
    assert [
        f"{name}:{line}" for name, source in read.items() if "bind" in source.lower() for line in by_hand(source)
    ] == []


def test_what_is_written_by_hand_is_found() -> None:
    source = """
from textual import binding
from textual.binding import Binding as Bound

class One(Widget):
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("table"), ("f5", "look", "look again")]

class Other(Widget):
    BINDINGS = bindings("text")
    more = [Bound("f6", "look"), binding.Binding("f7", "look")]

    def on_mount(self) -> None:
        self._bindings.bind("f8", "look")
        self._bindings.bind(command.key, "look")
"""
    assert sorted(by_hand(source)) == [6, 10, 10, 13]


def by_hand(source: str) -> Iterator[int]:
    """The lines with a binding that `bindings()` did not make."""
    nodes = list(ast.walk(ast.parse(source)))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "textual.binding"]
    textuals = {each.asname or each.name for node in imports for each in node.names if each.name == "Binding"}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            lists = [line.value for line in node.body if _is_list_of_keys(line)]  # type: ignore[attr-defined]
            yield from (part.lineno for each in lists for part in _parts(each) if not _is_ours(part))
        elif isinstance(node, ast.Call) and (_is_textuals(node.func, textuals) or _binds(node)):
            yield node.lineno


def _is_list_of_keys(line: ast.stmt) -> bool:
    """Whether Textual reads it."""
    targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
    return any(isinstance(target, ast.Name) and target.id == "BINDINGS" for target in targets)


def _parts(value: ast.expr | None) -> list[ast.expr]:
    elements = value.elts if isinstance(value, ast.List | ast.Tuple) else [value] if value else []
    return [each.value if isinstance(each, ast.Starred) else each for each in elements]


def _is_ours(part: ast.expr) -> bool:
    return isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "bindings"


def _is_textuals(func: ast.expr, textuals: set[str]) -> bool:
    return ast.unparse(func) in textuals | {"binding.Binding", "textual.binding.Binding"}


def _binds(call: ast.Call) -> bool:
    """Whether a key that stands there is bound; one of a person's own commands does not stand there."""
    key = call.args[0] if call.args else None
    bound = isinstance(call.func, ast.Attribute) and call.func.attr == "bind"
    return bound and isinstance(key, ast.Constant) and isinstance(key.value, str)
