"""Gifts and extensions know the form that they came from; an objection is answered; one open request to take a coupon back."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'rewards_0003'
down_revision = 'rewards_0002'
branch_labels = None
depends_on = None
OPEN = sa.text("state = 'asked'")


def upgrade() -> None:
    op.add_column('rewards_gift', sa.Column('refused_by', sa.Integer(), nullable=True))
    op.add_column('rewards_gift', sa.Column('refused_at', UTCDateTime(timezone=True), nullable=True))
    op.add_column('rewards_gift', sa.Column('key', sa.String(length=40), nullable=True))
    op.create_index('uq_rewards_gift_key', 'rewards_gift', ['key'], unique=True)
    op.add_column('rewards_extension', sa.Column('key', sa.String(length=40), nullable=True))
    op.create_index('uq_rewards_extension_key', 'rewards_extension', ['key'], unique=True)
    with op.batch_alter_table('rewards_voiding', schema=None) as batch_op:
        batch_op.add_column(sa.Column('appeal_ok', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('appeal_answer', sa.String(length=300), server_default='', nullable=False))
        batch_op.add_column(sa.Column('appeal_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('appeal_answered_at', UTCDateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_rewards_voiding_appeal_other'), 'appeal_by is null or appeal_by <> decided_by')
        batch_op.create_index('uq_rewards_voiding_open', ['coupon_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    with op.batch_alter_table('rewards_voiding', schema=None) as batch_op:
        batch_op.drop_index('uq_rewards_voiding_open')
        batch_op.drop_constraint(batch_op.f('ck_rewards_voiding_appeal_other'), type_='check')
        batch_op.drop_column('appeal_answered_at')
        batch_op.drop_column('appeal_by')
        batch_op.drop_column('appeal_answer')
        batch_op.drop_column('appeal_ok')
    op.drop_index('uq_rewards_extension_key', table_name='rewards_extension')
    op.drop_column('rewards_extension', 'key')
    op.drop_index('uq_rewards_gift_key', table_name='rewards_gift')
    for name in ('key', 'refused_at', 'refused_by'):
        op.drop_column('rewards_gift', name)
