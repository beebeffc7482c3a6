"""Documents: judged by what is in them, and only ever handed out as downloads."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest
from media_samples import CONTENT_TYPES, PDF, find, jpeg, packed

from unionhall.media import documents, services
from unionhall.media.documents import DocumentRefused
from unionhall.media.images import Picture
from unionhall.media.refusals import UploadRefused, explained

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}
VBA = "_VBA_PROJECT".encode("utf-16-le")


def of(folder):
    return packed({"[Content_Types].xml": CONTENT_TYPES, f"{folder}/x.xml": b"<x/>"})


@pytest.mark.parametrize(("name", "data", "mime"), [
    ("年报.pdf", PDF, "application/pdf"), ("通知.DOCX", packed(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("表.xlsx", of("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("课.pptx", of("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("旧.doc", OLE, "application/msword"), ("旧.xls", OLE, "application/vnd.ms-excel"), ("旧.ppt", OLE, "application/vnd.ms-powerpoint"),
    ("旧.wps", OLE, "application/vnd.ms-works"), ("文.odt", packed(ODT), "application/vnd.oasis.opendocument.text"),
    ("名单.csv", "姓名,岗位\n林晓棠,记者\n".encode(), "text/csv; charset=utf-8"), ("名单.csv", "姓名,岗位\n".encode("gb18030"), "text/csv; charset=gb18030"),
    ("说明.txt", "\ufeff第一条".encode(), "text/plain; charset=utf-8"),
], ids=lambda value: value if isinstance(value, str) and "/" in value else "")  # fmt: skip
def test_what_is_taken(name, data, mime):
    found = documents.inspect(data, name)
    assert (found.mime, found.data, found.extension) == (mime, data, name.rpartition(".")[2].lower())


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.pdf", b"", "empty"), ("a.exe", b"MZ", "kind"), ("a", b"x", "kind"), ("a.html", b"<html>", "kind"), ("a.svg2", b"<svg>", "kind"),
    ("a.zip", packed(), "archive"), ("a.rar", b"Rar!", "archive"), ("a.tar.gz", b"\x1f\x8b", "archive"), ("a.docm", packed(), "kind"),
    ("a.pdf", b"MZ\x90\0" + PDF, "mismatch"), ("a.pdf", packed(), "mismatch"), ("a.docx", PDF, "mismatch"), ("a.docx", b"MZ" + packed(), "mismatch"),
    ("a.docx", of("xl"), "mismatch"), ("a.docx", packed({"word/document.xml": b"x"}), "mismatch"), ("a.docx", OLE, "mismatch"),
    ("a.doc", packed(), "mismatch"), ("a.doc", b"<html><script>", "mismatch"), ("a.odt", packed(), "mismatch"),
    ("a.ods", packed(ODT), "mismatch"), ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ("a.docx", packed(**{"word/vbaProject.bin": b"x"}), "macros"), ("a.docx", packed(**{"word/VBAPROJECT.BIN": b"x"}), "macros"),
    ("a.docx", packed({"[Content_Types].xml": b"macroEnabled.main+xml", "word/document.xml": b"x"}), "macros"),
    ("a.xls", OLE + VBA, "macros"), ("a.odt", packed(ODT | {"Basic/Standard/x.xml": b"x"}), "macros"),
    ("a.docx", packed(**{"word/big.bin": b"\0" * 5_000_000}), "bomb"), ("a.docx", packed({f"word/{n}": b"" for n in range(1001)}), "bomb"),
    ("a.docx", packed(**{"../../etc/passwd": b"x"}), "document-broken"), ("a.docx", packed(**{"/etc/passwd": b"x"}), "document-broken"),
    ("a.docx", packed()[:80], "document-broken"), ("a.txt", b"\0\1\2", "text"), ("a.txt", b"\xff\xff\xff", "text"), ("a.csv", OLE, "text"),
    ("a.pdf", b"%PDF-" + b"0" * (20 * 1024 * 1024), "document-too-large"),
], ids=lambda value: value if isinstance(value, str) and "." not in value else "")  # fmt: skip
def test_what_is_refused(name, data, code):
    with pytest.raises(DocumentRefused) as refused:
        documents.inspect(data, name)
    assert refused.value.code == code


def lying(claimed):
    """A member that says it is small and is not."""
    data = bytearray(packed(**{"word/big.bin": b"\0" * 3_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", claimed)
    return bytes(data)


def test_an_archive_that_lies_about_its_size_is_found_out():
    with pytest.raises(DocumentRefused) as refused:
        documents.inspect(lying(10), "a.docx")
    assert refused.value.code in {"bomb", "document-broken"}


def test_a_white_picture_in_a_document_is_no_bomb():
    members = {"word/media/image1.bmp": b"\xff" * 2_000_000, "word/media/image2.png": random.Random(1).randbytes(100_000)}
    assert documents.inspect(packed(**members), "a.docx").extension == "docx"


def test_an_archive_with_a_link_or_a_password_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DocumentRefused, match="document-broken"):
        documents.inspect(file.getvalue(), "a.docx")
    data = bytearray(packed())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DocumentRefused, match="encrypted"):
        documents.inspect(bytes(data), "a.docx")


def test_a_file_is_what_its_bytes_say():
    assert isinstance(services.prepare_file(jpeg(), "其实是图.pdf"), Picture)
    with pytest.raises(UploadRefused) as refused:
        services.prepare_file(PDF, "其实是文件.jpg")
    assert refused.value.code == "not-an-image"
    with pytest.raises(UploadRefused) as refused:
        services.prepare_file(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.svg")
    assert refused.value.code == "svg"


def test_every_refusal_says_what_to_do_instead(app):
    with app.test_request_context("/"):
        codes = ("document-too-large", "kind", "archive", "mismatch", "encrypted", "macros", "bomb", "document-broken", "text")
        sentences = {explained(code) for code in codes}
    assert len(sentences) == len(codes)
    assert all("请" in sentence or "可以" in sentence for sentence in sentences)


def test_a_document_is_a_download_under_its_own_name(app, client, work, people, keep):
    number = keep(people["org"], "姓名,岗位\n".encode(), '入会"申请\r\n表.csv')
    with work():
        src = find(number).src
    with client.get(src) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;")
        assert "filename*=UTF-8''" in disposition
        assert "\n" not in disposition
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert "Set-Cookie" not in answer.headers
        tag = answer.headers["ETag"]
    with client.get(src.rpartition("/")[0] + "/evil.html", headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
    with client.get(src.rpartition("/")[0] + "/evil.html") as other:
        assert "evil" not in other.headers["Content-Disposition"]
    stem = src.split("/")[3]
    for path in (f"/media/{stem[:2]}/{stem}.csv", "/media/file/0000/x.csv", f"/media/file/{stem}/", f"/media/file/{stem}-v2/x.csv"):
        assert client.get(path).status_code == 404
