"""What is known as a Secret's value because somebody says that one shall hold it."""

import json
from typing import Any

import pytest

from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.redaction.told import secrets_proposed, values_told


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("set dsn to blue-horse in secret db", ["blue-horse"]),
        ("Please change dsn of secret db to 'blue horse'.", ["blue horse"]),
        ("update the secret db: a=blue-horse b=\"red horse\"", ["blue-horse", "red horse"]),
        ("kubectl create secret generic db --from-literal=a=blue-horse --from-literal b=red", ["blue-horse", "red"]),
        ("ändere dsn im Secret db auf blaues-pferd", ["blaues-pferd"]),
        ("set dsn to blue-horse in configmap db", []),
        ("set image of secret-service to shop/web:2", []),
        ("add label team=payments-emea to secret db", []),
        ("create secret db in namespace=payments-emea", []),
        ("why is secret db missing? it was set to blue-horse", []),
        ("what uses secret db with a=blue-horse?", []),
    ],
)  # fmt: skip
def test_only_what_a_secret_is_told_to_hold_is_taken_for_its_value(text: str, values: list[str]) -> None:
    assert list(values_told(text)) == values


def test_what_was_told_is_masked_everywhere_afterwards() -> None:
    redactor = Redactor()
    assert "blue-horse" in redactor.text("the blue-horse runs")
    redactor.learn_told("set dsn to blue-horse in secret db")
    assert "blue-horse" not in redactor.text("the blue-horse runs")


MANIFEST: dict[str, Any] = {"stringData": {"a": "blue-horse"}}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"steps": [{"kind": "secrets", "manifest": MANIFEST}]}, [MANIFEST | {"kind": "Secret"}]),
        ({"steps": json.dumps([{"kind": "Secret", "manifest": MANIFEST}])}, [MANIFEST | {"kind": "Secret"}]),
        ({"steps": [{"manifest": json.dumps(MANIFEST | {"kind": "Secret"})}]}, [MANIFEST | {"kind": "Secret"}]),
        ({"steps": [{"kind": "configmaps", "manifest": MANIFEST}, {"kind": "secrets"}, 7]}, []),
        ({"steps": [{"kind": "secrets", "manifest": "no JSON"}]}, []),
        ({"steps": 7}, []),
        ([], []),
    ],
)
def test_what_a_proposal_has_secrets_hold_is_found_however_a_model_writes_it(arguments: Any, found: list[Any]) -> None:
    assert list(secrets_proposed(json.dumps(arguments))) == found


def test_arguments_that_are_no_json_hold_nothing() -> None:
    assert list(secrets_proposed('{"steps": [')) == []
