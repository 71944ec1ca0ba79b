import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.user_command import UserCommand, values_of, variables

PODS = Kind("", "v1", "pods", "Pod", short_names=("po",))
ROW = Row("u-1", "shop", "web; rm -rf $HOME", 0, "1", ("1/1",))
VALUES = values_of(ROW, PODS, {"READY": "1/1", "LAST RESTART": "–"}, {"CONTEXT": "prod", "FILTER": "a b"})


def test_values_are_words_and_never_code() -> None:
    command = UserCommand(("stern", "-n", "$NAMESPACE", "--context=$CONTEXT", "$NAME", "$FILTER"))
    assert command.words(VALUES) == ["stern", "-n", "shop", "--context=prod", "web; rm -rf $HOME", "a b"]


def test_one_text_is_cut_before_values_come_in() -> None:
    assert UserCommand("stern '$NAME' -n ${NAMESPACE}").words(VALUES) == ["stern", "web; rm -rf $HOME", "-n", "shop"]


def test_a_shell_is_given_the_text_untouched_and_the_values_as_variables() -> None:
    command = UserCommand("echo $NAME | tr a-z A-Z", shell=True)
    assert command.words(VALUES) == ["sh", "-c", "echo $NAME | tr a-z A-Z"]
    found = variables(VALUES)
    assert found["NAME"] == ROW.name
    assert found["COL_LAST_RESTART"] == "–"


def test_columns_and_dollars() -> None:
    assert UserCommand(("x", "$COL-READY", "$$5", "$KIND/$RESOURCE")).words(VALUES) == ["x", "1/1", "$5", "Pod/pods"]


def test_an_unknown_placeholder_is_told() -> None:
    with pytest.raises(UsageError, match=r"\$NODE stands for nothing here"):
        UserCommand(("x", "$NODE")).words(VALUES)


def test_kinds_it_is_for() -> None:
    assert UserCommand(("x",)).fits(PODS)
    assert UserCommand(("x",), scopes=("po",)).fits(PODS)
    assert UserCommand(("x",), scopes=("Pod",)).fits(PODS)
    assert not UserCommand(("x",), scopes=("deployments",)).fits(PODS)
