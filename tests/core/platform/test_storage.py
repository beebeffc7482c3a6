"""One contract for every storage, what S3 has of its own, and moving a site's files from one to the other."""

from __future__ import annotations

import io
import json
from itertools import pairwise

import pytest

from unionhall.base import config as configuration
from unionhall.base.errors import ConfigProblem, NotFound, Unavailable
from unionhall.platform.storage import LocalFolder, copying, open_storage
from unionhall.platform.storage import s3 as s3_module
from unionhall.system.cli import storage_commands
from unionhall.testing import services
from unionhall.testing.pytest_plugin import SETTINGS

A, B, C = "ab/abcdef0123-480.webp", "ab/abcdef0123.jpg", "0f/f00.png"
DEAD = {"media_url": "s3://hall", "s3_endpoint": "http://127.0.0.1:9", "s3_access_key": "a", "s3_secret_key": "b"}


def opened(settings):
    config = configuration.load(SETTINGS | settings)
    return open_storage(config.media_url, config)


@pytest.fixture(params=["local", "s3"])
def store(request, tmp_path):
    """Return an empty storage of each kind."""
    if request.param == "local":
        return LocalFolder(tmp_path / "media")
    return opened(request.getfixturevalue("bucket"))


def whole(store, name, *span):
    return b"".join(store.read(name, *span))


def test_what_is_put_can_be_read_whole_and_in_part(store):
    store.put(A, b"0123456789")
    assert (whole(store, A), whole(store, A, 3), whole(store, A, 3, 5), whole(store, A, 0, 4)) == (b"0123456789", b"3456789", b"34", b"0123")
    assert store.exists(A)
    assert store.stat(A).size == 10


def test_a_large_file_is_stored_and_read_in_pieces(store):
    data = bytes(range(256)) * 40_000
    store.put(A, io.BytesIO(data))
    pieces = list(store.read(A))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) < len(data) / 4


def test_putting_again_replaces_and_the_tag_tells(store):
    store.put(A, b"one")
    before = store.stat(A)
    store.put(A, b"two!")
    after = store.stat(A)
    assert (whole(store, A), after.size) == (b"two!", 4)
    assert before.tag != after.tag


def test_what_is_not_there(store):
    for ask in (store.stat, store.read):
        with pytest.raises(NotFound):
            ask(A)
    assert not store.exists(A)
    assert store.delete(A)


def test_what_is_deleted_is_gone(store):
    store.put(A, b"1")
    assert store.delete(A)
    assert not store.exists(A)
    assert list(store.files()) == []


def test_all_files_in_ascending_order(store):
    assert list(store.files()) == []
    for name in (B, A, C):
        store.put(name, name.encode())
    found = list(store.files())
    assert [item.name for item in found] == [C, A, B] == sorted([A, B, C])
    assert [item.size for item in found] == [len(C), len(A), len(B)]
    assert all(item == store.stat(item.name) for item in found)
    assert all(first.name < second.name for first, second in pairwise(found))


WRONG = ["../secret.key", "ab/../../x.png", "AB/X.webp", "ab/x", "x.png", "/etc/passwd", "ab/.part-x.webp", "ab/x\n.png", ""]
ASKS = {
    "put": lambda store, name: store.put(name, b"x"), "read": lambda store, name: store.read(name), "stat": lambda store, name: store.stat(name),
    "delete": lambda store, name: store.delete(name),
    "local": lambda store, name: store.local(name), "address": lambda store, name: store.address(name, 60),
}  # fmt: skip


@pytest.mark.parametrize("ask", ASKS)
def test_a_name_that_we_never_made_is_not_found(store, ask):
    for name in WRONG:
        with pytest.raises(NotFound):
            ASKS[ask](store, name)
        assert not store.exists(name)
    assert list(store.files()) == []


def test_nothing_is_wrong_with_it(app, store):
    assert store.trouble() == ""
    assert list(store.files()) == [], "the try leaves nothing"


def test_a_local_file_has_a_path_and_no_address(tmp_path):
    store = LocalFolder(tmp_path)
    store.put(A, b"1")
    assert store.local(A).read_bytes() == b"1"
    assert store.address(A, 60) is None
    with pytest.raises(NotFound):
        store.local(B)


def test_a_folder_skips_what_is_no_file_of_ours(tmp_path):
    store = LocalFolder(tmp_path)
    store.put(A, b"1")
    (tmp_path / "ab" / ".part-123").write_text("half")
    (tmp_path / "ab" / "dddd.png").symlink_to("/etc/passwd")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "cd").symlink_to("/etc")
    assert [item.name for item in store.files()] == [A]


def test_files_in_a_bucket_carry_their_type_and_lie_below_the_prefix(bucket):
    store = opened(bucket)
    store.put(A, b"1")
    opened(bucket | {"media_url": bucket["media_url"].replace("one", "two")}).put(B, b"2")
    assert [item.name for item in store.files()] == [A]
    address = store.address(A, 60)
    assert address.startswith(f"{bucket['s3_endpoint']}/{bucket['media_url'].removeprefix('s3://')}/{A}?X-Amz-")
    with services.urllib.request.urlopen(address, timeout=60) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"1", "image/webp")


@pytest.mark.parametrize("ask", [
    lambda store: store.put(A, b"1"), lambda store: store.read(A), lambda store: store.stat(A), lambda store: store.exists(A),
    lambda store: list(store.files()),
])  # fmt: skip
def test_a_bucket_that_does_not_answer(app, ask):
    with app.app_context(), pytest.raises(Unavailable) as error:
        ask(opened(DEAD))
    assert error.value.code == "storage-unreachable"
    with app.app_context():
        assert "s3_endpoint" in opened(DEAD).trouble()
        assert "s3_endpoint" not in str(error.value), "readers see it, too"


def test_what_could_not_be_deleted_is_said_not_raised(app):
    with app.app_context():
        assert opened(DEAD).delete(A) is False


def test_a_bucket_that_is_not_there_is_not_a_missing_file(app, bucket):
    store = opened(bucket | {"media_url": "s3://no-such-bucket"})
    with app.app_context():
        for ask in (lambda: store.put(A, b"1"), lambda: store.read(A), lambda: list(store.files())):
            with pytest.raises(Unavailable) as error:
                ask()
            assert error.value.code == "storage-bucket"
        assert "media_url" in store.trouble()


def test_keys_that_are_not_known(app):
    with services.s3(free=1) as endpoint:
        services.make_bucket(endpoint, "hall")
        store = opened(DEAD | {"s3_endpoint": endpoint})
        with app.app_context():
            assert "s3_secret_key" in store.trouble()
            with pytest.raises(Unavailable) as error:
                store.put(A, b"1")
    assert error.value.code == "storage-keys"


@pytest.mark.parametrize(("text", "code"), [
    ("Error performing HEAD http://h/b/x in 116.818403ms - HTTP error: error sending request", "storage-unreachable"),
    ("Error performing PUT http://h/b/x in 2ms - Server returned non-2xx status code: 403 Forbidden: ", "storage-keys"),
    ("Error performing PUT http://h/b/403.png in 2ms - Server returned non-2xx status code: 500", "storage-unreachable"),
    ("status code: 400 Bad Request: <Code>SignatureDoesNotMatch</Code>", "storage-keys"),
    ("status code: 404 Not Found: <Code>NoSuchBucket</Code>", "storage-bucket"),
])  # fmt: skip
def test_what_the_server_says_is_understood(text, code):
    assert s3_module._refusal(text).code == code


@pytest.mark.parametrize("url", ["/srv/media", "s3:/bucket", "s3://", "https://bucket", "s3://bucket/a b"])
def test_an_address_that_is_none(url):
    with pytest.raises(ConfigProblem):
        configuration.load(SETTINGS | {"media_url": url})


def test_without_the_library_the_problem_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "obstore", None)
    with pytest.raises(ConfigProblem, match=r"unionhall\[s3\]"):
        opened(DEAD)


@pytest.mark.parametrize(("settings", "options"), [
    ({}, {"endpoint": "http://127.0.0.1:9", "virtual_hosted_style_request": False}),
    ({"s3_endpoint": "https://oss-cn-hangzhou.aliyuncs.com", "s3_virtual_hosted": True},
     {"endpoint": "https://hall.oss-cn-hangzhou.aliyuncs.com", "virtual_hosted_style_request": True}),
    ({"s3_endpoint": "", "s3_region": "cn-north-1"}, {"endpoint": "https://s3.cn-north-1.amazonaws.com", "region": "cn-north-1"}),
])  # fmt: skip
def test_where_requests_go(settings, options):
    config = configuration.load(SETTINGS | DEAD | settings)
    made = s3_module._options(config.media_url, config)
    assert {name: made[name] for name in options} == options
    assert made["bucket"] == "hall"


def test_files_are_copied_once_and_a_broken_copy_goes_on(app, tmp_path, bucket, monkeypatch):
    source, target = LocalFolder(tmp_path), opened(bucket)
    for name in (A, B, C):
        source.put(name, name.encode())
    put = target.put

    def once(name, data):
        if name == B:
            raise Unavailable("gone", code="storage-unreachable")
        put(name, data)

    monkeypatch.setattr(target, "put", once)
    with pytest.raises(Unavailable):
        copying.copy(source, target)
    monkeypatch.undo()
    seen = []
    done = copying.copy(source, target, lambda now: seen.append(now.copied))
    assert (done.copied, done.there, done.bytes, done.gone) == (1, 2, len(B), 0)
    assert seen == [0, 0, 1]
    assert {name: whole(target, name) for name in (A, B, C)} == {name: name.encode() for name in (A, B, C)}
    back = LocalFolder(tmp_path / "back")
    back.put(A, b"half")
    assert copying.copy(target, back).copied == 3, "another size is another file"
    assert whole(back, A) == A.encode()


def test_files_that_go_away_while_copying_are_left_out(tmp_path, monkeypatch):
    source, target = LocalFolder(tmp_path / "a"), LocalFolder(tmp_path / "b")
    for name in (A, B, C):
        source.put(name, b"1")
    read = source.read

    def gone(name):
        source.delete(A)  # after it was listed
        source.delete(B)  # after its folder was read
        return read(name)

    monkeypatch.setattr(source, "read", lambda name: gone(name) if name == A else read(name))
    done = copying.copy(source, target)
    assert (done.copied, done.gone) == (1, 1)


def test_the_command_moves_a_site_to_a_bucket_and_back(app, runner, bucket, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update=bucket | {"media_url": "", "instance": tmp_path}))
    monkeypatch.setitem(app.extensions, "unionhall.storage", LocalFolder(tmp_path / "media"))
    LocalFolder(tmp_path / "media").put(A, b"1")

    def copied(*arguments, code=0):
        with app.app_context():
            found = runner.invoke(storage_commands, ["copy", *arguments, "--json"], catch_exceptions=False)
        assert found.exit_code == code, found.output
        return found.stderr if code else json.loads(found.stdout)

    assert copied("--to", bucket["media_url"]) == {"copied": 1, "bytes": 1, "there": 0, "gone": 0}
    assert copied("--to", bucket["media_url"])["there"] == 1
    opened(bucket).put(B, b"22")
    assert copied("--from", bucket["media_url"], "--to", "local") == {"copied": 1, "bytes": 2, "there": 1, "gone": 0}
    assert "media_url" in copied("--to", "s3", code=2)
    assert "同一个地方" in copied("--to", "local", "--from", "local", code=2)
    assert "ftp://x" in copied("--to", "ftp://x", code=2)
