"""The name that was probably meant, and whether that is certain."""

import pytest

from kubegenie_tui.domain.nearness import is_slip, nearest


@pytest.mark.parametrize(
    ("wanted", "names", "near"),
    [
        ("chekout", ["checkout", "cart"], "checkout"),
        ("backup-s3-creds", ["backup-s3-credentials", "backup-db"], "backup-s3-credentials"),
        ("backup-s3-credentials", ["backup-s3-creds"], "backup-s3-creds"),
        ("app-config", ["app-configuration"], "app-configuration"),
        ("app-creds", ["app-credentials", "app-credential-store", "app-credentialz"], ""),
        ("web-tls", ["website-tls"], ""),
        ("db", ["database"], ""),
    ],
)
def test_a_slip_a_form_or_a_shortened_word_is_near(wanted: str, names: list[str], near: str) -> None:
    assert nearest(wanted, names) == near


def test_what_is_shortened_is_near_and_no_slip() -> None:
    assert not is_slip("backup-s3-creds", "backup-s3-credentials")
