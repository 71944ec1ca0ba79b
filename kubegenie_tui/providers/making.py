"""What a provider that makes clusters is made of: steps, each of which can be found again, looked after and undone.

With `providers.api` and `providers.specs` this is all of KubeGenie that such a provider may rely on.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import (
    DONE,
    TAG,
    Bounds,
    Change,
    Choice,
    Estimate,
    Found,
    Identity,
    Leftover,
    Made,
    Outline,
    PlannedStep,
    Price,
    Progress,
)
from kubegenie_tui.domain.errors import (
    CredentialError,
    NameTaken,
    PermissionMissing,
    ProviderError,
    QuotaExceeded,
    SpecRefused,
    StillAtWork,
    TryLater,
)
from kubegenie_tui.domain.form import Value

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "DONE",
    "TAG",
    "Approval",
    "Bounds",
    "Change",
    "Changes",
    "Choice",
    "Creates",
    "CredentialError",
    "Estimate",
    "Found",
    "Identity",
    "Leftover",
    "Made",
    "NameTaken",
    "Outline",
    "PermissionMissing",
    "Placed",
    "PlannedStep",
    "Previews",
    "Price",
    "Progress",
    "ProviderError",
    "QuotaExceeded",
    "SpecRefused",
    "Step",
    "StillAtWork",
    "TryLater",
    "Value",
]


class Step(Protocol):
    """One thing that is made. All it knows lies in the spec and in what earlier steps made: a new process can go on.

    Every method but `planned` may raise:
        TryLater: it is tried again after a while, a few times.
        StillAtWork: something else runs on it: it is tried again until that has ended.
        ProviderError: it has failed, and would again.
    """

    planned: PlannedStep

    @abstractmethod
    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """What has the name of this step already; None when nothing has. Asked before each `make`."""

    @abstractmethod
    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        """Ask for it, tagged with the work's id; ids that are needed later. Returns once it is asked for."""

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far what was asked for has come; `own` is what `make` or `find` returned, and may be added to."""
        return DONE

    @abstractmethod
    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """Ask for it to go. It has been found, and ours, just before."""

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        """How far its going has come; done too when it `stays`, as what others need."""
        return DONE


class Creates(Protocol):
    """Capability `create`. The manifest names the pydantic model of a cluster as `spec`: see `providers.specs`."""

    @abstractmethod
    async def identify(self) -> Identity:
        """Who we are there, and what we may not do.

        Raises:
            KubeGenieError: nobody, and why.
        """

    @abstractmethod
    async def choices(self, field: str, values: Mapping[str, Value]) -> list[Choice]:
        """What there is for a field (`region`, `version`, `pools.size`), given what was filled in so far.

        Empty when any text will do.

        Raises:
            KubeGenieError: it cannot be looked up.
        """

    @abstractmethod
    async def outline(self, spec: "BaseModel") -> Outline:
        """What would be done, without doing anything.

        Raises:
            SpecRefused: it cannot be done, and which field says so.
            KubeGenieError: it cannot be looked up.
        """

    @abstractmethod
    async def steps(self, spec: "BaseModel", work: str) -> Sequence[Step]:
        """The steps of the outline, in order, for a work of that id."""

    @abstractmethod
    async def leftovers(self, spec: "BaseModel", made: Mapping[str, Made]) -> list[Leftover]:
        """What the cluster itself made (load balancers, volumes) and would be left, or `goes`, when it is removed."""

    @abstractmethod
    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig with one context, of the cluster's name, that leads to it: capability `register`."""


class Placed(Protocol):
    """Of one that makes clusters, when its configuration alone does not say where: who we are does, as an account."""

    @abstractmethod
    async def require_place(self, outline: Outline) -> None:
        """Asked before a work goes on, is removed or is changed: `outline` is what it was begun with.

        Where it is not there, what was made would not be found, and would count as gone.

        Raises:
            ProviderError: it would be done elsewhere.
        """


class Previews(Protocol):
    """Capability `preview`, of one that makes clusters: what the wizard shows beside its pages."""

    @abstractmethod
    async def preview(self, spec: "BaseModel") -> Outline:
        """What `outline` would tell, as far as it is known here: nobody is asked, and nothing is looked up.

        Asked again whenever something was typed.
        """


class Changes(Protocol):
    """Capability `change`: upgrading what was made, and scaling its pools.

    With the capability `bounds` a `Change` may have `bounds` in place of a number of nodes.
    """

    @abstractmethod
    async def versions(self, cluster: str) -> list[Choice]:
        """What its control plane can be upgraded to, the next first."""

    @abstractmethod
    async def change_outline(self, spec: "BaseModel", made: Mapping[str, Made], change: Change) -> Outline:
        """What a change would do."""

    @abstractmethod
    async def change_steps(
        self, spec: "BaseModel", made: Mapping[str, Made], change: Change, work: str
    ) -> Sequence[Step]:
        """The steps of that outline. What they made is never removed by itself."""
