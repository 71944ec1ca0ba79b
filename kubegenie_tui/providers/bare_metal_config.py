"""What has to be known of an API server that no kubeconfig leads to: what registering by hand asks for, and no more."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, create_model
from pydantic import Field as Asked

from kubegenie_tui.domain.endpoint_form import OF_THE_CLUSTER, endpoint_fields
from kubegenie_tui.domain.form import TextField


def _asked(field: TextField) -> tuple[Any, Any]:
    """The type of a field and what is known of it."""
    if field.secret:
        return SecretStr | None, Asked(None, title=field.label, description=field.hint)
    first: Any = ... if field.id == "server" else ""
    return Annotated[str, AfterValidator(_checked(field))], Asked(first, title=field.label, description=field.hint)


def _checked(field: TextField) -> Any:
    def check(text: str) -> str:
        if text and (wrong := field.check(text)):
            raise ValueError(wrong)
        return text

    return check


_FIELDS: dict[str, Any] = {
    field.id: _asked(field)
    for field in endpoint_fields()
    if isinstance(field, TextField) and field.id not in OF_THE_CLUSTER
}
BareMetalConfig: type[BaseModel] = create_model(
    "BareMetalConfig", __config__=ConfigDict(extra="forbid", frozen=True), **_FIELDS
)
