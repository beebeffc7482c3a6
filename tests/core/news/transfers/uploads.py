"""What transfer tests upload, and how they look at what came of it."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import select

from unionhall.news.models import Article
from unionhall.news.transfers import files
from unionhall.news.transfers.models import Transfer
from unionhall.platform.access import unscoped

WXR = """<?xml version="1.0"?><rss xmlns:content="c" xmlns:wp="w" xmlns:dc="d"><channel><wp:base_blog_url>https://old.example</wp:base_blog_url>{}</channel></rss>"""


def item(number, body="<p>正文</p>"):
    return (f"<item><title>第{number}篇</title><content:encoded><![CDATA[{body}]]></content:encoded><wp:post_id>{number}</wp:post_id>"
            f"<wp:status>publish</wp:status><wp:post_date>2013-01-05 08:00:00</wp:post_date><wp:post_type>post</wp:post_type></item>")  # fmt: skip


def wxr(number=3, body="<p>正文</p>"):
    return WXR.format("".join(item(n, body) for n in range(1, number + 1))).encode()


def packed(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def row(work, address):
    number = int(address.rstrip("/").rpartition("/")[2])
    with work() as session:
        found = session.scalars(unscoped(select(Transfer).where(Transfer.id == number), why="test")).one()
        session.refresh(found)
        session.expunge(found)
        return found


def articles(work):
    with work() as session:
        return {item.head.headline: (item.state, item.org.slug, item.section.slug) for item in session.scalars(unscoped(select(Article), why="test"))}


def files_of(app, work, address):
    token = row(work, address).token
    with app.app_context():
        place = files.folder(token)
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []
