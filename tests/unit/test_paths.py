import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kubegenie_tui import paths
from kubegenie_tui.domain.errors import StoreError, UsageError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("place", [paths.data_dir, paths.config_dir, paths.cache_dir])
def test_directories_are_private(home: Path, place: Callable[[], Path]) -> None:
    directory = place()
    assert directory.parent == home
    assert mode(directory) == mode(home) == 0o700


def test_our_own_loose_directory_is_tightened(home: Path) -> None:
    (home / "data").mkdir(parents=True, mode=0o755)
    assert mode(paths.data_dir()) == 0o700


def test_the_settings_file_is_named_without_making_anything(home: Path) -> None:
    assert paths.settings_file() == home / "config" / "settings.toml"
    assert not home.exists()


def test_without_home_the_platform_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBEGENIE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert tmp_path in paths.data_dir().parents
    assert paths.data_dir().name == "kubegenie"


def test_what_exists_above_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    paths.create_private(tmp_path / "a" / "b")
    assert (mode(tmp_path), mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o755, 0o700, 0o700)


def test_a_directory_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        paths.create_private(tmp_path / "file" / "below")
    assert "KUBEGENIE_HOME" in caught.value.next_step


def test_write_private_replaces_at_one_stroke(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    paths.write_private(path, b"one")
    path.chmod(0o644)
    paths.write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert mode(path) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_write_private_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    paths.write_private(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_appears_whole_and_takes_no_other_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    path, seen = tmp_path / "new" / "file", []
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(path.exists()))
    if not links:
        monkeypatch.setattr(Path, "hardlink_to", lambda *_: os.open("/dev/null/none", os.O_RDONLY))
    paths.write_new_private(path, b"one")
    with pytest.raises(UsageError, match="is there already"):
        paths.write_new_private(path, b"two")
    assert (path.read_bytes(), mode(path), seen) == (b"one", 0o600, [False, True])
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_keeps_the_old_and_leaves_no_draft(tmp_path: Path) -> None:
    directory = tmp_path / "taken"
    directory.mkdir()
    (directory / "inside").write_text("kept")
    with pytest.raises(StoreError):
        paths.write_private(directory, b"data")
    assert (directory / "inside").read_text() == "kept"
    assert list(tmp_path.iterdir()) == [directory]
