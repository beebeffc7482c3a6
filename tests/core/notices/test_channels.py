"""The bundled channels against a provider on this machine: what is sent, signed, refused, and never followed."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Message
from unionhall.host.registry import collect
from unionhall.notices import mailing, texting, wechat
from unionhall.notices.calling import ProviderProblem, pairs, post_json

TEXT = Message("13857122617", "标题", "报名成功。", template="signups.accepted", values={"name": "何秀英"})


@pytest.fixture
def provider():
    """A provider: `provider.answers` are (status, body) given one after another, `provider.asked` what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append((self.path, dict(self.headers), body))
            status, answer = server.answers.pop(0) if server.answers else (200, {"ok": True, "id": "g-1"})
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{server.server_port}/elsewhere")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.asked = [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def told(app, tmp_path):
    """Return `told(name=value)`: the server's settings for this test."""
    kept = app.config["UNIONHALL"]

    def settings(**changes):
        app.config["UNIONHALL"] = kept.model_copy(update={"instance": tmp_path} | changes)

    app.extensions.pop("unionhall.wechat.token", None)
    settings()
    with app.app_context():
        yield settings
    app.config["UNIONHALL"] = kept


def test_the_gateway_is_told_what_to_send_and_can_tell_that_it_is_us(told, provider):
    told(sms_url=f"{provider.url}/send?x=1", sms_key="geheim", sms_sign="青禾工会", sms_templates="signups.accepted=SMS_1001, other=2")
    assert texting.send(TEXT, "notice:7") == "g-1"
    path, headers, body = provider.asked[0]
    signed = hmac.new(b"geheim", headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (path, headers["X-Signature"]) == ("/send?x=1", signed)
    assert json.loads(body) == {
        "to": "13857122617", "sign": "青禾工会", "template": "SMS_1001", "values": {"name": "何秀英"}, "text": "【青禾工会】报名成功。",
        "key": "notice:7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "raised"),
    [((500, {}), ProviderProblem), ((302, {}), ProviderProblem), ((200, b"<html>"), ProviderProblem), ((200, b"[]"), ProviderProblem),
     ((200, b"x" * 70000), ProviderProblem), ((200, {"ok": False}), ProviderProblem), ((200, {"ok": "yes"}), ProviderProblem),
     ((200, {"ok": False, "permanent": True}), RuleBroken)],
)  # fmt: skip
def test_a_gateway_that_does_not_take_it(told, provider, answer, raised):
    told(sms_url=provider.url, sms_key="geheim")
    provider.answers = [answer]
    with pytest.raises(raised) as error:
        texting.send(TEXT, "k")
    assert len(provider.asked) == 1
    assert "13857122617" not in str(error.value) and "报名" not in str(error.value)


def test_a_gateway_that_is_not_there(told, provider):
    provider.shutdown()
    provider.server_close()
    with pytest.raises(ConnectionError):
        post_json(provider.url, b"{}", {})


def test_line_breaks_in_what_is_sent_stay_in_the_body(told, provider):
    told(sms_url=provider.url, sms_key="geheim")
    texting.send(Message("138\r\nX: y", "a\r\nb", "c\r\nd\ud800"), "k\r\nX-Evil: 1")
    assert "X-Evil" not in provider.asked[0][1]


def test_a_demo_writes_messages_where_who_tries_it_finds_them(told, tmp_path):
    told(testing=False, demo=True)
    texting.send(Message("13857122617", "", "验证码 482913，5 分钟内有效。", code=True), "k")
    (file,) = (tmp_path / "messages").glob("*-sms-*.txt")
    assert "482913" in file.read_text("utf-8")
    assert (tmp_path / "messages").stat().st_mode & 0o077 == 0


def test_a_real_site_without_a_gateway_sends_nothing(told, tmp_path):
    told(testing=False, demo=False)
    assert (texting.ready(), wechat.ready(), mailing.CHANNEL.ready()) == (False, False, True)
    for channel in (texting, wechat):
        with pytest.raises(RuleBroken):
            channel.send(Message("13857122617", "", "482913", code=True), "k")
    assert not (tmp_path / "messages").exists()


def test_mail_can_be_stopped_with_one_click_and_is_the_same_mail_when_sent_twice(told, tmp_path):
    stop = "https://www.qinghe.example/notices/unsubscribe/" + "Ab-_." * 40
    for _ in range(2):
        mailing.send(Message("he@qinghe.example", "标题", "内容", unsubscribe=stop), "notice:7")
    (file,) = (tmp_path / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (
        f"<{stop}>", "List-Unsubscribe=One-Click"
    )  # fmt: skip
    assert mail["Subject"] == "标题"
    assert f"\nList-Unsubscribe: <{stop}>\n".encode() in file.read_bytes()  # whole: mail programs read the raw line


def test_a_line_break_in_a_mail_header_is_refused(told):
    for to, subject in (("he@qinghe.example\r\nBcc: x@example.org", "a"), ("he@qinghe.example", "a\nBcc: x@example.org")):
        with pytest.raises(ValueError, match="header|linefeed|newline"):
            mailing.send(Message(to, subject, "内容"), "k")


FOLLOWER = Message("oAbC123", "标题", "thing1 = 健康月\n说明\ntime2=5 月 14 日", "https://www.qinghe.example/my/inbox/1", "signups.accepted", {"a": "b"})


def official(told, provider, **more):
    told(wechat_url=provider.url, wechat_app_id="wx1", wechat_secret="s", wechat_templates="signups.accepted=TM01", **more)


def test_the_official_account_gets_its_fields_and_one_token_for_all(told, provider):
    official(told, provider)
    provider.answers = [(200, {"access_token": "T 1", "expires_in": 7200}), *[(200, {"errcode": 0, "msgid": 42})] * 2]
    assert [wechat.send(FOLLOWER, "notice:7") for _ in range(2)] == ["42", "42"]
    assert [path for path, _h, _b in provider.asked] == ["/cgi-bin/stable_token", *["/cgi-bin/message/template/send?access_token=T%201"] * 2]
    sent = json.loads(provider.asked[1][2])
    assert sent["data"] == {"thing1": {"value": "健康月"}, "time2": {"value": "5 月 14 日"}}
    assert (sent["touser"], sent["template_id"], sent["url"]) == ("oAbC123", "TM01", FOLLOWER.url)
    assert sent["client_msg_id"] == json.loads(provider.asked[2][2])["client_msg_id"]


def test_a_token_that_is_not_known_any_more_is_asked_for_once(told, provider):
    official(told, provider)
    token = (200, {"access_token": "T", "expires_in": 7200})
    provider.answers = [token, (200, {"errcode": 42001}), token, (200, {"errcode": 0, "msgid": 1})]
    assert wechat.send(FOLLOWER, "k") == "1"
    provider.answers = [(200, {"errcode": 40001}), token, (200, {"errcode": 40001})]
    with pytest.raises(ProviderProblem):
        wechat.send(FOLLOWER, "k")


def test_what_the_official_account_refuses(told, provider):
    official(told, provider)
    provider.answers = [(200, {"access_token": "T", "expires_in": 7200}), (200, {"errcode": 43004}), (200, {"errcode": -1})]
    with pytest.raises(RuleBroken):
        wechat.send(FOLLOWER, "k")
    with pytest.raises(ProviderProblem):
        wechat.send(FOLLOWER, "k")
    with pytest.raises(RuleBroken):
        wechat.send(Message("o", "", "", template="no.template"), "k")


def test_no_token(told, provider):
    official(told, provider)
    provider.answers = [(200, {"errcode": 40125, "errmsg": "secret s is wrong"})]
    with pytest.raises(ProviderProblem) as error:
        wechat.send(FOLLOWER, "k")
    assert "secret" not in str(error.value)


def test_settings_written_as_pairs():
    assert pairs("a=1, b = 2,c,,=x") == {"a": "1", "b": "2", "": "x"}


def test_every_template_name_and_its_values_are_in_the_docs(app):
    """A provider approves texts by name: who runs a site must find all of them (docs/administrators.md)."""
    text = (Path(__file__).parents[3] / "docs/administrators.md").read_text("utf-8")
    with app.app_context():
        known = {kind.name: tuple(kind.sample) for kind in collect("unionhall_notice_kinds")}
    known |= {"code": ("code", "minutes"), "accounts.phone_changed": ("new",), "members.activated_already": ("site",)}
    known |= {"members.number_shared": (), "members.not_a_member": ()}
    rows = dict(re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE))
    assert {name: tuple(re.findall(r"`(\w+)`", rows.get(name, "missing"))) for name in known if name in rows} == known
