"""The library's tables go down to what there was before and up again, with rows in them, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from unionhall.base import db
from unionhall.host import migrations
from unionhall.media import uses
from unionhall.media.models import Asset, Use
from unionhall.news.models import Article, Byline, Revision, State
from unionhall.platform import access

BEFORE = "0005"


def rows(sql):
    with db.engine().connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def down():
    """The bundled plugin's tables point to some of the core's: they go first."""
    for name in reversed(migrations.owners()[1:]):
        migrations.downgrade(name, "base")
    migrations.downgrade("core", BEFORE)


@pytest.fixture
def filled(app, work, make):
    """A published article with a cover and a picture in its body, and one picture that nothing uses; ids."""
    with work():
        cover, inside, spare = make.picture(stem="ab" * 16), make.picture(stem="cd" * 16, extension="png"), make.picture(renditions={})
        body = f'<p>文。</p><figure class="figure"><img src="{inside.address}" alt="图"></figure>'
        words = {"cover_id": cover.id, "cover_alt": "图", "cover_caption": "说明", "cover_credit": "周牧"}
        figure = "<figcaption>说明<span class=\"figure__credit\">摄影 周牧</span></figcaption></figure>"
        content = make.content(body=body.replace("</figure>", figure), **words)
        article = make.article(state=State.PUBLISHED, content=content)
        ids = {"cover": cover.id, "inside": inside.id, "spare": spare.id, "article": article.id}
    yield ids
    with app.app_context():
        db.session().remove()
        migrations.upgrade()


@pytest.mark.both
def test_pictures_keep_their_ids_and_their_articles_down_and_up_again(app, work, filled):
    with app.app_context():
        db.session().remove()
        down()
        assert rows("SELECT id, stem FROM media_image ORDER BY id") == [
            (filled["cover"], "ab" * 16), (filled["inside"], "cd" * 16), (filled["spare"], rows("SELECT stem FROM media_image ORDER BY id")[2][0]),
        ]  # fmt: skip
        assert rows("SELECT cover_id FROM news_revision")[0] == (filled["cover"],)
        assert rows("SELECT count(*) FROM news_byline")[0][0] > 0
        migrations.upgrade()
    with work() as session:
        found = {asset.id: asset for asset in session.scalars(access.unscoped(sa.select(Asset), why="test"))}
        cover = found[filled["cover"]]
        assert (cover.view.srcset.count("w"), cover.mime, found[filled["inside"]].mime) == (4, "image/jpeg", "image/png")
        assert [item.id for item in found.values() if item.make_at] == [filled["cover"], filled["inside"]]
        noted = session.execute(sa.select(Use.asset_id, Use.kind, Use.object_id).order_by(Use.asset_id)).all()
        assert [tuple(row) for row in noted] == [(filled[name], "news.article", filled["article"]) for name in ("cover", "inside")]
        assert uses.of(filled["cover"], access.SYSTEM).named[0].place.public
        article = session.scalar(access.unscoped(sa.select(Article), why="test"))
        assert (article.live.cover.id, len(article.live.bylines)) == (filled["cover"], 1)


@pytest.mark.both
def test_a_new_row_gets_a_number_of_its_own_afterwards(app, work, make, filled):
    with app.app_context():
        db.session().remove()
        down()
        migrations.upgrade()
    with work():
        assert make.picture().id > filled["spare"]


@pytest.mark.both
def test_the_tables_are_those_of_the_models(app):
    with app.app_context():
        db.session().remove()
        down()
        migrations.upgrade()
        with db.engine().connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            mine = [item for item in compare_metadata(context, db.Model.metadata) if "media_" in str(item) or "news_revision" in str(item)]
    assert mine == []


@pytest.mark.both
def test_an_old_revision_outlives_its_cover(work, make):
    with work() as session:
        asset = make.picture()
        revision = Revision(article_id=make.article().id, number=9, at=asset.created_at, headline="旧稿", cover_id=asset.id, bylines=[
            Byline(position=0, line=0, role="reporter", name="林晓棠"),
        ])  # fmt: skip
        session.add(revision)
        session.flush()
        session.execute(sa.delete(Asset).where(Asset.id == asset.id))
        session.refresh(revision)
        assert (revision.cover_id, revision.bylines[0].name) == (None, "林晓棠")
