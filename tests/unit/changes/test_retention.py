"""A StatefulSet whose retention policy deletes claims: how grave that is, what is told of it, and that it stays so."""

from typing import Any

import pytest

from kubegenie_tui.changes.impact import impact_of
from kubegenie_tui.changes.reversal import reversal_of
from kubegenie_tui.changes.tier import tier_of
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, StepPreview, Tier, Verb
from tests.unit.changes.test_impact import Around, named, said

Object = dict[str, Any]
W1, W2, W3 = Tier.REVERSIBLE, Tier.DISRUPTIVE, Tier.DESTRUCTIVE
UNLESS = "the data too, unless the volume's reclaim policy is Retain"


def db(replicas: int = 3, scaled: str = "Delete", deleted: str = "Delete", first: int = 0, **spec: Any) -> Object:
    policy = {"whenScaled": scaled, "whenDeleted": deleted}
    claims = {"volumeClaimTemplates": [named("data")], "persistentVolumeClaimRetentionPolicy": policy}
    spec = {"replicas": replicas, "ordinals": {"start": first}, **claims, **spec}
    return named("db", kind="StatefulSet", metadata={"uid": "u-db"}, spec=spec)


def change(before: Object, after: Object | None, **step: Any) -> StepPreview:
    verb = Verb.PATCH if after else Verb.DELETE
    return StepPreview(Step(verb, ObjectRef("statefulsets.apps", "db", "shop"), **step), before, after, ())


def judge(preview: StepPreview) -> tuple[Tier, tuple[str, ...]]:
    return tier_of(Plan("t", "dev", (preview.step,)), [preview], ())


@pytest.mark.parametrize(
    ("preview", "tier"),
    [
        (change(db(3), db(2), subresource="scale"), W3),
        (change(db(3), db(0), subresource="scale"), W3),
        (change(db(3), db(3, first=1)), W3),
        (change(db(3, scaled="Retain"), db(2, scaled="Delete")), W3),
        (change(db(), None), W3),
        (change(db(0), None), W3),
        (change(db(3), db(5)), W1),
        (change(db(3), db(2, scaled="Retain")), W1),
        (change(db(3, scaled="Retain"), db(0, scaled="Retain")), W2),
        (change(db(volumeClaimTemplates=[]), db(2, volumeClaimTemplates=[])), W1),
        (change(db(deleted="Retain"), None), W2),
        (change(db(), None, propagation="Orphan"), W2),
        (change(db(volumeClaimTemplates=[]), None), W2),
    ],
)
def test_what_deletes_claims_is_destructive_and_does_not_come_back(preview: StepPreview, tier: Tier) -> None:
    found, reasons = judge(preview)
    assert found is tier
    assert any("claims" in reason for reason in reasons) is (tier is W3)
    assert ("data of a volume" in reversal_of(preview, preview.after).why) is (tier is W3)


def test_how_many_pods_lose_their_claims() -> None:
    assert judge(change(db(3), db(2)))[1] == ("it deletes the claims of 1 pod and their data",)
    assert judge(change(db(3), db(1)))[1] == ("it deletes the claims of 2 pods and their data",)


async def impact(preview: StepPreview, *claims: Object) -> list[str]:
    told = said(await impact_of([preview], Around(persistentvolumeclaims=list(claims))))
    return [text for text in told if "pods stop" not in text]


def claim(name: str, owner: str = "u-db") -> Object:
    return named(name, metadata={"ownerReferences": [{"uid": owner}]})


async def test_the_claims_of_pods_that_go_are_named() -> None:
    two: Object = {"volumeClaimTemplates": [named("data"), named("wal")]}
    assert await impact(change(db(3, **two), db(2, **two))) == [
        f"WARN 2 of its claims go: data-db-2, wal-db-2; {UNLESS}"
    ]
    assert await impact(change(db(9, first=3), db(2, first=3))) == [
        f"WARN 7 of its claims go: data-db-5, data-db-6, data-db-7, data-db-8, data-db-9 and 2 more; {UNLESS}"
    ]
    assert await impact(change(db(3, scaled="Retain"), db(2, scaled="Retain"))) == []


async def test_the_claims_that_go_with_it_are_those_it_owns() -> None:
    claims = (claim("data-db-0"), claim("data-db-1", owner="u-other"), named("data-db-2"), claim("data-db-9"))
    assert await impact(change(db(), None), *claims) == [f"WARN 2 of its claims go: data-db-0, data-db-9; {UNLESS}"]
    assert await impact(change(db(), None)) == [f"WARN its claims go; {UNLESS}"]
    assert await impact(change(db(deleted="Retain"), None), *claims) == ["OK its volumes are kept"]
    assert await impact(change(db(), None, propagation="Orphan"), *claims) == ["OK its volumes are kept"]
