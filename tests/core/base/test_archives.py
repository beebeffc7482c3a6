"""Zip files from outside: none writes beyond its folder, takes more room than allowed, or more memory than it is large."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from unionhall.base.archives import CHUNK, ArchiveRefused, Limits, members, unpack

LIMITS = Limits(inflated=4 * 1024 * 1024, members=20, ratio=100)


@pytest.fixture
def opened(tmp_path, app):
    """Return a function that unpacks a zip file and gives {name: bytes}."""

    def run(path, limits=LIMITS, **options):
        folder = tmp_path / "out"
        folder.mkdir()
        with app.app_context():
            names = unpack(path, folder, limits, **options)
        assert sorted(names) == sorted(str(found.relative_to(folder)) for found in folder.rglob("*") if found.is_file())
        return {name: (folder / name).read_bytes() for name in names}

    return run


@pytest.fixture
def packed(tmp_path):
    """Return a function that makes a zip file of (name or ZipInfo, bytes)."""

    def make(*files, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "x.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in files:
                archive.writestr(name, data)
        return path

    return make


def test_ordinary_files_are_unpacked(opened, packed):
    assert opened(packed(("a.md", b"x"), ("图/一.jpg", b"y"), ("empty/", b""), ("b/c/d.txt", b""))) == {"a.md": b"x", "图/一.jpg": b"y", "b/c/d.txt": b""}


def test_only_what_is_wanted_is_unpacked(opened, packed):
    assert opened(packed(("a.md", b"x"), ("b.php", b"y")), wanted=lambda name: name.endswith(".md")) == {"a.md": b"x"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_in_the_encoding_of_their_system(opened, packed, encoding):
    """Windows in China writes GBK, macOS UTF-8, both without saying so."""
    path = packed(("AAAAAAAAAAAA.md", b"x"))
    raw = "文章一".encode(encoding)
    name = raw + b"-" * (12 - len(raw))
    path.write_bytes(path.read_bytes().replace(b"AAAAAAAAAAAA", name))
    assert list(opened(path)) == [name.decode(encoding) + ".md"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "C:/x", "..\\x", "a//b", "x\n.md", "a/./b", "长" * 100 + ".md"])
def test_no_name_leads_out_of_the_folder(opened, packed, tmp_path, name):
    with pytest.raises(ArchiveRefused) as refused:
        opened(packed(("ok.md", b"x"), (name, b"evil")))
    assert refused.value.code == "zip-bad-name"
    assert not (tmp_path / "x").exists()


def test_links_and_devices_are_refused(opened, packed):
    for kind in (0o120777, 0o020666, 0o010666):
        member = zipfile.ZipInfo("link")
        member.create_system, member.external_attr = 3, kind << 16
        with pytest.raises(ArchiveRefused) as refused:
            opened(packed((member, b"/etc/passwd")))
        assert refused.value.code == "zip-bad-name"
        Path(packed().parent / "out").rmdir()


@pytest.mark.parametrize(("files", "code"), [
    ([(f"{n}.md", b"x") for n in range(21)], "zip-too-many-members"),
    ([(f"{n}.bin", bytes(range(256)) * 4096) for n in range(5)], "zip-too-large"),
    ([("bomb.txt", b"0" * 3 * 1024 * 1024)], "zip-ratio"),
])  # fmt: skip
def test_bombs(opened, packed, files, code):
    with pytest.raises(ArchiveRefused) as refused:
        opened(packed(*files))
    assert refused.value.code == code


def patched(path, signature, offset, form, *values):
    """Write values into every header with this signature."""
    data = bytearray(path.read_bytes())
    at = data.find(signature)
    while at >= 0:
        struct.pack_into(form, data, at + offset, *values)
        at = data.find(signature, at + 4)
    path.write_bytes(data)
    return path


def test_two_gigabytes_declared(opened, packed):
    path = patched(packed(("a.txt", b"x" * 2000)), b"PK\x01\x02", 24, "<I", 2 * 1024**3)
    with pytest.raises(ArchiveRefused) as refused:
        opened(path)
    assert refused.value.code == "zip-too-large"


def test_more_inside_than_declared(opened, packed):
    """The table says 10 bytes, the stream holds a megabyte: what is read is judged, not what is said."""
    path = patched(packed(("a.txt", b"x" * 1024 * 1024)), b"PK\x01\x02", 24, "<I", 10)
    with pytest.raises(ArchiveRefused):
        opened(path)


def test_a_table_of_millions_is_not_read(opened, packed):
    """One byte a member, or a second table of contents: refused by the end record alone."""
    path = patched(packed(("a.txt", b"x")), b"PK\x05\x06", 8, "<HHI", 1, 1, 400_000_000)
    with pytest.raises(ArchiveRefused) as refused:
        opened(path)
    assert refused.value.code == "zip-too-many-members"
    path.parent.joinpath("out").rmdir()
    path = packed(("a.txt", b"x"))
    data = path.read_bytes()
    at = data.rfind(b"PK\x05\x06")
    path.write_bytes(data[:at] + struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1) + data[at:])
    with pytest.raises(ArchiveRefused) as refused:
        opened(path)
    assert refused.value.code == "zip-too-many-members"


def test_passwords_rare_compression_and_repeats_are_refused(opened, packed, tmp_path):
    locked = patched(patched(packed(("a.txt", b"x")), b"PK\x01\x02", 8, "<H", 1), b"PK\x03\x04", 6, "<H", 1)
    with pytest.raises(ArchiveRefused) as refused:
        opened(locked)
    assert refused.value.code == "zip-encrypted"
    (tmp_path / "out").rmdir()
    with pytest.raises(ArchiveRefused) as refused:
        opened(packed(("a.txt", b"x" * 100), compression=zipfile.ZIP_LZMA))
    assert refused.value.code == "zip-broken"
    (tmp_path / "out").rmdir()
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = packed(("a.txt", b"x"), ("a.txt", b"y"))
    with pytest.raises(ArchiveRefused) as refused:
        opened(twice)
    assert refused.value.code == "zip-broken"


@pytest.mark.parametrize(("signature", "offset", "form", "value"), [
    (b"PK\x05\x06", 12, "<I", 10_000), (b"PK\x05\x06", 16, "<I", 2_000_000), (b"PK\x01\x02", 28, "<H", 0), (b"PK\x01\x02", 8, "<H", 0x800),
], ids=["table before the file", "member before the file", "no name", "name in no encoding"])  # fmt: skip
def test_a_table_that_cannot_be_is_refused_in_a_file_and_in_memory(opened, packed, signature, offset, form, value):
    path = packed(("aaa.txt", b"x"))
    path.write_bytes(path.read_bytes().replace(b"aaa.txt", b"\xb0\xa1a.txt"))
    patched(path, signature, offset, form, value)
    for read in (opened, lambda path: members(path.read_bytes(), LIMITS)):
        with pytest.raises(ArchiveRefused) as refused:
            read(path)
        assert refused.value.code == "zip-broken"


def test_members_in_memory_are_judged_as_those_in_a_file(packed):
    assert members(packed(("a.md", b"x"), ("d/", b""), ("图\\b.bin", b"y" * 300_000)).read_bytes(), LIMITS) == {"a.md": b"x", "图/b.bin": b"y" * CHUNK}
    with pytest.raises(ArchiveRefused) as refused:
        members(packed(("a.txt", b"0" * 3 * 1024 * 1024)).read_bytes(), LIMITS)
    assert refused.value.code == "zip-ratio"
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = packed(("a.txt", b"x"), ("a.txt", b"y"))
    with pytest.raises(ArchiveRefused) as refused:
        members(twice.read_bytes(), LIMITS)
    assert refused.value.code == "zip-broken"


@pytest.mark.parametrize("change", [lambda data: b"", lambda data: b"hello", lambda data: data[:-30], lambda data: data[:40] + b"\xff" * 60 + data[100:]])
def test_what_is_no_zip_or_was_cut_is_refused(opened, packed, change):
    path = packed(("a.txt", bytes(range(256)) * 10))
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ArchiveRefused):
        opened(path)
