"""What the tools take that change something, once a person lets them."""

import shlex
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from kubegenie_tui.genie.proposing.planning import PROPOSABLE
from kubegenie_tui.genie.tools.taking import KIND, Arguments, Named, Scoped, Text, Written, as_text, listed, unpacked
from kubegenie_tui.genie.wishes.wish import WRITTEN

TAKES = {
    "scale": "replicas (number)",
    "image": "image (repository:tag), or the image by container name",
    "env": "pairs (NAME=value sets, NAME- takes away; several with blanks between; container=NAME for one of them)",
    "resources": "cpu-request, memory-request, cpu-limit, memory-limit (quantities), container",
    "rollback": "revision (number; left out: the one before)",
    "autoscale": "least, most (replicas), cpu (percent)",
    "expose": "port (number), name, target-port, type (ClusterIP, NodePort, LoadBalancer)",
    "drain": "force, empty-dirs, skip-blocked (true or false), grace (seconds)",
    "evict": "grace (seconds)",
    "taint": "taints (key=value:NoSchedule, or key- to take away)",
    "label": "pairs (key=value, or key- to take away; several with blanks)",
    "annotate": "pairs (key=value, or key- to take away)",
    "delete": "propagation (Background, Foreground, Orphan), grace (seconds, pods only)",
    "delete-with": "propagation (Background, Foreground, Orphan), grace (seconds, pods only)",
}


def _split(value: object) -> object:
    """Small models send a command as one text."""
    told = unpacked(value)
    try:
        return shlex.split(told) if isinstance(told, str) else told
    except ValueError:
        return told


def _said(value: object) -> object:
    """A number too, as models write it."""
    return as_text(value) if isinstance(value, str | int | float) else value


def _operations() -> str:
    """Every operation with what it takes."""
    return "; ".join(f"{each.id}: {TAKES.get(each.id, 'takes nothing')}" for each in PROPOSABLE)


class ProposedStep(Arguments):
    """One change of one object."""

    operation: str = Field(
        description=_operations(), json_schema_extra={"enum": [*(each.id for each in PROPOSABLE), *WRITTEN]}
    )
    kind: Text = Field("", description=KIND)
    name: Text = Field("", description="The object's exact name; it has to be there, unless it is created.")
    namespace: str | None = Field(None, description="Its namespace. Left out: the one in view.")
    arguments: Named = Field({}, description="What the operation takes, by name.")
    manifest: Written = Field({}, description="create, apply: the whole object. patch: what is merged into it.")

    @property
    def given(self) -> dict[str, str]:
        """What was said, as text."""
        return {name: as_text(value) for name, value in self.arguments.items() if value is not None}


class ExecArguments(Scoped):
    """Run a command in a container, once the person lets it; for what no other tool tells. No shell expands it."""

    pod: str = Field(description="The pod's exact name.")
    container: Text = Field("", description="Container; left out: the pod's default one.")
    command: Annotated[list[str], BeforeValidator(_split)] = Field(
        min_length=1, description='The program and its arguments: ["nslookup", "checkout-db"].'
    )
    why: Text = Field("", description="Why, in one sentence, for the person.")


class Expectation(Arguments):
    """What code looks for then, of the first step's object or of another. gone: a rule's finding, or the object."""

    what: Literal["ready", "replicas", "condition", "gone"]
    value: Annotated[Text, BeforeValidator(_said)] = Field(
        "", description="replicas 5, condition Available=True, gone RULE"
    )
    of: Text = Field("", description="kind/name")


class ProposeArguments(Arguments):
    """Propose a change. Nothing is changed: the person looks at it and decides. Once a turn."""

    steps: Annotated[list[ProposedStep], BeforeValidator(unpacked), Field(min_length=1, max_length=20)] = Field(
        description="What is to be done, in order. It stops at the first step that fails."
    )
    why: Text = Field("", description="Why, in one sentence.")
    expect: Text = Field("", description="What should be seen afterwards, in one sentence.")
    expects: Annotated[list[Expectation], BeforeValidator(listed), Field(max_length=5)] = Field(
        [], description="Code checks these."
    )
    cluster: Text = Field("", description="Another cluster by its exact name. Left out: the one in view.")
