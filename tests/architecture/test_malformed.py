"""What an attacker types into the forms of the chapters plugin: each of them answers, and nothing of it is kept."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from rights_map import WORDS
from wtforms.fields.core import UnboundField

import unionhall_chapters
from unionhall.base import db
from unionhall.hooks.types import Role

TYPED = {"huge": "长" + "w" * 2499, "nul": "坏\x00字", "number": "9" * 40, "negative": "-7777777", "last": "9999-12-31"}
HIDDEN = {"version", "member", "id", "year", "team", "end", "note", "label", "ids", "quick", "sealed", "am", "pm"}
DECIDING = {"do", "act", "verdict", "csrf_token"}
ACTS = {
    "chapters.volunteer_act": ("statement", "offer", "offer-duty", "take", "withdraw"), "chapters.my_exercise": ("remind", "team", "log"),
    "chapters.join_team": ("", "leave"), "chapters_desk.answer": ("yes", "no", "lead"), "chapters_desk.decide": ("accept", "refuse"),
    "chapters_desk.act_on_shift": ("change", "cancel", "excuse", "add"), "chapters_desk.answer_visit": ("call", "agreed", "declined"),
}  # fmt: skip


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("chapters",)


def fields():
    """Every name that a form of the plugin has, and the names that views read by themselves."""
    for found in pkgutil.walk_packages(unionhall_chapters.__path__, "unionhall_chapters."):
        if found.name.endswith(".forms"):
            importlib.import_module(found.name)
    modules = [module for name, module in sys.modules.items() if name.startswith("unionhall_chapters.") and name.endswith(".forms")]
    forms = [item for module in modules for item in vars(module).values() if isinstance(item, type)]
    return HIDDEN | {name for form in forms for name in dir(form) if isinstance(getattr(form, name, None), UnboundField)}


def kept():
    """Everything that stands in the plugin's tables."""
    tables = [table for table in db.Model.metadata.sorted_tables if table.name.startswith("chapters_")]
    with db.engine().connect() as connection:
        return "\n".join(repr(tuple(row)) for table in tables for row in connection.execute(sa.select(table)))


@pytest.mark.both
@pytest.mark.parametrize("kind", TYPED)
def test_no_form_fails_on_it_or_keeps_it(app, houses, login, kind):
    wrong, typed = [], urlencode(dict.fromkeys(fields() - DECIDING, TYPED[kind]))
    people = {desk: app.test_client() for desk in (True, False)}
    for client in people.values():
        client.environ_base["HTTP_ACCEPT"] = "application/json"  # a refusal is a line, no whole page
    login(people[True], houses.people[Role.ORG_ADMIN]["here"])
    login(people[False], houses.owner)
    tokens = {desk: re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1) for desk, client in people.items()}
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint.partition(".")[0] not in {"chapters", "chapters_desk"}:
            continue
        given, desk = houses.things | WORDS.get(rule.endpoint, {}), rule.rule.startswith("/desk/")
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda match, given=given: str(given[match.group(1)]), rule.rule)
        for act in ACTS.get(rule.endpoint, ("",)):
            try:
                decided = urlencode(dict.fromkeys(DECIDING, act) | {"csrf_token": tokens[desk]})
                answer = people[desk].post(path, data=f"{decided}&{typed}", content_type="application/x-www-form-urlencoded")
                failed = (answer.status_code >= 500 or answer.status_code == 413) and answer.status_code
            except Exception as error:
                failed = repr(error)[:200]
            if failed:
                wrong.append((rule.rule, act, failed))
    with app.app_context():
        stands = kept()
    assert wrong == []
    assert (r"\x00" in stands, TYPED["huge"] in stands) == (False, False)
