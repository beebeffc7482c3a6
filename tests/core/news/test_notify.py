"""An author hears what became of a contribution, once for each decision."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.hooks.types import Event, Role
from unionhall.news import notify
from unionhall.news.models import State
from unionhall.notices.models import Notice


@pytest.mark.both
def test_the_author_finds_it_in_the_inbox(app, work, make, login):
    with work():
        author = make.account(Role.CORRESPONDENT)
        article = make.article(author=author, state=State.SUBMITTED)
        number, person = article.id, author.id
    with app.app_context():
        for _ in range(2):
            notify.tell_author(Event("news.returned", number))
            notify.tell_author(Event("news.published", number))
        notify.tell_author(Event("news.published", 999999))
        notify.tell_author(Event("news.saved", number))
    with work() as session:
        rows = list(session.scalars(select(Notice).order_by(Notice.id)))
        assert [(row.account_id, row.kind) for row in rows] == [(person, "news.returned"), (person, "news.published")]
        assert rows[0].url == f"/desk/news/{number}/edit"
    client = app.test_client()
    login(client, person)
    assert "退回修改" in client.get("/my/inbox/").text
