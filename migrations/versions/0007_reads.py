"""Views counted by day and month, the most-read list; jobs: who runs them, what they did; the outbox: parked, streams."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

MOMENT = unionhall.base.db.UTCDateTime(timezone=True)
UNDONE = sa.text('done_at is null')


def upgrade() -> None:
    _views()
    _jobs()
    op.add_column('outbox_message', sa.Column('parked_at', MOMENT, nullable=True))
    op.add_column('outbox_message', sa.Column('stream', sa.String(length=80), nullable=True))
    op.create_index('ix_outbox_message_stream', 'outbox_message', ['stream', 'id'], sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.execute('UPDATE outbox_message SET parked_at = due_at WHERE done_at IS NULL AND tries >= 5')


def _views() -> None:
    op.create_table('reads_count',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'object_id', 'day', name=op.f('pk_reads_count')),
    sa.CheckConstraint('views > 0', name=op.f('ck_reads_count_views'))
    )
    op.create_index('ix_reads_count_day', 'reads_count', ['kind', 'day'])
    op.create_table('reads_month',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'object_id', 'month', name=op.f('pk_reads_month')),
    sa.CheckConstraint('views > 0', name=op.f('ck_reads_month_views'))
    )
    op.create_index('ix_reads_month_month', 'reads_month', ['kind', 'month'])
    op.create_table('news_most_read',
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(
        ['article_id'], ['news_article.id'], name=op.f('fk_news_most_read_article_id_news_article'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_news_most_read')),
    sa.UniqueConstraint('article_id', name=op.f('uq_news_most_read_article_id'))
    )


def _jobs() -> None:
    op.create_table('jobs_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('at', MOMENT, nullable=False),
    sa.Column('ms', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs_run'))
    )
    op.create_index('ix_jobs_run_name', 'jobs_run', ['name', 'id'])
    op.create_index(op.f('ix_jobs_run_at'), 'jobs_run', ['at'])
    op.create_table('jobs_worker',
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('started_at', MOMENT, nullable=False),
    sa.Column('seen_at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs_worker'))
    )
    op.add_column('jobs_state', sa.Column('asked_at', MOMENT, nullable=True))
    op.add_column('jobs_state', sa.Column('lease', sa.String(length=36), server_default='', nullable=False))
    op.add_column('jobs_state', sa.Column('started_at', MOMENT, nullable=True))
    op.add_column('jobs_state', sa.Column('failures', sa.Integer(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_index('ix_outbox_message_stream', 'outbox_message')
    for column in ('stream', 'parked_at'):
        op.drop_column('outbox_message', column)
    for column in ('failures', 'started_at', 'lease', 'asked_at'):
        op.drop_column('jobs_state', column)
    for table in ('jobs_worker', 'jobs_run', 'news_most_read', 'reads_month', 'reads_count'):
        op.drop_table(table)
