"""What has to be known of an API server that no kubeconfig leads to. Certificates and keys stay in their files."""

from pathlib import Path
from typing import Annotated

from pydantic import AnyUrl, BaseModel, ConfigDict, Field, SecretStr, UrlConstraints, model_validator

_ENCRYPTED = UrlConstraints(allowed_schemes=["https"])


class BareMetalConfig(BaseModel):
    """Where the server is, whom to believe, and who we are: by a token, a client certificate, or a password."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    server: Annotated[AnyUrl, _ENCRYPTED] = Field(description="https://10.0.0.7:6443")
    ca_file: Path | None = Field(None, title="CA file", description="certificates to believe; empty for the system's")
    tls_server_name: str = Field("", title="TLS name", description="the name in its certificate, when it is another")
    proxy: AnyUrl | None = Field(None, description="http://proxy:3128 or socks5://proxy:1080")
    token: SecretStr | None = Field(None, description="a bearer token")
    token_file: Path | None = Field(None, description="a file that holds the token, and may change")
    client_certificate: Path | None = Field(None, description="a file, PEM")
    client_key: Path | None = Field(None, description="the file of its key, PEM")
    username: str = Field("", description="with a password")
    password: SecretStr | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> "BareMetalConfig":
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("a client certificate and its key go together")
        if bool(self.username) != (self.password is not None):
            raise ValueError("a username and a password go together")
        ways = (self.token, self.token_file, self.client_certificate, self.password)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("it takes one of token, token file, client certificate and password")
        return self
