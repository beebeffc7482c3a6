"""Archives that are cut, changed, or made to do harm: refused before anything is written, with the member's name."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile

import pytest

from unionhall.backup import archive as archives
from unionhall.backup import checking
from unionhall.backup.archive import Archive, BackupRefused
from unionhall.base.crypto import keyed_hash


@pytest.fixture
def refused(app, tmp_path):
    """Return `refused(data)`: what is said of an archive with these bytes."""

    def said(data):
        file = tmp_path / "hostile.tar"
        file.write_bytes(data)
        with app.app_context(), pytest.raises(BackupRefused) as error, Archive(file) as found:
            checking.check(found)
        return str(error.value)

    return said


KEPT = {}


@pytest.fixture
def parts(request):
    """Return the members of a good backup: {name: bytes}; made once for a test process."""
    if not KEPT:
        with tarfile.open(request.getfixturevalue("archive")()) as tar:
            KEPT.update({member.name: tar.extractfile(member).read() for member in tar})
    return dict(KEPT)


def packed(members, *, extra=()):
    """Return a tar with these members, and raw ones put before the last three."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for n, (name, data) in enumerate(members.items()):
            if n == len(members) - 3:
                for info, body in extra:
                    tar.addfile(info, io.BytesIO(body))
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    data = out.getvalue()
    return data.rstrip(b"\0") + bytes(-len(data.rstrip(b"\0")) % 512) + bytes(1024)


def sealed(app, members):
    """Return the members with checksums and seal made to fit, as somebody with the key could."""
    kept = {name: data for name, data in members.items() if name not in {"SHA256SUMS", "SEAL"}}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in kept.items()).encode()
    digest = hashlib.sha256(sums).hexdigest()
    with app.app_context():
        seal = json.dumps({"sha256": digest, "by": keyed_hash("backup", digest)}).encode()
    return kept | {"SHA256SUMS": sums, "SEAL": seal}


def changed(members, **values):
    about = json.loads(members["manifest.json"])
    return members | {"manifest.json": json.dumps(about | values).encode()}


def test_a_good_one_is_taken(app, parts, tmp_path):
    for data in (packed(parts), packed(sealed(app, parts))):
        file = tmp_path / "good.tar"
        file.write_bytes(data)
        with app.app_context(), Archive(file) as found:
            assert checking.check(found).own


def test_one_that_another_key_made_is_taken_but_not_ours(app, archive, monkeypatch):
    file = archive()
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update={"secret_key": "another" * 8}))
    with app.app_context(), Archive(file) as found:
        assert not checking.check(found).own


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + b"x" * 2000, b"\x1f\x8b" + b"x" * 600, b"x" * 511], ids=["empty", "zip", "gzip", "short"])
def test_what_is_no_backup(refused, data):
    assert refused(data) == "这不是 UnionHall 的备份文件。"


def test_only_nothing(refused):
    assert "manifest.json" in refused(bytes(1024))


def test_wherever_it_is_cut_it_is_refused(refused, parts):
    data = packed(parts)
    for cut in (512, 700, len(data) // 3, len(data) // 2, len(data) - 1536, len(data) - 2048, len(data) - 2500):
        assert any(word in refused(data[:cut]) for word in ("不完整", "断了"))


def test_a_changed_byte_names_its_member(refused, parts):
    for name in ("tables/news_article.jsonl.gz", "manifest.json", next(name for name in parts if name.startswith("media/")), "templates/site/home.html"):
        spoilt = bytes([parts[name][0] ^ 1]) + parts[name][1:]
        assert f"“{name}”" in refused(packed(parts | {name: spoilt}))


def test_a_changed_list_or_seal(refused, parts):
    assert "SHA256SUMS" in refused(packed(parts | {"SHA256SUMS": parts["SHA256SUMS"] + b"0" * 64 + b"  manifest.json\n"}))
    assert "SEAL" in refused(packed(parts | {"SEAL": json.dumps({"sha256": "0" * 64, "by": ""}).encode()}))
    for wrong in (b"", b"[]", b"{}", b"[" * 4000, b"\xff"):
        assert "SEAL" in refused(packed(parts | {"SEAL": wrong}))


NAMES = ["../evil", "/etc/passwd", "media/../../evil.png", "templates/../x.html", "templates/.hidden", "tables/x.sql", "secret.key",
         "templates//x.html", "media/ab/x.svg/y", "tables/a-b.jsonl.gz", "evil\nname", "templates/" + "a/" * 20 + "x.html", "x" * 300]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_we_never_give(refused, parts, name):
    info = tarfile.TarInfo(name)
    assert "不该有的文件" in refused(packed(parts, extra=[(info, b"")]))


KINDS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.XGLTYPE]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_plain_file(refused, parts, kind):
    info = tarfile.TarInfo("templates/x.html")
    info.type, info.linkname = kind, "/etc/passwd"
    assert "templates/x.html" in refused(packed(parts, extra=[(info, b"")]))


def test_a_member_that_says_it_is_huge(refused, parts):
    info = tarfile.TarInfo("templates/x.html")
    info.size = 2**40
    head = info.tobuf(tarfile.GNU_FORMAT)
    data = packed(parts)
    assert "templates/x.html" in refused(data[:-1024] + head + bytes(1024))
    info.size = -5
    assert "备份" in refused(data[:-1024] + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


def test_a_small_member_that_is_large(refused, parts, monkeypatch):
    assert "SEAL" in refused(packed(parts | {"SEAL": bytes(5000)}))
    monkeypatch.setitem(archives.SMALL, "manifest.json", 100)
    assert "manifest.json" in refused(packed(parts))


def test_a_member_twice_and_files_out_of_order(refused, parts):
    again = tarfile.TarInfo("manifest.json")
    assert "两次" in refused(packed(parts, extra=[(again, b"")]))
    (name,) = [name for name in parts if name.endswith(".jpg")]
    assert "两次" in refused(packed(parts, extra=[(tarfile.TarInfo(name), b"")]))


def test_something_after_the_end(refused, parts):
    assert "末尾" in refused(packed(parts) + b"x" * 512)
    assert "末尾" in refused(packed(parts) + bytes(100_000))


def test_a_newer_format_says_so(app, refused, parts):
    assert "先升级" in refused(packed(sealed(app, changed(parts, format=2, something="new"))))


@pytest.mark.parametrize(("values", "word"), [
    ({"tables": "x"}, "tables"), ({"files": -1}, "files"), ({"heads": {"core'; --": "1"}}, "heads"), ({"made_at": "yesterday"}, "manifest.json"),
    ({"rebuilt": ["a b"]}, "rebuilt"), ({"more": 1}, "more"), ({"files": 1}, "manifest.json"), ({"templates": 7}, "manifest.json"), ({"with_keys": True}, "manifest.json"),
])  # fmt: skip
def test_a_manifest_that_lies(app, refused, parts, values, word):
    assert word in refused(packed(sealed(app, changed(parts, **values))))


def test_a_manifest_that_is_no_json(app, refused, parts):
    for wrong in (b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe"):
        assert "manifest.json" in refused(packed(sealed(app, parts | {"manifest.json": wrong})))


def table(parts, name="news_section"):
    return next(item for item in json.loads(parts["manifest.json"])["tables"] if item["name"] == name)


def with_rows(app, parts, lines, **values):
    """Return the archive with other rows in a table, the manifest and checksums made to fit."""
    data = b"".join(lines)
    entry = table(parts) | {"rows": len(lines), "sha256": hashlib.sha256(data).hexdigest()} | values
    others = [item for item in json.loads(parts["manifest.json"])["tables"] if item["name"] != entry["name"]]
    new = changed(parts, tables=[*others, entry]) | {f"tables/{entry['name']}.jsonl.gz": gzip.compress(data)}
    return packed(sealed(app, new))


@pytest.mark.parametrize("line", [b"{}\n", b"[1]\n", b"null\n", b"[" * 50_000 + b"\n", b"\xff\n", b"not json\n", b'[1,2,3,4,5,6,7]'])
def test_rows_that_cannot_be_read(app, refused, parts, line):
    assert "tables/news_section.jsonl.gz”第 1 行" in refused(with_rows(app, parts, [line]))


def test_more_rows_than_the_manifest_says(app, refused, parts):
    row = gzip.decompress(parts["tables/news_section.jsonl.gz"])
    assert "第 2 行" in refused(with_rows(app, parts, [row, row], rows=1))
    assert "行数" in refused(with_rows(app, parts, [row], rows=2))
    assert "校验和" in refused(with_rows(app, parts, [row], sha256="0" * 64))


def test_a_line_without_an_end_is_not_read_into_memory(app, refused, parts, monkeypatch):
    monkeypatch.setattr(checking, "LONGEST_LINE", 1000)
    bomb = b'["' + b"x" * 100_000 + b'"]\n'
    assert "第 1 行" in refused(with_rows(app, parts, [bomb]))


def test_a_table_that_is_no_gzip(app, refused, parts):
    name = "tables/news_section.jsonl.gz"
    for wrong in (b"", b"not gzip", parts[name][:-4], parts[name][:20]):
        assert name in refused(packed(sealed(app, parts | {name: wrong})))


def test_a_table_too_many_or_too_few(app, refused, parts):
    extra = {"tables/orgs_secret.jsonl.gz": gzip.compress(b"")}
    assert "orgs_secret" in refused(packed(sealed(app, extra | parts)))
    fewer = {name: data for name, data in parts.items() if name != "tables/news_tag.jsonl.gz"}
    assert "news_tag" in refused(packed(sealed(app, fewer)))
    twice = changed(parts, tables=[*json.loads(parts["manifest.json"])["tables"], table(parts)])
    assert "tables" in refused(packed(sealed(app, twice)))


def row_of(parts, **values):
    entry = table(parts)
    row = dict(zip(entry["columns"], json.loads(gzip.decompress(parts["tables/news_section.jsonl.gz"])), strict=True))
    return json.dumps(list((row | values).values())).encode() + b"\n"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("values", [{"id": "one"}, {"slug": None}, {"open": {}}, {"name": ["x"]}, {"position": 2**70}])
def test_values_that_do_not_fit_change_nothing(app, parts, elsewhere, restore, rows, tmp_path, kind, values):
    """Every checksum is right; the table says no, and nothing of the site is there."""
    target, file = elsewhere(kind), tmp_path / "odd.tar"
    file.write_bytes(with_rows(app, parts, [row_of(parts, **values)]))
    with pytest.raises(BackupRefused, match="news_section"):
        restore(target, file)
    assert rows(target) == {}


@pytest.mark.parametrize("columns", [["id"], ["id", "id", "name", "name_en", "summary", "position", "open"], ["id", "slug", "name", "name_en", "summary", "position", "secret"]])
def test_columns_that_this_version_does_not_have(app, parts, elsewhere, restore, rows, tmp_path, columns):
    target, file = elsewhere(), tmp_path / "odd.tar"
    file.write_bytes(with_rows(app, parts, [json.dumps([1] * len(columns)).encode() + b"\n"], columns=columns))
    with pytest.raises(BackupRefused, match="news_section"):
        restore(target, file)
    assert rows(target) == {}


def test_a_version_that_is_not_known_here(app, parts, elsewhere, restore, rows, tmp_path):
    target, file = elsewhere(), tmp_path / "newer.tar"
    file.write_bytes(packed(sealed(app, changed(parts, heads={"core": "9999"}, version="7.0"))))
    with pytest.raises(BackupRefused, match="7.0"):
        restore(target, file)
    assert rows(target) == {}


def test_a_table_of_the_core_is_missing(app, parts, elsewhere, restore, tmp_path):
    about = json.loads(parts["manifest.json"])
    fewer = {name: data for name, data in parts.items() if name != "tables/news_tag.jsonl.gz"}
    file = tmp_path / "fewer.tar"
    file.write_bytes(packed(sealed(app, changed(fewer, tables=[item for item in about["tables"] if item["name"] != "news_tag"]))))
    with pytest.raises(BackupRefused, match="news_tag"):
        restore(elsewhere(), file)
