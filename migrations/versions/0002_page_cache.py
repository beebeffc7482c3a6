"""The log of purges: what each unit of work made untrue, read by every process."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pagecache_purge',
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('tags', sa.Text(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_pagecache_purge'))
    )


def downgrade() -> None:
    op.drop_table('pagecache_purge')
