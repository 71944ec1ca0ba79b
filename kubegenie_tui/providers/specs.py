"""What every cluster that is made has: a name, a place, a version and pools of nodes. Providers add their own to it."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

_NAME = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"


def takes(words: str) -> WrapValidator:
    """For the end of an annotation: what the field takes, said in place of the pattern that refuses a text."""

    def said(given: object, check: ValidatorFunctionWrapHandler) -> object:
        try:
            return check(given)
        except ValidationError:
            quoted = " (in quotes)" if isinstance(given, int | float) else ""
            raise ValueError(f"it takes {words}{quoted}") from None

    return WrapValidator(said)


Name = Annotated[
    str,
    StringConstraints(pattern=_NAME, max_length=40),
    takes("small letters, digits and hyphens, a letter first and no hyphen last, at most 40 of them"),
]
"""Small letters, digits and hyphens: what all of the clouds take."""


def _as_typed(given: object) -> object:
    """A list or a table of a file, as a person types it into a form."""
    if isinstance(given, dict):
        return ", ".join(f"{key}={value}" for key, value in given.items())
    return ", ".join(str(each) for each in given) if isinstance(given, list | tuple) else given


Words = Annotated[str, BeforeValidator(_as_typed)]
"""Several of them, with commas between; a list or a table in a file."""


def page(title: str, **extra: Any) -> dict[str, Any]:
    """For `Field(json_schema_extra=...)`: the page of the wizard that asks for a field."""
    return {"page": title, **extra}


class Unfit(ValueError):
    """What a validator of a whole model raises for values that do not fit together."""

    def __init__(self, words: str, *fields: str) -> None:
        """So many fields.

        Args:
            words: what is wrong, and what to change.
            fields: that could be changed, the likeliest first, as seen from the model that raises it.
        """
        super().__init__(words)
        self.fields = fields


class NodePool(BaseModel):
    """Nodes of one size. A pool that scales itself has bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name = Field("default", description="unique in the cluster")
    size: str = Field(description="the kind of machine", min_length=1)
    count: int = Field(2, ge=0, le=1000, description="nodes to begin with")
    autoscale: bool = Field(False, description="between the two numbers below")
    minimum: int = Field(1, ge=0, le=1000)
    maximum: int = Field(5, ge=1, le=1000)
    spot: bool = Field(False, description="cheaper, and may be taken away at any time")
    disk_gb: int = Field(50, ge=20, le=16_384, title="Disk", description="GB for each node")

    @model_validator(mode="after")
    def _within_bounds(self) -> "NodePool":
        if self.autoscale and not self.minimum <= self.count <= self.maximum:
            raise Unfit(f"{self.count} nodes are not between {self.minimum} and {self.maximum}", "count")
        return self


class ClusterSpec(BaseModel):
    """Asked on the pages of the wizard in the order of the fields; `pools` has a page of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name = Field(description="small letters, digits and hyphens", json_schema_extra=page("Cluster"))
    region: str = Field(min_length=1, json_schema_extra=page("Cluster"))
    version: str = Field(
        "", description="of Kubernetes; empty for the provider's own choice", json_schema_extra=page("Cluster")
    )

    @model_validator(mode="after")
    def _pools_by_name(self) -> "ClusterSpec":
        names = [pool.name for pool in getattr(self, "pools", ())]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise Unfit(f"two pools are called {', '.join(twice)}", "pools")
        return self


def pool_names(spec: BaseModel) -> tuple[str, ...]:
    """The pools that can be scaled: a model with no list of `pools` names its own in `pool_names`."""
    pools = (pool.name for pool in getattr(spec, "pools", ()))
    return tuple(getattr(spec, "pool_names", pools))
