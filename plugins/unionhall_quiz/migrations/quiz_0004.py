"""Ideas for the news desk."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'quiz_0004'
down_revision = 'quiz_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quiz_idea',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('told_by', sa.Integer(), nullable=True),
    sa.Column('told_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_idea_round_id_quiz_round')),
    sa.ForeignKeyConstraint(['topic_id'], ['quiz_topic.id'], name=op.f('fk_quiz_idea_topic_id_quiz_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_idea')),
    sa.UniqueConstraint('round_id', 'topic_id', 'month', name='uq_quiz_idea_month')
    )
    with op.batch_alter_table('quiz_idea', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_idea_topic_id'), ['topic_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('quiz_idea', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_idea_topic_id'))

    op.drop_table('quiz_idea')
