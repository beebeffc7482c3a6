"""What an attacker sends to stations, rewards and the quiz: each route answers, nobody sees a trace, and nothing of it is kept."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import cycle
from urllib.parse import quote, urlencode

import pytest
import rights_asking as asking
from bad_input import BAD, CHOICES, HUGE, acts, asked_names, bad, filled, forms_of, kept
from rights_map_rewards import DOOR, TILL, WORDS
from rights_things_rewards import build

import unionhall_quiz
import unionhall_rewards
import unionhall_stations
from unionhall.base import clock, db
from unionhall.hooks.types import Role
from unionhall_stations.models import Clerk, Till, Turn
from unionhall_stations.tills.turns import DEVICE, TURN, token_hash

PACKAGES = (unionhall_stations, unionhall_rewards, unionhall_quiz)
SLUGS = {"stations": "station-71", "quiz": "round-71"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations", "rewards", "quiz")


class Asked:
    """The routes, an address for each, and who may do most there: an administrator, a member with things, a manager at a till."""

    def __init__(self, app, login, streets):
        self.app, self.things, self.wrong = app, streets.things, []
        self.people = {who: app.test_client() for who in ("desk", "mine", "till")}
        for client in self.people.values():
            client.environ_base["HTTP_ACCEPT"] = "application/json"  # a refusal is a line, no whole page
        login(self.people["desk"], streets.people[Role.ORG_ADMIN]["root"])
        login(self.people["mine"], streets.owner)
        self.people["till"].set_cookie(DEVICE, "device")
        self.people["till"].set_cookie(TURN, "turn")
        self.tokens = {
            who: re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1) for who, client in self.people.items()
        }  # fmt: skip

    def routes(self, method):
        rules = (rule for rule in self.app.url_map.iter_rules() if asking.of(rule) in asking.REWARDS)
        return [rule for rule in rules if method in rule.methods and not rule.rule.startswith("/api/")]

    def who(self, rule):
        return "desk" if rule.rule.startswith("/desk/") else "till" if rule.endpoint in TILL | DOOR else "mine"

    def address(self, rule, **instead):
        return asking.address(rule, self.things | {"slug": SLUGS.get(asking.of(rule), "x")} | instead, WORDS)

    def send(self, who, path, note, **sent):
        """Send it and note what must not be; returns the answer."""
        try:
            answer = self.people[who].open(path, **({"method": "POST"} | sent))
            answer.get_data()
        except Exception as error:
            self.wrong.append((path[:80], note, repr(error)[:200]))
            return None
        if answer.status_code >= 500:
            self.wrong.append((path[:80], note, answer.status_code))
        return answer


@pytest.fixture
def asked(app, beginning, work, make, login):
    def fill():
        with work() as session:
            made, now = build(make), clock.now()
            till = session.get(Till, made.things["till_id"], execution_options={"unionhall_scope": "test"})
            till.token_hash = token_hash("device")
            session.get(Clerk, made.things["clerk_id"]).manager = True
            session.add(Turn(till_id=till.id, clerk_id=made.things["clerk_id"], token_hash=token_hash("turn"), began_at=now, seen_at=now))
            return made

    return Asked(app, login, beginning("streets with a till", fill))


@pytest.mark.both
@pytest.mark.parametrize("how", ["huge", "nul", "first", "last", "beyond an id", "beyond 64 bits", "negative"])
def test_no_form_fails_on_it_or_keeps_it(app, asked, how):
    typed = urlencode([(name, value) for name, value in filled(PACKAGES, how) if name not in CHOICES])
    for rule in asked.routes("POST"):
        who, path = asked.who(rule), asked.address(rule)
        for act in acts(app.view_functions[rule.endpoint]):
            decided = urlencode(dict.fromkeys(CHOICES, act) | {"csrf_token": asked.tokens[who]})
            asked.send(who, path, (how, act), data=f"{decided}&{typed}", content_type=FORM)
    with app.app_context():
        stands = kept("stations_", "rewards_", "quiz_")
    assert asked.wrong == []
    assert (r"\x00" in stands, HUGE in stands, "-7777777" in stands) == (False, False, False)


@pytest.mark.both
def test_no_form_as_shown_fails_on_one_wrong_field(asked, monkeypatch):
    """Every page's forms, filled in, with one value wrong at a time; what is done is taken back, so that each finds what the page showed."""
    finish, shown = db.finish, {}

    def take_back(*, keep):
        if keep:
            db.session().flush()
        finish(keep=False)

    for rule in asked.routes("GET"):
        path, who = asked.address(rule), asked.who(rule)
        page = asked.people[who].get(path, headers={"Accept": "text/html"})
        assert page.status_code < 500, path
        for form in forms_of(path, page.text) if page.mimetype == "text/html" else []:
            if asking.REWARDS & set(form.action.split("/")):
                shown.setdefault((who, form.action, tuple(sorted(name for name, *_rest in form.fields))), form)
        page.close()
    assert len(shown) > 60
    monkeypatch.setattr(db, "finish", take_back)
    turns = {kind: cycle([how for how, (_value, kinds) in BAD.items() if kind in kinds]) for kind in sorted({each for _v, kinds in BAD.values() for each in kinds})}
    for (who, path, _names), form in shown.items():
        families = {re.sub(r"\d+", "#", name): (name, kind) for name, kind, _value in form.fields if name != "csrf_token"}
        for button in form.buttons or [None]:
            twice = [pair for pair in form.sent(asked.tokens[who], button) for _each in range(2)]
            asked.send(who, path, (button, "everything twice"), data=urlencode(twice), content_type=FORM)
        for name, kind in families.values():
            how = next(turns[kind])
            pairs = form.sent(asked.tokens[who], next(iter(form.buttons), None), **{name: bad(how, kind)})
            asked.send(who, path, (name, how), data=urlencode(pairs), content_type=FORM)
    assert asked.wrong == []


@pytest.mark.both
def test_no_address_fails_on_what_is_asked_in_it(asked):
    names, values = asked_names(*PACKAGES), [HUGE, "9" * 40, str(2**31), "-1", "0001-01-01", "9999-12-31", b"\xed\xa0\x80", "²٣", "NaN"]
    for rule in asked.routes("GET"):
        for turn in range(3):
            query = urlencode([(name, values[(place + 3 * turn) % len(values)]) for place, name in enumerate(names)])
            asked.send(asked.who(rule), f"{asked.address(rule)}?{query}", turn, method="GET")
        for name in rule.arguments:
            for value in values:
                path = asked.address(rule, **{name: quote(value)})
                answer = asked.send(asked.who(rule), path, (name, value), method="GET")
                assert answer is None or answer.status_code in {200, 302, 303, 400, 403, 404}, (path, answer.status_code)
    for path in ("/quiz/%00/", "/stations/?q=%00", "/desk/rewards/draws/?q=a%00b"):
        assert asked.send("desk", path, "nul", method="GET").status_code == 400
    assert asked.wrong == []


def test_no_route_fails_on_a_body_of_another_kind(asked):
    boundary = "multipart/form-data; boundary=x"
    for rule in asked.routes("POST"):
        who, path = asked.who(rule), asked.address(rule)
        token = {"X-CSRFToken": asked.tokens[who]}
        for kind, body in (
            ("application/json", b'{"do": ["save"], "name": {"a": 1}}'), ("application/json", b"{"), ("text/xml", b"<a/>"), ("multipart/form-data", b"x"),
            (boundary, b"--x\r\nContent-Disposition: form-data; name=\"reason\"\r\n"), (boundary, b"\x00\xff" * 50),
        ):  # fmt: skip
            asked.send(who, path, (kind, body), data=body, content_type=kind, headers=token)
    parts = {name: (io.BytesIO(b"x"), "x.txt") for name in ("reason", "name", "title", "since", "words")}
    for path in ("/desk/stations/new", "/desk/rewards/draws/1/pause", "/desk/quiz/questions/new", "/rewards/coupons/1/appeal"):
        who = "desk" if path.startswith("/desk/") else "mine"
        asked.send(who, path, "files for words", data=parts | {"csrf_token": asked.tokens[who]})
        parts = {name: (io.BytesIO(b"x"), "x.txt") for name in parts}
        answer = asked.send(who, path, "10 MB", data=urlencode({"csrf_token": asked.tokens[who], "reason": "长" * 4_000_000}), content_type=FORM)
        assert answer.status_code == 413
    assert asked.wrong == []


def packed(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/"), body)
    return made.getvalue()


UPLOADS = {
    "empty.xlsx": b"", "trash.xlsx": b"\x00\x01PK" * 99, "half.xlsx": packed(a=b"x" * 999)[:60], "empty zip.xlsx": packed(),
    "no sheet.xlsx": packed(**{"[Content_Types].xml": b"<a/>"}), "bomb.xlsx": packed(xl__workbook=b"0" * 30_000_000), "old.xls": b"\xd0\xcf\x11\xe0" * 200,
    "nul.csv": "题型,主题\n单选,\x00\n".encode(), "halves.csv": b"\xed\xa0\x80,\xff\xfe\n", "one cell.csv": b'"' + b"x" * 400_000, "no columns.csv": b"\n\n\n",
    "many columns.csv": b"," * 50_000, "many lines.csv": b"a\n" * 200_000, "picture.jpg": b"\xff\xd8\xff" + b"\x00" * 200, "../../etc.svg": b"<svg onload='x'/>",
    "x" * 3000 + ".jpg": b"GIF89a", "": b"no name",
}  # fmt: skip


def test_no_broken_upload_fails_or_is_taken(asked):
    things = asked.things
    visit = f"/desk/stations/inspections/{things['inspection_id']}"
    for name, body in UPLOADS.items():
        for path, place in (("/desk/quiz/questions/import", "file"), (f"{visit}/", "photo-1"), (f"{visit}/fix", "photos")):
            sent = {"csrf_token": asked.tokens["desk"], "note": "改好了", place: (io.BytesIO(body), name)}
            answer = asked.send("desk", path, name[:20], data=sent)
            assert answer is None or 400 <= answer.status_code < 500 or not name or not body, (path, name[:20], answer.status_code)
    assert asked.wrong == []
