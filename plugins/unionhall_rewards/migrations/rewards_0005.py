"""Numbers of receipts, and patterns that somebody should look at."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'rewards_0005'
down_revision = 'rewards_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rewards_receipt_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last > 0', name=op.f('ck_rewards_receipt_day_last')),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_rewards_receipt_day'))
    )
    op.create_table('rewards_flag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('redemption_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('looked_by', sa.Integer(), nullable=True),
    sa.Column('looked_at', UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('pair','hours','round')", name=op.f('ck_rewards_flag_kind')),
    sa.CheckConstraint('(looked_at is null) = (looked_by is null)', name=op.f('ck_rewards_flag_looked')),
    sa.ForeignKeyConstraint(['redemption_id'], ['rewards_redemption.id'], name=op.f('fk_rewards_flag_redemption_id_rewards_redemption')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_flag')),
    sa.UniqueConstraint('subject', name=op.f('uq_rewards_flag_subject'))
    )
    with op.batch_alter_table('rewards_flag', schema=None) as batch_op:
        batch_op.create_index('ix_rewards_flag_open', ['looked_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_flag_redemption_id'), ['redemption_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('rewards_flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_flag_redemption_id'))
        batch_op.drop_index('ix_rewards_flag_open')

    op.drop_table('rewards_flag')
    op.drop_table('rewards_receipt_day')
