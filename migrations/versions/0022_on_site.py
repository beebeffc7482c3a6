"""Sign-ups: checking in on the spot, checking out."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('signups_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('checked_out_at', UTCDateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(op.f('ck_signups_entry_out'), 'checked_out_at is null or checked_out_at >= checked_in_at')

    with op.batch_alter_table('signups_sheet', schema=None) as batch_op:
        batch_op.add_column(sa.Column('walk_in', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('late_minutes', sa.Integer(), nullable=False, server_default='10'))
        batch_op.add_column(sa.Column('out_minutes', sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f('ck_signups_sheet_on_site'), 'late_minutes >= 0 and (out_minutes is null or out_minutes >= 1)'
        )


def downgrade() -> None:
    with op.batch_alter_table('signups_sheet', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_signups_sheet_on_site'), type_='check')
        batch_op.drop_column('out_minutes')
        batch_op.drop_column('late_minutes')
        batch_op.drop_column('walk_in')

    with op.batch_alter_table('signups_entry', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_signups_entry_out'), type_='check')
        batch_op.drop_column('checked_out_at')
