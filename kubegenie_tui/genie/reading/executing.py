"""A command in a container, run when the person lets it: for what no look-up tells, such as whether a name resolves."""

import shlex
from collections.abc import Sequence

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain_lines
from kubegenie_tui.genie.leave import require_leave
from kubegenie_tui.genie.reading.learning import learn_secrets_of
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope


async def execute(
    scope: Scope, name: str, namespace: str | None, container: str, command: Sequence[str], why: str
) -> Result:
    """What a command wrote and how it ended, secrets masked.

    Raises:
        UsageError: there is no command, or nothing can be run from here.
        ModelError: the person does not want it to be run.
        KubeGenieError: it cannot be run.
    """
    if scope.execute is None:
        raise UsageError("No command can be run from here", "the genie only reads here")
    if not command or not command[0]:
        raise UsageError("There is no command", next_step='name a program and its arguments: ["ls", "/tmp"]')
    pod = await resolve(scope, scope.kind("pods"), name, namespace)
    line = shlex.join(command)
    asked = {"cluster": pod.cluster, "pod": f"{pod.namespace}/{pod.name}", "container": container, "command": line}
    await require_leave(
        "exec", "would run in a container", {key: value for key, value in (asked | {"why": why}).items() if value}
    )
    await learn_secrets_of(scope, await scope.reader.get(scope.kind("pods"), pod.name, pod.namespace))
    written = await scope.execute(pod, container, command)
    text = await scope.redactor.long_text(plain_lines(written.text))
    ended = f"exit status {written.code}" if written.code is not None else written.why or "how it ended is not known"
    lines = len(text.splitlines())
    head = f"cluster {pod.cluster}: pod {pod.namespace}/{pod.name}: {scope.redactor.text(line)}: {ended}, {lines} lines"
    return Result(f"{ended}, {lines} lines", f"{head}\n{text}", ends_matter=True)
