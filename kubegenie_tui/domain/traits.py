"""What a person says of a cluster, wherever it comes from: how it is sorted and looks, what may be done to it."""

from collections.abc import Iterable, Mapping

import msgspec

from kubegenie_tui.domain.colours import COLOURS, NO_COLOUR, Colour
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, TextField, ToggleField, Value
from kubegenie_tui.domain.namespace_set import wrong_scope
from kubegenie_tui.domain.text import plain


class Traits(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it; nothing at first."""

    labels: dict[str, str] = {}
    groups: tuple[str, ...] = ()
    colour: Colour = ""
    """Of its name in headers and tabs."""
    protected: bool = False
    """Every change there needs one tier more care. The settings may say so too: either is enough."""
    read_only: bool = False
    """Refuse every change there. The settings may say so too: either is enough."""
    namespace: str = ""
    """Where to begin; goes before the settings, and those before the kubeconfig."""
    notes: str = ""


def traits_fields(now: Traits) -> tuple[Field, ...]:
    """What a form asks about them."""
    labels = " ".join(f"{key}={value}" for key, value in now.labels.items())
    return (
        TextField(
            "labels",
            "Labels",
            labels,
            "env=prod team=sre; /env=prod filters by one",
            required=False,
            check=wrong_labels,
        ),
        TextField("groups", "Groups", " ".join(now.groups), "eu customers; /GROUPS:eu filters", required=False),
        ChoiceField("colour", "Colour", tuple(COLOURS), now.colour or NO_COLOUR, "of its name in headers and tabs"),
        ToggleField("protected", "Protected", now.protected, "every change there needs one tier more care"),
        ToggleField("read_only", "Read-only", now.read_only, "every change there is refused"),
        TextField(
            "namespace",
            "Namespace",
            now.namespace,
            "to begin in; several with commas",
            required=False,
            check=wrong_scope,
        ),
        TextField("notes", "Notes", now.notes, "shown in the list", required=False),
    )


def traits_of(values: Mapping[str, Value]) -> Traits:
    """What was filled into `traits_fields`.

    Raises:
        UsageError: a label is none.
    """
    return Traits(
        labels=labels_of(str(values["labels"]).split()),
        groups=tuple(dict.fromkeys(str(values["groups"]).split())),
        colour=COLOURS[str(values["colour"])],
        protected=bool(values["protected"]),
        read_only=bool(values["read_only"]),
        namespace=str(values["namespace"]),
        notes=str(values["notes"]),
    )


def wrong_labels(text: str) -> str:
    """What is wrong with labels with blanks between them, in words; empty when nothing is."""
    try:
        labels_of(text.split())
    except UsageError as error:
        return str(error)
    return ""


def labels_of(pairs: Iterable[str]) -> dict[str, str]:
    """Labels written as `env=prod`.

    Raises:
        UsageError: one of them is not.
    """
    split = [pair.partition("=") for pair in pairs]
    for key, equals, value in split:
        if not key or not equals:
            raise UsageError(f'"{plain(f"{key}{equals}{value}")}" is no label', next_step="write it as env=prod")
    return {key: value for key, _, value in split}
