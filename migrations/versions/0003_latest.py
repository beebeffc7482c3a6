"""Indexes that hold live articles only, newest last, so that lists cost the same whatever the size of the archive."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

LIVE = sa.text("news_article.state in ('published', 'corrected')")
PINNED = sa.text("pinned_until is not null")


def upgrade() -> None:
    op.drop_index('ix_news_article_latest', table_name='news_article')
    op.drop_index('ix_news_article_section_latest', table_name='news_article')
    op.create_index('ix_news_article_latest', 'news_article', ['published_at', 'id'], sqlite_where=LIVE, postgresql_where=LIVE)
    for column in ('section', 'org'):
        op.create_index(
            f'ix_news_article_{column}_latest', 'news_article', [f'{column}_id', 'published_at', 'id'],
            sqlite_where=LIVE, postgresql_where=LIVE,
        )
    op.create_index('ix_news_article_state', 'news_article', ['state', 'published_at'])
    op.create_index('ix_news_article_pinned', 'news_article', ['pinned_until'], sqlite_where=PINNED, postgresql_where=PINNED)
    op.drop_index('ix_news_tag_name', table_name='news_tag')
    op.create_index('ix_news_tag_name', 'news_tag', ['name', 'revision_id'])


def downgrade() -> None:
    op.drop_index('ix_news_tag_name', table_name='news_tag')
    op.create_index('ix_news_tag_name', 'news_tag', ['name'])
    for name in ('pinned', 'state', 'org_latest', 'section_latest', 'latest'):
        op.drop_index(f'ix_news_article_{name}', table_name='news_article')
    op.create_index('ix_news_article_section_latest', 'news_article', ['section_id', 'state', 'published_at'])
    op.create_index('ix_news_article_latest', 'news_article', ['state', 'published_at'])
