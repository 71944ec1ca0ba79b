"""What a kind and its fields mean, as the server itself documents it."""

import msgspec


class Member(msgspec.Struct, frozen=True):
    """One field."""

    name: str
    type: str
    """`string`, `[]Container`, `map[string]string`."""
    description: str = ""
    required: bool = False


class Schema(msgspec.Struct, frozen=True):
    """A kind, or one of its fields."""

    path: str
    """`CronJob`, `CronJob.spec.schedule`."""
    type: str
    description: str
    """Empty where the server documents nothing."""
    fields: tuple[Member, ...] = ()
    """Sorted by name; none of a plain value."""
