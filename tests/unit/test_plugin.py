"""What plugins may rely on stays as it is: whoever changes it here breaks the plugins of others."""

import inspect

from kubegenie_tui import plugin

PROMISED = {
    "Chosen": ["objects", "cluster_name", "namespace", "words", "open"],
    "Command": ["word", "label", "run", "key", "kinds"],
    "GoTo": ["line"],
    "Plan": ["title", "cluster", "steps"],
    "Step": ["verb", "ref", "body", "patch", "subresource", "force", "propagation", "grace"],
    "ObjectRef": ["kind", "name", "namespace", "cluster"],
    "KubeGenieError": ["what", "why", "next_step"],
}
"""Arguments by position."""
READING = {
    "ref": "(kind: str, name: str, namespace: str = '')",
    "get": "(kind: str, name: str, namespace: str = '')",
    "find": "(kind: str, namespace: str = '', *, labels: str = '', fields: str = '', limit: int = 500)",
    "events": "(namespace: str, uid: str)",
    "logs": "(pod: str, namespace: str, container: str = '', *, tail: int = 100, previous: bool = False)",
}


def test_the_names_and_their_arguments() -> None:
    for name, arguments in PROMISED.items():
        found = list(inspect.signature(getattr(plugin, name)).parameters)
        assert found[: len(arguments)] == arguments, name


def test_a_cluster_can_be_read_and_nothing_else() -> None:
    public = {name: each for name, each in vars(plugin.Cluster).items() if not name.startswith("_")}
    assert public.keys() == {"name", *READING}
    for name, expected in READING.items():
        signature = inspect.signature(public[name])
        kept = [each for each in signature.parameters.values() if each.name != "self"]
        plain = signature.replace(parameters=kept, return_annotation=inspect.Signature.empty)
        assert str(plain) == expected


def test_everything_that_is_promised_says_what_it_is() -> None:
    for name in plugin.__all__:
        each = getattr(plugin, name)
        assert not inspect.isclass(each) or inspect.getdoc(each), name
