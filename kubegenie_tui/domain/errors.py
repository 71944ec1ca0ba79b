"""Every failure a person can meet, as one tree.

    KubeGenieError
    ├── UsageError              a flag, a command line, a filter, a form field
    │   └── GaveUp              a person waited no longer for an answer
    ├── SettingsError           the settings file or an environment variable
    ├── KubeconfigError         a kubeconfig: carries file and line
    ├── CredentialError         an exec plugin, a token file, an OIDC refresh, a kept secret
    │   ├── SecretsLocked       only a passphrase opens what is kept, and none was given
    │   │   └── WrongPassphrase
    │   └── KeyringFailed       the keyring of the system is locked or refuses
    │       └── NoKeyring       there is none, or no library for it
    ├── ClusterError            anything between us and an API server
    │   ├── Unreachable
    │   │   ├── NameNotFound    DNS
    │   │   ├── Refused         nothing listens there
    │   │   ├── TimedOut
    │   │   └── TlsFailed       untrusted, expired, or for another name
    │   │       └── ClientCertificateRefused    ours: none was shown, or not one that the server takes
    │   ├── Unauthorized        401
    │   ├── Forbidden           403, with verb and resource
    │   │   └── OverQuota       a quota of the namespace has no room for it
    │   ├── NotFound            404
    │   ├── Conflict            409
    │   │   ├── OwnedByOthers       the fields that are applied belong to other managers
    │   │   └── ChangedUnderneath   the object is not as it was shown: look again
    │   ├── Expired             410: a resourceVersion or a continue token too old
    │   ├── Invalid             400, 422
    │   ├── Throttled           429, with the seconds to wait
    │   └── ServerFailed        5xx, or an answer that is not Kubernetes
    ├── PluginError             a provider or an agent that somebody else wrote
    ├── ProviderError           a cloud, or another that makes clusters
    │   ├── ExtraMissing        its SDK is not installed
    │   ├── SpecRefused         what was asked for cannot be: field and reason
    │   ├── PermissionMissing   it knows who we are, and says no
    │   ├── QuotaExceeded       there is no more of it for us
    │   ├── NameTaken           something that is not ours has that name
    │   └── TryLater            too many requests, busy, or failing for a moment
    │       └── StillAtWork     an earlier request is still being done: that comes to an end
    ├── StoreError              SQLite
    │   └── ResultNotRecorded   the cluster was changed, and that is not on record as done
    └── ModelError              the model server

Each says what happened, why, and what to do next. Adapters translate library errors into these at their border.
"""

import re

_QUOTED = re.compile(r"([\"'])(?:(?!\1).)+(?:\1|$)")
_SET = re.compile(r"(?<==)\S+")
_LONGEST = 200
"""Characters of an error's words."""


class KubeGenieError(Exception):
    """A failure in words a person can act on."""

    step = -1
    """Index of the step of a plan that it is about; -1 for none."""

    def __init__(self, what: str, why: str = "", next_step: str = "") -> None:
        super().__init__(what, why, next_step)
        self.what = what
        """What happened, one sentence without a full stop."""
        self.why = why
        """The cause, as far as it is known; empty when `what` says it all."""
        self.next_step = next_step
        """What the person can do about it."""

    def __str__(self) -> str:
        return " · ".join(part for part in (self.what, self.why, self.next_step) if part)


class UsageError(KubeGenieError):
    """A flag, a command line, a filter or a form field that cannot be understood."""


class GaveUp(UsageError):
    """A person waited no longer for an answer, and knows it."""


class SettingsError(KubeGenieError):
    """The settings file or an environment variable holds something we cannot use."""


class KubeconfigError(KubeGenieError):
    """A kubeconfig that cannot be used."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, file: str = "", line: int = 0) -> None:
        super().__init__(what, why, next_step)
        self.file = file
        self.line = line
        """1-based line in `file`, 0 when unknown."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} · {super().__str__()}" if place else super().__str__()


class CredentialError(KubeGenieError):
    """Credentials could not be obtained or refreshed."""


class SecretsLocked(CredentialError):
    """What is kept opens with a passphrase alone, and none was given yet."""


class WrongPassphrase(SecretsLocked):
    """The passphrase does not open what is kept; all of it is still there."""


class KeyringFailed(CredentialError):
    """The keyring of the system is locked, refuses, or has not what is wanted of it."""


class NoKeyring(KeyringFailed):
    """This machine has no keyring that could be used, or not the library for it."""


class ClusterError(KubeGenieError):
    """Something between us and an API server failed."""

    code = 0
    """HTTP status of the answer, 0 when there was none."""
    reason = ""
    """`reason` of the server's Status: `Expired`, `AlreadyExists`; empty when it gave none."""


class Unreachable(ClusterError):
    """The API server did not answer at all."""


class NameNotFound(Unreachable):
    """The server's name does not resolve."""


class Refused(Unreachable):
    """Nothing listens at the server's address, or it hung up."""


class TimedOut(Unreachable):
    """No answer in time."""


class TlsFailed(Unreachable):
    """The certificate is untrusted, expired, or for another name; or ours was not accepted."""


class ClientCertificateRefused(TlsFailed):
    """The server wants a client certificate, or another one than it was shown."""


class Unauthorized(ClusterError):
    """401: the server does not know who we are."""


class Forbidden(ClusterError):
    """403: the server knows who we are and says no."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, verb: str = "", resource: str = "") -> None:
        super().__init__(what, why, next_step)
        self.verb = verb
        self.resource = resource


class OverQuota(Forbidden):
    """403 as well: nothing is missing but room in a ResourceQuota."""


class NotFound(ClusterError):
    """404: no such object or no such resource."""


class Conflict(ClusterError):
    """409: the object changed underneath, exists already, or is owned by another manager."""


class OwnedByOthers(Conflict):
    """What is to be applied sets fields that other managers own; the reason names them."""


class ChangedUnderneath(Conflict):
    """Between the look and the yes somebody changed the object: what was approved is not what would happen."""


class Expired(ClusterError):
    """410: the resourceVersion or continue token is too old."""


class Invalid(ClusterError):
    """400 or 422: the server does not accept what was sent."""

    fields: tuple[str, ...] = ()
    """Paths of what it does not accept, as far as it names any: `spec.containers[0].image`."""


class Throttled(ClusterError):
    """429: too many requests."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(what, why, next_step)
        self.retry_after = retry_after
        """Seconds the server asked us to wait."""


class ServerFailed(ClusterError):
    """5xx, or an answer that is not Kubernetes."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, why, next_step)
        self.retry_after = retry_after
        """Seconds the server asked us to wait; None when it did not."""


class PluginError(KubeGenieError):
    """A plugin that is installed cannot be used, or may not be."""


class ProviderError(KubeGenieError):
    """A cloud, or whatever else makes clusters, failed or refused."""


class ExtraMissing(ProviderError):
    """The library that a provider needs is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs a library that is not installed", next_step=f'pip install "kubegenie[{extra}]"')


class SpecRefused(ProviderError):
    """What was asked for cannot be made; trying again would not help."""

    def __init__(
        self,
        what: str,
        why: str = "",
        next_step: str = "",
        *,
        field: str = "",
        others: tuple[str, ...] = (),
        more: "tuple[SpecRefused, ...]" = (),
    ) -> None:
        super().__init__(what, why, next_step)
        self.field = field
        """Name of the field that is wrong, empty when none is known to be."""
        self.others = others
        """Fields that could be changed instead."""
        self.more = more
        """What else is wrong with the same description."""


class PermissionMissing(ProviderError):
    """The provider knows who we are, and says no."""


class QuotaExceeded(ProviderError):
    """There is no more of it for this account, project or subscription."""


class NameTaken(ProviderError):
    """Something that this work did not make has that name already: it is left alone."""


class TryLater(ProviderError):
    """Too many requests, busy with something else, or failing for a moment: the same request may succeed soon."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(what, why, next_step)
        self.retry_after = retry_after
        """Seconds we were asked to wait; 0 when nobody said."""


class StillAtWork(TryLater):
    """Another operation runs on the same thing, and one at a time is what it takes: however long that is, it ends."""


class StoreError(KubeGenieError):
    """The local database cannot be used."""


class ResultNotRecorded(StoreError):
    """A change was made, and what came of it could not be put on record."""


class ModelError(KubeGenieError):
    """The model server failed or refused."""

    def __init__(self, what: str, why: str = "", next_step: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(what, why, next_step)
        self.retry_after = retry_after
        """Seconds to wait before another try; None when a retry would not help."""


class ConversationTooLong(ModelError):
    """The request does not fit into the model's context: a shorter one may."""


def unexpected(error: BaseException) -> KubeGenieError:
    """An error that nobody foresaw, in words without values, for the border of a worker."""
    said = ": ".join(part for part in (type(error).__qualname__, words_of(error)) if part)
    return KubeGenieError("Something unexpected happened", said, "please report it")


def words_of(error: BaseException) -> str:
    """The first line of what an error says, without what it quotes, and without what is set in it: `a='b'`, `a=b`."""
    said = str(error).partition("\n")[0]
    return _SET.sub("…", _QUOTED.sub("'…'", said))[:_LONGEST]
