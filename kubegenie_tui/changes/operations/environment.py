"""Environment variables of a workload's containers: set, change, take away."""

import re
from collections.abc import Sequence

from kubegenie_tui.changes.operations.labels import split_words
from kubegenie_tui.changes.operations.operation import TEMPLATED, Operation, Request, Targets, asking
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, TextField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.plan import PatchType, Plan, Step

EVERY = "every container"
_CONTAINER = "container="
"""Among the words it names the container: a line has no place of its own for that."""
_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]*")
"""Source: k8s.io/apimachinery validation.IsEnvVarName."""
Variables = dict[str, str | None]
"""Value by name; None takes the variable away."""


def has_environment(kind: Kind) -> bool:
    """Whether the variables of a kind's containers can be changed: those of a pod that runs cannot."""
    return kind.id in TEMPLATED


def read_variables(words: Sequence[str]) -> Variables:
    """`NAME=value` sets, `NAME-` takes away.

    Raises:
        UsageError: a word that is neither, or what cannot be the name of a variable.
    """
    variables: Variables = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and not word.endswith("-"):
            raise UsageError(f'"{word}" is neither NAME=value nor NAME-', next_step="a dash at the end takes it away")
        name = name if equals else word[:-1]
        if not _NAME.fullmatch(name):
            raise UsageError(f'"{name}" cannot be a variable', "letters, digits, _, . and -, no digit first")
        variables[name] = value if equals else None
    return variables


def environment_steps(targets: Targets, container: str, variables: Variables) -> list[Step]:
    """Change the variables of a container, or of every one when it is empty; what is so already is left out.

    Raises:
        UsageError: one of them has no such container.
    """
    return [step for target in targets if (step := _patch(target, container, variables)) is not None]


def _patch(target: Target, container: str, variables: Variables) -> Step | None:
    chosen = [each for each in target.containers("containers") if container in ("", text_at(each, "name"))]
    if not chosen:
        has = ", ".join(text_at(each, "name") for each in target.containers("containers"))
        raise UsageError(f'{target.words} has no container "{container}"', next_step=f"it has {has}")
    changed = [
        {"name": text_at(each, "name"), "env": entries} for each in chosen if (entries := _entries(each, variables))
    ]
    if not changed:
        return None
    whole: Manifest = {"containers": changed}
    for key in reversed(target.pod_spec_path.split(".")):
        whole = {key: whole}
    return target.patch(whole, PatchType.STRATEGIC)


def _entries(container: Manifest, variables: Variables) -> list[Manifest]:
    """What to merge into `env`; a value takes the place of a reference to a key."""
    there = {text_at(each, "name"): each for each in mappings_at(container, "env")}
    entries: list[Manifest] = []
    for name, value in variables.items():
        found = there.get(name)
        if value is None:
            entries += [{"name": name, "$patch": "delete"}] if found is not None else []
        elif found is None or found.get("value") != value:
            entries.append({"name": name, "value": value} | ({"valueFrom": None} if found else {}))
    return entries


def _fields(targets: Targets) -> Sequence[Field]:
    names = tuple(text_at(each, "name") for each in targets[0].containers("containers"))
    return (
        TextField("pairs", "Variables", hint='NAME=value or NAME="a value" sets, NAME- takes away'),
        ChoiceField("container", "Container", (EVERY, *names) if len(names) > 1 else names or (EVERY,)),
    )


async def _environment(request: Request) -> Plan:
    words = split_words(request.text("pairs"))
    named = [word for word in words if word.startswith(_CONTAINER)]
    variables = read_variables([word for word in words if word not in named])
    container = named[-1].removeprefix(_CONTAINER) if named else request.text("container")
    steps = environment_steps(request.targets, "" if container == EVERY else container, variables)
    title = f"Set {', '.join(variables)} in the environment of {called(request.targets)}"
    return request.plan(title, steps)


ENV = Operation("env", "set environment", has_environment, _environment, asking(_fields), takes_rest=True)
