"""What has to be known before Azure can be asked: which subscription, and who we are."""

from pathlib import Path
from typing import Annotated

from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    UrlConstraints,
    model_validator,
)

from kubegenie_tui.providers.azure.login import Login
from kubegenie_tui.providers.specs import Unfit, takes

_Subscription = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    takes("the id of a subscription: 00000000-1111-2222-3333-444444444444"),
]
_Tenant = Annotated[
    str, StringConstraints(pattern=r"^[-.\w]*$"), takes("the id or the domain of a tenant: shop.onmicrosoft.com")
]
AUTHORITY = "https://login.microsoftonline.com"
_Encrypted = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["https"])]


class AksConfig(BaseModel):
    """An app registration with its secret, or what the machine has: its environment, an identity, `az login`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    subscription: _Subscription = Field(description="its id: az account show --query id")
    tenant: _Tenant = Field("", description="its id or domain; empty for that of the login")
    client_id: str = Field("", title="Client id", description="of an app registration; empty for what the machine has")
    client_secret: SecretStr | None = Field(None, title="Client secret", description="of that app registration")
    endpoint: _Encrypted = Field(
        AnyUrl("https://management.azure.com"), description="of Azure Resource Manager; another one for other clouds"
    )
    authority: _Encrypted = Field(AnyUrl(AUTHORITY), description="of Microsoft Entra; another one for other clouds")
    ca_file: Path | None = Field(None, title="CA file", description="certificates to believe; empty for the system's")

    @model_validator(mode="after")
    def _whole(self) -> "AksConfig":
        given = (bool(self.client_id), self.client_secret is not None)
        if given[0] != given[1]:
            raise Unfit("a client id and a client secret go together", "client_secret" if given[0] else "client_id")
        if given[0] and not self.tenant:
            raise Unfit("a client id needs its tenant", "tenant")
        return self

    @property
    def manager(self) -> str:
        """The endpoint without a slash at its end."""
        return str(self.endpoint).rstrip("/")

    @property
    def verify(self) -> bool | str:
        """Whom to believe, as Azure's libraries take it."""
        return str(self.ca_file.expanduser().absolute()) if self.ca_file else True

    @property
    def login(self) -> Login:
        """Who we are."""
        authority = str(self.authority).rstrip("/")
        return Login(authority, self.tenant, self.client_id, self.client_secret, self.verify)
