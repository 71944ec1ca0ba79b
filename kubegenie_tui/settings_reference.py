"""The reference page of the settings, made from their types and docstrings."""

import sys

import msgspec

from kubegenie_tui.settings import Settings, describe, sections, variable

_HEAD = """# Settings

KubeGenie reads `settings.toml` in its configuration directory (`kubegenie doctor` shows where), then the environment,
which wins. Nothing needs to be set. This page is made from the code: `python -m kubegenie_tui.settings_reference`.

`KUBEGENIE_HOME` names a directory that takes the place of the configuration, data and cache directories.
`KUBEGENIE_PASSPHRASE_FILE` names a file with the passphrase of the kept credentials, for a machine without a keyring.
"""


def reference() -> str:
    """The settings reference in Markdown, made from the docstrings under the fields."""
    parts = [_HEAD]
    for section, struct in sections():
        parts.append(f"\n## [{section}]\n\n{(struct.__doc__ or '').strip()}\n")
        notes = _field_notes(struct)
        parts.extend(_entry(section, field, notes) for field in msgspec.structs.fields(struct))
    notes = _field_notes(Settings)
    parts.extend(
        f"\n## [{name}]\n\n{notes[name]}\n" for name in ("models", "keys", "columns", "cluster", "commands", "mcp")
    )
    return "".join(parts)


def _entry(section: str, field: msgspec.structs.FieldInfo, notes: dict[str, str]) -> str:
    default = msgspec.json.encode({} if field.default is msgspec.NODEFAULT else field.default).decode()
    extra = ", then `OPENAI_BASE_URL` if nothing else says" if field.name == "base_url" else ""
    by_environment = f" Environment: `{variable(section, field.name)}`{extra}." if default != "{}" else ""
    return (
        f"\n### `{field.name}` = `{default}`\n\n{notes[field.name]}\n\n"
        f"Allowed: {describe(field.type)}.{by_environment}\n"
    )


def _field_notes(struct: type[msgspec.Struct]) -> dict[str, str]:
    """The docstring under each field of a struct."""
    import ast
    import inspect
    import textwrap

    body = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(body, ast.ClassDef)
    notes: dict[str, str] = {}
    for field, note in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(note, ast.Expr):
            assert isinstance(note.value, ast.Constant)
            notes[field.target.id] = inspect.cleandoc(str(note.value.value))
    return notes


if __name__ == "__main__":
    sys.stdout.write(reference())
