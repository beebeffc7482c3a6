"""Plugins: quarantine, who switched what, what hooks take."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host_time',
    sa.Column('plugin', sa.String(length=80), nullable=False),
    sa.Column('hook', sa.String(length=80), nullable=False),
    sa.Column('hour', UTCDateTime(timezone=True), nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('micros', sa.BigInteger(), nullable=False),
    sa.Column('slowest', sa.BigInteger(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.CheckConstraint('calls > 0 and failures >= 0 and micros >= 0', name=op.f('ck_host_time_counts')),
    sa.PrimaryKeyConstraint('plugin', 'hook', 'hour', name=op.f('pk_host_time'))
    )
    with op.batch_alter_table('host_time', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_host_time_hour'), ['hour'], unique=False)

    with op.batch_alter_table('host_plugin', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ever', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('switched_at', UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('switched_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('distribution', sa.String(length=120), server_default='', nullable=False))
        batch_op.add_column(sa.Column('trouble', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('quarantined_at', UTCDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('quarantined_version', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('quarantined_for', sa.Text(), server_default='', nullable=False))
    # whoever has a row was switched at some time
    op.execute("UPDATE host_plugin SET ever = (1 = 1)")


def downgrade() -> None:
    with op.batch_alter_table('host_plugin', schema=None) as batch_op:
        batch_op.drop_column('quarantined_for')
        batch_op.drop_column('quarantined_version')
        batch_op.drop_column('quarantined_at')
        batch_op.drop_column('trouble')
        batch_op.drop_column('distribution')
        batch_op.drop_column('switched_by')
        batch_op.drop_column('switched_at')
        batch_op.drop_column('ever')

    with op.batch_alter_table('host_time', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_host_time_hour'))

    op.drop_table('host_time')
