"""What the kubeconfig provider has to know."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class KubeconfigConfig(BaseModel):
    """Which files are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: Path | None = Field(None, description="instead of KUBECONFIG and ~/.kube/config")
