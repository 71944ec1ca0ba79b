"""What leads to a cluster that makes others."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kubegenie_tui.providers.specs import takes

Label = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63),
    takes("small letters, digits and hyphens, no hyphen first or last, at most 63 of them"),
]


class ManagingConfig(BaseModel):
    """A context of a kubeconfig, and the namespace in which clusters are described."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kubeconfig: Path | None = Field(None, description="instead of KUBECONFIG and ~/.kube/config")
    context: str = Field("", description="of the cluster that makes others; empty for the current one")
    namespace: Label = Field("default", description="where clusters are described")
