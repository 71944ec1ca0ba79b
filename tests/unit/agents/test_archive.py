"""What a pod sends lands in the place that was asked for, or nowhere."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from kubegenie_tui.agents.archive import Transfer, measure, pack, unpack
from kubegenie_tui.domain.errors import UsageError


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", **more: object
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    for key, value in more.items():
        setattr(info, key, value)
    return info, content


def stream(*entries: tuple[tarfile.TarInfo, bytes]) -> io.BytesIO:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    made.seek(0)
    return made


def unpacked(target: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Transfer:
    transfer = Transfer()
    unpack(stream(*entries), target, "top", transfer)
    return transfer


def test_files_and_directories_with_their_modes(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    done = unpacked(
        target,
        entry("./top", tarfile.DIRTYPE, mode=0o755),
        entry("./top/run.sh", content=b"#!/bin/sh\n", mode=0o4755),
        entry("./top/a/b.txt", content=b"deep", mode=0o000),
    )
    assert (target / "a" / "b.txt").read_bytes() == b"deep"
    assert (target / "run.sh").stat().st_mode & 0o7777 == 0o755
    assert (done.files, done.bytes, done.skipped) == (2, 14, [])


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "top/../../evil", "./top/../../evil", "other/evil", "..", "top/a/../../../evil"]
)
def test_no_path_leads_elsewhere(tmp_path: Path, name: str) -> None:
    target = tmp_path / "deep" / "copy"
    with pytest.raises(UsageError, match="leads elsewhere"):
        unpacked(target, entry(name, content=b"evil"))
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]


def test_links_and_devices_are_left_out_and_named(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    done = unpacked(
        target,
        entry("top/out", tarfile.SYMTYPE, linkname=str(tmp_path)),
        entry("top/out/evil", content=b"evil"),
        entry("top/hard", tarfile.LNKTYPE, linkname="/etc/passwd"),
        entry("top/null", tarfile.CHRTYPE),
        entry("top/pipe", tarfile.FIFOTYPE),
    )
    assert done.skipped == ["top/out", "top/hard", "top/null", "top/pipe"]
    assert not (tmp_path / "evil").exists()
    assert (target / "out").is_dir()
    assert not (target / "out").is_symlink()


def test_a_link_that_was_here_before_leads_nowhere(tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
    target.mkdir()
    elsewhere.mkdir()
    (target / "out").symlink_to(elsewhere)
    (target / "file").symlink_to(elsewhere / "file")
    with pytest.raises(UsageError, match="leads elsewhere"):
        unpacked(target, entry("top/out/evil", content=b"evil"))
    unpacked(target, entry("top/file", content=b"mine"))
    assert list(elsewhere.iterdir()) == []
    assert (target / "file").read_bytes() == b"mine"


def test_half_a_stream_leaves_no_half_file(tmp_path: Path) -> None:
    whole = stream(entry("top", content=b"x" * 100_000)).getvalue()
    with pytest.raises(tarfile.TarError):
        unpack(io.BytesIO(whole[:50_000]), tmp_path / "copy", "top", Transfer())
    assert list(tmp_path.iterdir()) == []


def test_what_is_packed_is_unpacked_the_same(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub" / "empty").mkdir(parents=True)
    (source / "a name").write_bytes(os.urandom(300_000))
    (source / "sub" / ("long" * 60)).write_bytes(b"x")
    (source / "link").symlink_to("/etc/passwd")
    made, transfer = io.BytesIO(), Transfer(measure(source))
    pack(made, source, "top", transfer)
    made.seek(0)
    assert (transfer.bytes, transfer.total, transfer.skipped) == (300_001, 300_001, ["top/link"])
    unpack(made, tmp_path / "copy", "top", Transfer())
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.name != "link")
    assert sorted(str(path.relative_to(tmp_path / "copy")) for path in (tmp_path / "copy").rglob("*")) == names
    assert (tmp_path / "copy" / "a name").read_bytes() == (source / "a name").read_bytes()


def test_what_is_not_here_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        measure(tmp_path / "absent")
