"""Settings of plugins."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('system_plugin_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_system_plugin_choice')),
    sa.UniqueConstraint('name', name=op.f('uq_system_plugin_choice_name'))
    )


def downgrade() -> None:
    op.drop_table('system_plugin_choice')
