"""What a model may not even propose: changes that would open the whole cluster to somebody."""

from collections.abc import Iterator

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.plan import Preview, StepPreview, Verb

_WEBHOOKS = frozenset({"mutatingwebhookconfigurations", "validatingwebhookconfigurations"})
_BINDINGS = frozenset({"rolebindings", "clusterrolebindings"})
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type


def require_proposable(preview: Preview) -> None:
    """Refuse what a person has to begin themselves: a text that a model has read could have asked for it.

    Raises:
        UsageError: it binds somebody to cluster-admin, changes webhooks of admission, or makes a lasting credential.
    """
    for why in (why for step in preview.steps for why in _reasons(step)):
        raise UsageError(
            f"{preview.plan.title}: not proposed", why, "tell the person to do that themselves, in the app"
        )


def _reasons(preview: StepPreview) -> Iterator[str]:
    kind = preview.step.ref.kind.partition(".")[0]
    if kind in _WEBHOOKS:
        yield "webhooks of admission see and change every request to the cluster"
    if preview.step.verb is Verb.DELETE:
        return
    if kind in _BINDINGS and text_at(preview.after, "roleRef.name") == "cluster-admin":
        yield "it would give somebody every right there is (cluster-admin)"
    if kind == "secrets" and text_at(preview.after, "type") == _TOKEN:
        yield "it would make a token that does not expire"
