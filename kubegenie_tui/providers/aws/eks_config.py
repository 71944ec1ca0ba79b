"""Who we are at AWS: what its own tools go by when nothing is given, a profile, or an access key."""

import ipaddress
from typing import Annotated

from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from kubegenie_tui.providers.specs import Unfit, takes

Region = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$"), takes("a region of AWS: eu-west-1, us-gov-east-1")
]
_KeyId = Annotated[
    str,
    StringConstraints(pattern=r"^(|[A-Z0-9]{16,128})$"),
    takes("the id of an access key: capital letters and digits, at least 16"),
]
_Role = Annotated[
    str,
    StringConstraints(pattern=r"^(|arn:[a-z-]+:iam::\d{12}:role/\S+)$"),
    takes("the ARN of a role: arn:aws:iam::123456789012:role/ops"),
]


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class EksConfig(BaseModel):
    """Which account and region, and as whom."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    region: Region = Field(description="where clusters are made, and looked for first: eu-west-1")
    profile: str = Field("", description="of ~/.aws; empty for the environment or the default one")
    access_key: _KeyId = Field("", description="AKIA..., with its secret key")
    secret_key: SecretStr | None = None
    session_token: SecretStr | None = None
    role: _Role = Field("", description="an ARN to assume: arn:aws:iam::123456789012:role/ops")
    endpoint: AnyUrl | None = Field(None, description="another server than AWS's own, for all of its services")

    @field_validator("endpoint")
    @classmethod
    def _encrypted_or_here(cls, url: AnyUrl | None) -> AnyUrl | None:
        if url is not None and url.scheme != "https" and not (url.scheme == "http" and _loopback(url.host or "")):
            raise ValueError("use https: http is for this machine alone")
        return url

    @model_validator(mode="after")
    def _one_way_in(self) -> "EksConfig":
        if bool(self.access_key) != (self.secret_key is not None):
            raise Unfit(
                "an access key and its secret key go together", "secret_key" if self.access_key else "access_key"
            )
        if self.session_token is not None and not self.access_key:
            raise Unfit("a session token goes with an access key", "access_key")
        if self.access_key and self.profile:
            raise Unfit("it takes a profile or an access key, not both", "profile", "access_key")
        return self
