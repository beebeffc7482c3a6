"""Where imported articles came from, and their old addresses."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('news_imported',
    sa.Column('origin', sa.String(length=120), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ['article_id'], ['news_article.id'], name=op.f('fk_news_imported_article_id_news_article'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('origin', name=op.f('pk_news_imported'))
    )
    op.create_index(op.f('ix_news_imported_article_id'), 'news_imported', ['article_id'])
    op.create_table('news_redirect',
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(
        ['article_id'], ['news_article.id'], name=op.f('fk_news_redirect_article_id_news_article'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('path', name=op.f('pk_news_redirect'))
    )
    op.create_index(op.f('ix_news_redirect_article_id'), 'news_redirect', ['article_id'])


def downgrade() -> None:
    op.drop_table('news_redirect')
    op.drop_table('news_imported')
