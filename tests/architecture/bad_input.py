"""What an attacker types, into which fields, and what is kept: shared by the tests of malformed input."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser

import sqlalchemy as sa
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Form,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.fields.core import UnboundField

from unionhall.base import db

HUGE = "长" + "w" * 2499
NUL = "坏\x00字"
READ = re.compile(r'(?:form|values)\.(?:get|getlist)\("(\w+)"')
ASKED = re.compile(r'(?:args|values)\.(?:get|getlist)\("(\w+)"|args\["(\w+)"\]|"(\w+)" in request\.args')
CHOICES = ("do", "act", "verdict", "decision", "then")
CHOSEN = re.compile(r'(?:==|!=) "(\w+)"|\{("\w+"(?:, "\w+")*)\}|"(\w+)": \(')


def modules(package):
    """Every module of a package that is loaded, its forms included."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.name.endswith(".forms"):
            importlib.import_module(found.name)
    return [module for name, module in list(sys.modules.items()) if name.startswith(f"{package.__name__}.")]


def fields(*packages):
    """Return {name: its unbound field} of every form of the packages."""
    found = {}
    for module in (module for package in packages for module in modules(package)):
        for form in vars(module).values():
            if isinstance(form, type) and issubclass(form, Form):
                found |= {name: item for name in dir(form) if isinstance(item := getattr(form, name, None), UnboundField)}
    return found


def read_names(*packages):
    """Return the names of values that the packages' views read from forms by themselves."""
    return {name for package in packages for module in modules(package) for name in READ.findall(inspect.getsource(module))}


def asked_names(*packages):
    """Return the names of values that the packages' views read from addresses."""
    sources = (inspect.getsource(module) for package in packages for module in modules(package))
    return sorted({name for source in sources for names in ASKED.findall(source) for name in names if name} | {"page"})


def acts(view):
    """Return the words that a view compares what is chosen with: what its buttons do; one empty word for a view that offers no choice."""
    source = inspect.getsource(inspect.unwrap(view))
    if not set(READ.findall(source)) & set(CHOICES):
        return [""]
    return sorted({word for words in CHOSEN.findall(source) for part in words for word in re.findall(r"\w+", part)} | {""})


def kind_of(unbound):
    """Return what a field wants: "day", "moment", "time", "number", "choice", "box", "text", or "" for a file."""
    made = unbound.field_class
    wanted = {
        DateTimeLocalField: "moment", DateField: "day", TimeField: "time", IntegerField: "number", DecimalField: "number", SelectField: "choice",
        BooleanField: "box", PasswordField: "password", StringField: "text",
    }  # fmt: skip
    return next((kind for cls, kind in wanted.items() if issubclass(made, cls)), "")


GOOD = {"day": "2026-06-01", "moment": "2026-06-01T08:00", "time": "08:00", "number": "1", "choice": "1", "box": "y", "password": "358021", "text": "字"}
BAD = {
    "huge": (HUGE, {"text", "password", "hidden", "choice"}), "nul": (NUL, {"text", "password", "hidden", "choice"}),
    "first": ("0001-01-01", {"day", "hidden", "moment"}), "last": ("9999-12-31", {"day", "hidden", "moment"}),
    "beyond an id": (str(2**31), {"number", "choice", "hidden"}), "beyond 64 bits": ("9" * 40, {"number", "choice", "hidden"}),
    "negative": ("-7777777", {"number", "choice", "hidden"}), "no number": ("NaN", {"number", "choice", "hidden", "day", "moment", "time"}),
    "half a character": (b"\xed\xa0\x80", {"text", "hidden", "choice"}), "foreign digits": ("²٣", {"number", "hidden", "time"}),
    "nothing": ("", {"text", "day", "moment", "number", "choice", "password", "hidden"}),
}  # fmt: skip


def bad(how, kind):
    """Return the wrong value of a sort for a field of a kind, None where it means nothing there."""
    value, kinds = BAD[how]
    if kind not in kinds:
        return None
    return f"{value}T23:59" if kind == "moment" and how in {"first", "last"} else value


def filled(packages, how):
    """Return [(name, value)] of every field of the packages' forms: of those that it suits the wrong value, of others a right one."""
    found, hidden = [], read_names(*packages)
    for name, unbound in fields(*packages).items():
        kind = "hidden" if unbound.field_class.__name__ == "HiddenField" else kind_of(unbound)
        if not kind:
            continue
        options = unbound.kwargs.get("choices") or ()
        good = str(getattr(options[0], "value", "1")) if kind == "choice" and options else GOOD.get(kind, "1")
        wrong = bad(how, kind)
        found.append((name, good if wrong is None else wrong))
    known = {name for name, _value in found}
    wrong = bad(how, "hidden")
    return found + [(name, "1" if wrong is None else wrong) for name in sorted(hidden - known)]


def kept(*prefixes):
    """Everything that stands in the tables with these prefixes."""
    tables = [table for table in db.Model.metadata.sorted_tables if table.name.startswith(prefixes)]
    with db.engine().connect() as connection:
        return "\n".join(repr(tuple(row)) for table in tables for row in connection.execute(sa.select(table)))


@dataclass
class Shown:
    """A form as a page shows it: where it goes, (name, kind, value) of each field, filled in where it was empty, and its buttons."""

    action: str
    fields: list = field(default_factory=list)
    buttons: list = field(default_factory=list)

    def sent(self, token, button=None, **changed):
        """Return the pairs that a browser sends, some values changed."""
        pairs = [(name, value) for name, _kind, value in self.fields if name not in changed and name != "csrf_token"]
        return [*pairs, *changed.items(), *([button] if button else []), ("csrf_token", token)]


class Forms(HTMLParser):
    """Reads the forms of a page that are sent with POST; `found` is a list of Shown."""

    KINDS = {"date": "day", "datetime-local": "moment", "time": "time", "number": "number", "hidden": "hidden", "checkbox": "choice",
             "radio": "choice", "password": "password"}  # fmt: skip

    def __init__(self, page):
        super().__init__()
        self.found, self.page, self.form, self.open = [], page, None, None

    def handle_starttag(self, tag, attrs):
        have = dict(attrs)
        name, sort = have.get("name"), have.get("type", "")
        if tag == "form":
            self.form = Shown(have.get("action") or self.page) if have.get("method", "").lower() == "post" else None
            self.found += [self.form] if self.form else []
        elif self.form is None or "disabled" in have:
            return
        elif tag == "option" and self.open and (self.open[2] is None or "selected" in have):
            self.open[2] = have.get("value", "")
        elif tag in {"select", "textarea"}:
            self.open = [name, "choice" if tag == "select" else "text", None]
        elif tag == "button" and name:
            self.form.buttons.append((name, have.get("value", "")))
        elif tag == "input" and name and sort not in {"submit", "button", "image", "file"}:
            if sort == "radio":
                others = [one for one in self.form.fields if one[0] == name]
                if others and "checked" not in have:
                    return
                self.form.fields = [one for one in self.form.fields if one[0] != name]
            kind = self.KINDS.get(sort, "text")
            self.form.fields.append((name, kind, have.get("value") or ("" if kind == "hidden" else GOOD[kind])))

    def handle_data(self, data):
        if self.open and self.open[1] == "text":
            self.open[2] = (self.open[2] or "") + data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag in {"select", "textarea"} and self.open and self.form:
            name, kind, value = self.open
            self.form.fields.append((name, kind, (value or "").strip() or ("字" if kind == "text" else "")))
            self.open = None


def forms_of(page, text):
    """Return the forms of a page."""
    reading = Forms(page)
    reading.feed(text)
    return reading.found
