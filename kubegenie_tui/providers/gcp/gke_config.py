"""What leads to a Google Cloud project: its id, who we are there, and where its APIs are."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    UrlConstraints,
    field_validator,
    model_validator,
)

from kubegenie_tui.providers.specs import Unfit, takes

_Project = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$"),
    takes("the id of a project: 6 to 30 small letters, digits and hyphens, a letter first"),
]
Endpoint = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https", "http"])]


class GkeConfig(BaseModel):
    """One project. Without a file of credentials it takes those that Google's libraries find by themselves."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    project: _Project = Field(description="the id of the project, not its name")
    credentials_file: Path | None = Field(
        None, title="Credentials file", description="key of a service account, JSON; empty for your own login"
    )
    endpoint: Endpoint = Field(AnyUrl("https://container.googleapis.com"), description="of the Kubernetes Engine API")
    compute_endpoint: Endpoint = Field(AnyUrl("https://compute.googleapis.com"), description="of the Compute API")
    projects_endpoint: Endpoint = Field(
        AnyUrl("https://cloudresourcemanager.googleapis.com"), description="of the Resource Manager API"
    )

    @property
    def anonymous(self) -> bool:
        """Whether nothing is said of who we are: an endpoint on this machine is not encrypted."""
        return any(each.scheme == "http" for each in self._endpoints)

    @property
    def _endpoints(self) -> tuple[AnyUrl, ...]:
        return self.endpoint, self.compute_endpoint, self.projects_endpoint

    @field_validator("credentials_file")
    @classmethod
    def _found_from_anywhere(cls, given: Path | None) -> Path | None:
        """The process that makes a cluster may be taken up again from another directory."""
        if given is not None and not given.expanduser().is_absolute():
            raise ValueError("it takes a whole path: ~/keys/shop.json")
        return given

    @model_validator(mode="after")
    def _encrypted(self) -> "GkeConfig":
        if not all(each.scheme == "https" or _is_loopback(each.host or "") for each in self._endpoints):
            raise Unfit("http is taken on this machine alone: anywhere else it takes https", "endpoint")
        if self.anonymous and self.credentials_file:
            raise Unfit("credentials go to https endpoints alone", "credentials_file")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
