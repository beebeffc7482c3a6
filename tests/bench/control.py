"""What everything is measured against: a bare Flask application with one query and a template of 15 KB.

`/hello` answers a word; `/page` asks SQLite for twenty rows with SQLAlchemy and renders them. Nothing else: no session, no
languages, no menus, no headers, no rights. `pages` is a plain WSGI function with a dictionary.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 20
KEPT = {"/kept": b"x" * 4096, "/healthz": b"ok"}
TEXT = "职工技能竞赛在青川市举办，来自一线的职工代表踊跃参加，工会干部认真听取意见。"
PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><nav><ul>{% for n in range(12) %}<li><a href="/section/{{ n }}">栏目 {{ n }}</a></li>{% endfor %}</ul></nav></header>
<main><h1>{{ title }}</h1>{% for item in items %}
<article class="card"><h2><a href="/news/{{ item.id }}/">{{ item.title }}</a></h2>
<p class="meta"><time datetime="{{ item.day }}">{{ item.day }}</time> · {{ item.place }} · {{ item.id }}</p>
<p>{{ item.summary }}</p>{% if item.id % 3 == 0 %}<p><a href="/tag/{{ item.place }}">{{ item.place }}</a></p>{% endif %}</article>
{% endfor %}</main><footer>{% for n in range(20) %}<p>© 2026 {{ n }}</p>{% endfor %}</footer></body></html>"""


class Base(DeclarativeBase):
    """Base of the one table."""


class Item(Base):
    """A row of the list."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    summary: Mapped[str]
    place: Mapped[str]
    day: Mapped[str]


def create(folder: Path) -> Flask:
    """Return the application, its database in the folder."""
    app = Flask("control")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'control.sqlite3'}"
    db = SQLAlchemy(model_class=Base)
    db.init_app(app)
    with app.app_context():
        db.create_all()
        if not db.session.scalar(select(Item.id).limit(1)):
            db.session.add_all(Item(title=f"第{n}条标题{TEXT[:18]}", summary=TEXT * 4, place="青川", day="2026-05-14") for n in range(100))
            db.session.commit()

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    @app.get("/page")
    def page() -> str:
        items = db.session.scalars(select(Item).order_by(Item.id.desc()).limit(ROWS)).all()
        return render_template("page.html", items=items, title="对照页")

    return app


def pages(environ: dict[str, Any], start_response: Any) -> tuple[bytes, ...]:
    """Answer from a dictionary, no framework at all: the floor under every page cache on this server."""
    body = KEPT[environ["PATH_INFO"]]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return (body,)


if folder := os.environ.get("BENCH_CONTROL"):
    app = create(Path(folder))
