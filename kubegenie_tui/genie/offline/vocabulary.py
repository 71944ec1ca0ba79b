"""What people call things: kinds by other names, states, and the words that are grammar and never a name."""

import re

from kubegenie_tui.domain.kind import Kind, KindIndex

KIND_WORDS = {
    "config maps": "configmaps", "config map": "configmaps", "stateful sets": "statefulsets.apps",
    "stateful set": "statefulsets.apps", "daemon sets": "daemonsets.apps", "daemon set": "daemonsets.apps",
    "replica sets": "replicasets.apps", "replica set": "replicasets.apps", "cron jobs": "cronjobs.batch",
    "cron job": "cronjobs.batch", "crons": "cronjobs.batch", "cron": "cronjobs.batch",
    "scheduled jobs": "cronjobs.batch", "scheduled job": "cronjobs.batch", "batch jobs": "jobs.batch",
    "role binding": "rolebindings.rbac.authorization.k8s.io", "quota": "resourcequotas",
    "pod disruption budget": "poddisruptionbudgets.policy", "disruption budget": "poddisruptionbudgets.policy",
    "worker nodes": "nodes",
    "persistent volume claims": "persistentvolumeclaims", "persistent volume claim": "persistentvolumeclaims",
    "volume claims": "persistentvolumeclaims", "volume claim": "persistentvolumeclaims",
    "claims": "persistentvolumeclaims", "claim": "persistentvolumeclaims", "persistent volumes": "persistentvolumes",
    "persistent volume": "persistentvolumes", "service accounts": "serviceaccounts",
    "service account": "serviceaccounts", "network policies": "networkpolicies.networking.k8s.io",
    "network policy": "networkpolicies.networking.k8s.io", "storage classes": "storageclasses.storage.k8s.io",
    "storage class": "storageclasses.storage.k8s.io", "resource quotas": "resourcequotas", "quotas": "resourcequotas",
    "role bindings": "rolebindings.rbac.authorization.k8s.io",
    "cluster roles": "clusterroles.rbac.authorization.k8s.io",
    "cluster role bindings": "clusterrolebindings.rbac.authorization.k8s.io",
    "autoscalers": "horizontalpodautoscalers.autoscaling", "autoscaler": "horizontalpodautoscalers.autoscaling",
    "hpas": "horizontalpodautoscalers.autoscaling", "pvcs": "persistentvolumeclaims", "pvs": "persistentvolumes",
    "svcs": "services", "deploys": "deployments.apps", "applications": "deployments.apps", "apps": "deployments.apps",
    "application": "deployments.apps", "workloads": "deployments.apps", "machines": "nodes", "hosts": "nodes",
    "boxes": "nodes", "box": "nodes",
    "custom resource definitions": "customresourcedefinitions.apiextensions.k8s.io",
    "pod disruption budgets": "poddisruptionbudgets.policy", "disruption budgets": "poddisruptionbudgets.policy",
    "pdbs": "poddisruptionbudgets.policy", "ingress rules": "ingresses.networking.k8s.io", "cms": "configmaps",
    "endpoint slices": "endpointslices.discovery.k8s.io", "ingress": "ingresses.networking.k8s.io",
    "priority classes": "priorityclasses.scheduling.k8s.io", "containers": "pods",
}  # fmt: skip
_ENGLISH = frozenset({"no", "limits", "all", "ev", "pc", "event", "events", "deploy"})
"""Names of kinds that mostly mean something else in a sentence."""


_SHORTEST = 3
"""Letters of a short name that is said in the plural."""
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")
"""A word of a name in one: `Postgres` and `Cluster`."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP = _words(
    """
    a an the this that these those my our your their his her its it them they he she i me we us you who whose whom
    is are was were be been being am do does did done doing have has had having can could will would shall should
    may might must not no nor never and or but if then than so as at by for from in into of off on onto out over
    to up down with without within inside across under about around between through during before after since
    until there here where when which what why how all any each every some both few more most other another such
    only own same too very just also now still yet again ever already please thanks thank thx ty tnx cheers pls plz
    though tho ok okay yes hey hi hello genie kubegenie show list get give display print find see view look tell say
    check fetch return
    enumerate let want need like know wonder wondering think seems seem currently right moment today recently
    cluster clusters kubernetes k8s namespace namespaces ns object objects resource resources thing things stuff
    anything everything something nothing one ones status state health healthy unhealthy ready failing failed
    fails fail failure failures broken crash crashing crashed crashes crashloop pending running runs run
    restarting restart restarts restarted wrong problem problems issue issues error errors working work works
    happening happened happen going goes go keep keeps kept stuck name named names called logs log events event
    warnings warning yaml json manifest describe details detail info information count number many much total sum
    newest latest oldest youngest last first recent top usage use uses using used memory cpu ram consume consumes
    consuming consumption highest lowest biggest largest hungriest heaviest worst best fine good well bad alive
    dead slow old new young older newer time times ago minute minutes hour hours day days second seconds week
    weeks lines line previous current container containers app apps application applications component workload
    workloads service's pod's come coming starting start started starts stop stopped stopping scheduled schedule
    unable able because due reason cause causes caused explain mean means meaning different difference kind kinds
    type types version versions image images terminating evicted completed complete succeeded unschedulable
    cordoned bound unbound suspended belonging belong belongs owned managed created behind ip quickly really
    actually exactly maybe least minimum maximum lot lots lately away stay house place side order deleted changed
    changes created updated deployed released rolled modified edited removed scaled expire expires expired expiring
    soon certificate cert certs depend depends depending need needs mounted referenced sync exist exists replica
    clusterip nodeport loadbalancer externalname hog hogs eating read write modify access evict rights right
    permission permissions allowed permitted able history revision revisions rollout rollouts finished
    contain contains core cores processor red green yellow orange grey gray
    got lying selected marked identity load mount mounts mounting sort sorted order ordered group grouped rank
    somebody someone anybody anyone nobody everybody everyone release releases dying dies died die flapping filter
    filtered per written writing wrote printed printing logged logging said saying contents content
    grep take takes taking took burn burns burning eat eats
    """
)
CUES = _words(
    """
    show list describe events event logs count restarts restart memory healthy failing failed pending running
    crashing namespace namespaces cluster overview status problem problems wrong warnings newest latest oldest
    usage ready details many which please deployment deployments pods service services nodes ingress ingresses
    secrets configmaps statefulset statefulsets daemonset daemonsets jobs cronjob cronjobs replicas container
    containers history previous broken diagnose display terminating completed evicted unhealthy scale delete most what
    where
    """
)
"""Words worth recognising when they are misspelt."""


def kind_words(kinds: KindIndex) -> dict[str, str]:
    """Every word that means a kind, to the kind's id; what a server calls a kind wins over what we call it."""
    words: dict[str, str] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.group not in ("", "apps", "batch"), kind.group)):
        one = kind.singular or kind.kind.lower()
        printed = f"{one}.{kind.group}"  # as kubectl prints it: `deployment.apps/web`
        for name in (kind.plural, one, *kind.short_names, kind.kind.lower(), kind.id, printed):
            if name not in _ENGLISH:
                words.setdefault(name, kind.id)
    for kind in kinds:
        for name in _spelt_apart(kind):
            words.setdefault(name, kind.id)
    for kind in kinds:
        for name in _plurals(kind):
            words.setdefault(name, kind.id)
    ids = set(words.values())
    for word, kind_id in KIND_WORDS.items():
        if kind_id in ids:
            words.setdefault(word, kind_id)
    return words


def _plurals(kind: Kind) -> tuple[str, ...]:
    """The short names of a custom kind in the plural: `irps` of `irp`."""
    names = kind.short_names if "." in kind.group else ()
    return tuple(f"{name}s" for name in names if len(name) >= _SHORTEST and not name.endswith("s"))


def _spelt_apart(kind: Kind) -> tuple[str, ...]:
    """The words that a name in one is made of: `postgres cluster` and `postgres clusters` of PostgresCluster."""
    *first, last = _PART.findall(kind.kind)
    before = "".join(first).lower()
    plural = kind.plural.removeprefix(before)
    if not first or plural == kind.plural or plural[:2] != last[:2].lower():
        return ()
    lead = " ".join(first).lower()
    return (f"{lead} {last.lower()}", f"{lead} {plural}")


DEEDS = _words(
    """
    scale restart delete remove drain cordon apply create deploy patch edit set label annotate expose autoscale
    run start stop pause suspend resume trigger debug diagnose troubleshoot investigate fix open
    """
)
"""Words for what is done with things, which nobody asks to be shown."""
GRAMMAR = (
    STOP
    | CUES
    | DEEDS
    | _words(
        """
    top tail overview
    summary search switch use change update upgrade rollback undo kill test help report release main default
    leave touch avoid back original normal
    """
    )
)
"""Words that are taken for names only where nothing but a name can stand."""
