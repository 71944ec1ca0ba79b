"""What the built-in engine understands: utterances over a played cluster, and what each asks for."""

import msgspec
import pytest

from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import Forbidden, Refused
from kubegenie_tui.genie.offline.engine import understand
from kubegenie_tui.genie.offline.intent import Details, Intent
from tests.unit.genie.played_reader import PlayedReader, played_scope

UTTERANCES = r"""
why is checkout failing? => why deployments checkout in shop
how many pods are not ready in staging? => count pods in staging status=not-ready
show me the logs of the newest api pod => logs pods in mobile owner api sort=AGE
list deployments in shop => list deployments in shop
pods with more than 5 restarts => list pods terms=RESTARTS:>5
what is wrong in payments => why in payments
which pods use the most memory => top pods sort=MEM
events for web-0 => events pods web-0 in shop
describe node-1 => describe nodes node-1
is the cluster healthy? => overview
list deployments => list deployments
list pods => list pods
get pods => list pods
show pods => list pods
show me all the pods please => list pods
could you list the services in the shop namespace? => list services in shop
pods => list pods
deploy => list deployments
po => list pods
svc in shop => list services in shop
list all pods in all namespaces => list pods in *
list pods everywhere => list pods in *
kubectl get pods -n kube-system => list pods in kube-system
kubectl get po -A => list pods in *
kubectl get deploy checkout -n shop -o yaml => get deployments checkout in shop
kubectl describe pod web-0 => describe pods web-0 in shop
kubectl logs web-0 --previous => logs pods web-0 in shop previous=True
kubectl logs -f deploy/checkout --tail=50 => logs deployments checkout in shop tail=50
kubectl top pods => top pods
kubectl top nodes => top nodes
kubectl get events -n payments => events in payments
list pods in namespace kube-system => list pods in kube-system
show me all pods in kube-system namespace => list pods in kube-system
how do I check logs? => logs
how do i see the logs of checkout => logs deployments checkout in shop
delete the checkout deployment => change checkout raw delete
undeploy checkout => change checkout raw undeploy
don't scale redis to 0 => change redis raw scale
scale payment-api to 5 => change payment-api raw scale
deploy my-app => change my-app raw deploy
restart web => change web raw restart
please restart the checkout deployment => change checkout raw restart
can you delete pod web-0? => change web-0 raw delete
drain node-1 => change node-1 raw drain
create a deployment called foo => change foo raw create
rollback checkout => change checkout raw rollback
set the image of checkout to nginx => change checkout raw set
kubectl delete pod web-0 => change web-0 raw delete
kubectl scale deploy/checkout --replicas=3 => change checkout raw scale
how many pods are there? => count pods
how many pods => count pods
count pods in shop => count pods in shop
number of nodes => count nodes
how many nodes are ready? => count nodes status=ready
how many deployments are not ready? => count deployments status=not-ready
how many pods are running on node-2 => count pods status=running node=node-2
how many restarts does checkout have => describe deployments checkout in shop terms=RESTARTS:>0
how many pods does checkout have? => count pods in shop owner checkout
how many pods per namespace => count pods group_by=namespace
pods by node => count pods group_by=NODE
count pods by status => count pods group_by=STATUS
how many failed jobs are there => count jobs status=failed
how many secrets in shop => count secrets in shop
which pods are failing => list pods status=unhealthy
which pods are crashlooping in shop => list pods in shop status=crashloop
show failing pods => list pods status=unhealthy
list pending pods => list pods status=pending
are there any pending pods? => list pods status=pending
pods that are not running => list pods status=not-running
pods stuck in terminating => list pods status=terminating
evicted pods => list pods status=evicted
completed jobs => list jobs status=completed
show me pods in CrashLoopBackOff => list pods status=crashloop
pods with image pull errors => list pods status=image-pull
oomkilled pods => list pods status=oomkilled
pods that were restarted => list pods terms=RESTARTS:>0
pods with at least 3 restarts => list pods terms=RESTARTS:>=3
pods restarted more than 10 times => list pods terms=RESTARTS:>10
pods older than 7 days => list pods terms=AGE:>7d
pods younger than 1h => list pods terms=AGE:<1h
pods created in the last hour => list pods terms=AGE:<1h
the newest pod => list pods sort=AGE
5 newest pods => list pods sort=AGE limit=5
oldest deployment => list deployments sort=AGE descending=True
the last 3 deployments => list deployments limit=3
which pod restarts the most => list pods sort=RESTARTS descending=True
pods on node node-3 => list pods node=node-3
pods with label app=web => list pods terms=app=web
pods with app=web => list pods terms=app=web
pods using image nginx => list pods terms=IMAGES:nginx
unbound pvcs => list persistentvolumeclaims status=unbound
pods of checkout => list pods in shop owner checkout
pods of the api deployment => list pods in mobile owner api
api pods => list pods in mobile owner api
checkout pods => list pods in shop owner checkout
list pods named web => list pods in shop owner web
not ready nodes => list nodes status=not-ready
cordoned nodes => list nodes status=cordoned
nodes => list nodes
namespaces => list namespaces
what namespaces are there => list namespaces
which deployments are in payments => list deployments in payments
what is running in shop => list pods in shop status=running
what is running on node-1 => list pods status=running node=node-1
list configmaps in shop => list configmaps in shop
list config maps => list configmaps
list stateful sets => list statefulsets
show ingresses => list ingresses
list cron jobs in data => list cronjobs in data
list persistent volume claims => list persistentvolumeclaims
list certificates => list certificates
certs in shop => list certificates in shop
list crds => list customresourcedefinitions
why is web-0 crashing => why pods web-0 in shop
why does checkout crash? => why deployments checkout in shop
why is checkout not ready? => why deployments checkout in shop
why are my pods pending? => why pods status=pending
why is the checkout deployment not available => why deployments checkout in shop
why is node-2 not ready => why nodes node-2
why => why
whats wrong with checkout => why deployments checkout in shop
what's wrong? => why
what is wrong here => why
what is broken => why
anything wrong in shop? => why in shop
any problems? => why
show me problems in payments => why in payments
problems in shop => why in shop
diagnose checkout => why deployments checkout in shop
debug web-0 => why pods web-0 in shop
troubleshoot payment-api => why deployments payment-api in shop
is checkout ok? => why deployments checkout in shop
is checkout healthy => why deployments checkout in shop
is redis in payments ok? => why statefulsets redis in payments
is node-1 ready => why nodes node-1
is web running => why statefulsets web in shop
are all pods running? => list pods status=not-running
what happened to web-0 => why pods web-0 in shop
root cause of checkout failure => why deployments checkout in shop
check checkout => why deployments checkout in shop
fix checkout => why deployments checkout in shop
my checkout app doesn't work => why deployments checkout in shop
the frontend is not responding => why deployments frontend in shop
health of checkout => why deployments checkout in shop
status of checkout => describe deployments checkout in shop
how is checkout doing => why deployments checkout in shop
how is the cluster => overview
cluster status => overview
overview => overview
overview of shop => overview pods in shop
summary of payments => overview pods in payments
give me an overview of the cluster => overview in *
is everything ok? => overview
is everything ok in shop? => overview in shop
logs of checkout => logs deployments checkout in shop
logs checkout => logs deployments checkout in shop
show logs for web-0 => logs pods web-0 in shop
show me the logs => logs
tail web-0 => logs pods web-0 in shop
last 50 lines of checkout logs => logs deployments checkout in shop tail=50
the last 20 log lines of web-0 => logs pods web-0 in shop tail=20
previous logs of web-0 => logs pods web-0 in shop previous=True
logs of web-0 before the crash => logs pods web-0 in shop previous=True
logs of the container sidecar in web-0 => logs pods web-0 in shop container=sidecar
web-0 logs since 10 minutes => logs pods web-0 in shop since=600
checkout logs from the last hour => logs deployments checkout in shop since=3600
errors in the logs of checkout => logs deployments checkout in shop grep=error|exception|fatal|panic|fail
grep timeout in the logs of checkout => logs deployments checkout in shop grep=timeout
logs of checkout containing "connection refused" => logs deployments checkout in shop grep=connection refused
logs of the oldest api pod => logs pods in mobile owner api sort=AGE descending=True
checkout-7d9f8c6b5-x2xkq logs => logs pods checkout-7d9f8c6b5-x2xkq in shop
what does checkout say => logs deployments checkout in shop
events => events
events in shop => events in shop
warnings in payments => events in payments
recent events => events
show all events in shop => events in shop
events of checkout => events deployments checkout in shop
what happened in the last hour => events since=3600
what happened in shop => events in shop
events of node-1 => events nodes node-1
warnings of the last 10 minutes => events since=600
top => top
top pods => top pods
top nodes => top nodes
top pods in shop => top pods in shop
which pods use the most cpu => top pods sort=CPU
which nodes use the most memory => top nodes sort=MEM
memory usage of checkout => top deployments checkout in shop sort=MEM
cpu usage in shop => top in shop sort=CPU
what uses the most memory in monitoring => top in monitoring sort=MEM
top 3 pods by memory => top pods sort=MEM limit=3
describe checkout => describe deployments checkout in shop
describe the service checkout => describe services checkout in shop
describe pod web-0 => describe pods web-0 in shop
describe deployment checkout in shop => describe deployments checkout in shop
details of redis in payments => describe statefulsets redis in payments
tell me about grafana => describe deployments grafana in monitoring
what is grafana => describe deployments grafana in monitoring
inspect backup => describe cronjobs backup in data
describe namespace shop => describe namespaces shop
yaml of checkout => get deployments checkout in shop
show the yaml of deployment checkout => get deployments checkout in shop
get the manifest of service web => get services web in shop
describe configmap checkout-config => describe configmaps checkout-config in shop
describe secret checkout-db => describe secrets checkout-db in shop
data-web-0 => describe persistentvolumeclaims data-web-0 in shop
checkout => describe deployments checkout in shop
grafana => describe deployments grafana in monitoring
shop => overview pods in shop
describe chekout => describe deployments checkout in shop note
why is chekuot failing => why deployments checkout in shop note
list pods in stagin => list pods in staging note
list podz in shop => list pods in shop
lsit deploymnets => list deployments
shwo me the evnets in shop => events in shop
logs of grafanna => logs deployments grafana in monitoring note
describe foo => describe unknown object foo
pods in nowhere => ? pods in nowhere unknown namespace nowhere
logs of nothing-like-this => logs unknown object nothing-like-this
help => help
what can you do? => help
hello => hello
hi genie => hello
thanks => thanks
which cluster am i on => where-am-i
tell me a joke => ?
what is the weather => ?
asdf qwer => ?
open pods in shop => open pods in shop
go to deployments => open deployments
switch to namespace payments => open in payments
find pods matching web => list pods in shop owner web
shop/checkout logs => logs deployments checkout in shop
deploy/grafana => describe deployments grafana in monitoring
logs of deploy/checkout => logs deployments checkout in shop
describe shop/redis => describe statefulsets redis in shop
logs of "web-0" => logs pods web-0 in shop
describe `checkout-config` => describe configmaps checkout-config in shop
does web-0 have restarts => why pods web-0 in shop
when was web-0 restarted => describe pods web-0 in shop terms=RESTARTS:>0
where is web-0 running? => describe pods web-0 in shop status=running
which node is checkout on => describe deployments checkout in shop
which image does checkout use => images deployments checkout in shop
is events ok => why deployments events in data
logs of events => logs deployments events in data
describe the events deployment => describe deployments events in data
"""
FOLLOW_UPS = r"""
why is checkout failing? / its logs => logs deployments checkout in shop
why is checkout failing? / show me its logs => logs deployments checkout in shop
why is checkout failing? / and its events => events deployments checkout in shop
why is checkout failing? / describe it => describe deployments checkout in shop
why is checkout failing? / and redis in payments? => why statefulsets redis in payments
why is checkout failing? / what about frontend => why deployments frontend in shop
why is checkout failing? / previous logs => logs deployments checkout in shop previous=True
logs of checkout / and of frontend => logs deployments frontend in shop
logs of checkout / the last 10 lines => logs deployments checkout in shop tail=10
logs of checkout / only errors => logs deployments checkout in shop grep=error|exception|fatal|panic|fail
how many pods are not ready in shop? / and in staging? => count pods in staging status=not-ready
how many pods are not ready in shop? / what about payments => count pods in payments status=not-ready
how many pods are not ready in shop? / list them => list pods in shop status=not-ready
how many pods are not ready in shop? / which ones? => list pods in shop status=not-ready
how many pods are not ready in shop? / why? => why pods in shop status=not-ready
how many pods are not ready in shop? / in all namespaces => count pods in * status=not-ready
list deployments in shop / and services? => list services in shop
list deployments in shop / and in payments => list deployments in payments
list pods in shop / only the failing ones => list pods in shop status=unhealthy
list pods in shop / sort by age => list pods in shop sort=AGE
list pods in shop / how many? => count pods in shop
list pods in shop / on node-2 => list pods in shop node=node-2
what is wrong in payments / and in shop? => why in shop
which pods use the most memory / and cpu? => top pods sort=CPU
which pods use the most memory / in shop => top pods in shop sort=MEM
events for web-0 / and its logs => logs pods web-0 in shop
describe node-1 / is it ok? => why nodes node-1
list pods in shop / how many nodes are there? => count nodes
why is checkout failing? / list all deployments => list deployments
why is checkout failing? / thanks => thanks
why is checkout failing? / scale it to 5 => change raw scale
why is checkout failing? / delete it => change raw delete
logs of redis in payments / why is it failing => why statefulsets redis in payments
show me the logs of the newest api pod / and the oldest? => logs pods in mobile owner api sort=AGE descending=True
"""
"""Sentences one after the other, and what the last of them asks for."""


def rows(text: str) -> list[list[str]]:
    return [line.split(" => ") for line in text.strip().split("\n")]


def brief(intent: Intent) -> str:
    """An intent on one line; `shows` is left out."""
    parts: list[str] = [intent.verb or "?", intent.kind.partition(".")[0], intent.name]
    parts += [f"in {intent.namespace}"] if intent.namespace else []
    parts += [f"owner {intent.owner.name}"] if intent.owner else []
    parts += [f"unknown {intent.unknown_is} {intent.unknown}"] if intent.unknown else []
    parts += [f"choices {', '.join(str(ref) for ref in intent.choices)}"] if intent.choices else []
    parts += [f"raw {intent.raw}"] if intent.raw else []
    parts += ["note"] if intent.note else []
    for name, value in msgspec.structs.asdict(intent.details).items():
        if value != getattr(Details(), name):
            parts.append(f"{name}={'+'.join(value) if isinstance(value, tuple) else value}")
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(("said", "meant"), rows(UTTERANCES))
async def test_an_utterance_is_understood(said: str, meant: str) -> None:
    assert brief(await understand(played_scope(), [said])) == meant


@pytest.mark.parametrize(("said", "meant"), rows(FOLLOW_UPS))
async def test_a_sentence_goes_on_from_those_before(said: str, meant: str) -> None:
    assert brief(await understand(played_scope(), said.split(" / "))) == meant


def looking_at(namespace: str = "", kind: str = "", name: str = "") -> Focus:
    return Focus("prod", namespace, kind, ObjectRef(kind, name, namespace, "prod") if name else None)


@pytest.mark.parametrize(
    ("said", "focus", "meant"),
    [
        ("its logs", looking_at("shop", "pods", "web-1"), "logs pods web-1 in shop"),
        ("describe this", looking_at("shop", "deployments.apps", "cart"), "describe deployments cart in shop"),
        ("why is this failing?", looking_at("shop", "pods", "web-0"), "why pods web-0 in shop"),
        ("show me the logs", looking_at("shop", "pods", "web-1"), "logs pods web-1 in shop"),
        ("why is redis failing", looking_at("payments", "pods"), "why statefulsets redis in payments"),
        ("logs of redis", looking_at("shop"), "logs statefulsets redis in shop"),
        ("describe checkout", looking_at("shop", "services", "checkout"), "describe services checkout in shop"),
        ("why is grafana down", looking_at("shop", "pods"), "why deployments grafana in monitoring"),
        ("list pods", looking_at("shop", "pods"), "list pods"),
    ],
)
async def test_what_is_in_view_is_meant(said: str, focus: Focus, meant: str) -> None:
    assert brief(await understand(played_scope(focus), [said])) == meant


async def test_a_name_in_several_namespaces_is_asked_back_and_the_marked_one_is_taken() -> None:
    intent = await understand(played_scope(), ["why is redis failing?"])
    assert [str(ref) for ref in intent.choices] == ["statefulsets.apps shop/redis", "statefulsets.apps payments/redis"]
    picked = Focus("prod", "payments", "statefulsets.apps", intent.choices[1])
    assert (
        brief(await understand(played_scope(picked), ["why is redis failing?"])) == "why statefulsets redis in payments"
    )


async def test_kinds_that_may_not_be_listed_are_passed_over() -> None:
    denied = Forbidden("You may not list nodes", verb="list", resource="nodes")
    reader = PlayedReader(forbidden={"nodes": denied, "services": denied, "namespaces": denied})
    assert (
        brief(await understand(played_scope(reader=reader), ["logs of checkout"]))
        == "logs deployments checkout in shop"
    )
    assert brief(await understand(played_scope(reader=reader), ["list pods in hidden"])) == "list pods in hidden"


async def test_a_cluster_that_is_down_is_an_error() -> None:
    down = dict.fromkeys(PlayedReader()._rows, Refused("Nothing listens at https://prod"))
    with pytest.raises(Refused):
        await understand(played_scope(reader=PlayedReader(forbidden=down)), ["why is checkout failing?"])


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "…", "!!!", "`", '"', "\x1b[31m", "(", "x" * 5000, "日本語のポッド", "🚀", "-", "--", "\ue000"],
)
async def test_nonsense_is_not_understood_and_breaks_nothing(text: str) -> None:
    assert (await understand(played_scope(), [text])).verb in ("", "describe")
