"""Attempts know their chance and their source; reminders."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'quiz_0003'
down_revision = 'quiz_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quiz_reminder',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('since', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_quiz_reminder_member_id_members_member')),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_reminder_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('round_id', 'member_id', name=op.f('pk_quiz_reminder'))
    )
    with op.batch_alter_table('quiz_reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_reminder_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('source', sa.String(length=16), server_default='', nullable=False))
        batch_op.add_column(sa.Column('draw_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('chance', sa.String(length=8), server_default='none', nullable=False))
        batch_op.add_column(sa.Column('chance_why', sa.String(length=40), server_default='', nullable=False))
        batch_op.create_index('ix_quiz_attempt_chance', ['chance'], unique=False)
        batch_op.create_index('ix_quiz_attempt_nonce', ['nonce'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_attempt_draw_id'), ['draw_id'], unique=False)
        batch_op.create_index('ix_quiz_attempt_source', ['day', 'source'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_quiz_attempt_draw_id_rewards_draw'), 'rewards_draw', ['draw_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_quiz_attempt_draw_id_rewards_draw'), type_='foreignkey')
        batch_op.drop_index('ix_quiz_attempt_source')
        batch_op.drop_index(batch_op.f('ix_quiz_attempt_draw_id'))
        batch_op.drop_index('ix_quiz_attempt_nonce')
        batch_op.drop_index('ix_quiz_attempt_chance')
        batch_op.drop_column('chance_why')
        batch_op.drop_column('chance')
        batch_op.drop_column('draw_id')
        batch_op.drop_column('source')

    with op.batch_alter_table('quiz_reminder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_reminder_member_id'))

    op.drop_table('quiz_reminder')
