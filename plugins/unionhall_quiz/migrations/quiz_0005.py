"""Several tries a day, each with other questions; what an attempt keeps of the browser that it came from."""

import sqlalchemy as sa
from alembic import op

revision = 'quiz_0005'
down_revision = 'quiz_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('quiz_round', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tries', sa.Integer(), nullable=False, server_default='1'))
        batch_op.create_check_constraint(op.f('ck_quiz_round_tries'), 'tries between 1 and 9')
    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('device', sa.String(length=16), nullable=False, server_default=''))
        batch_op.create_check_constraint(op.f('ck_quiz_attempt_number'), 'number between 1 and 9')
        batch_op.drop_constraint('uq_quiz_attempt_once', type_='unique')
        batch_op.create_unique_constraint('uq_quiz_attempt_once', ['round_id', 'member_id', 'day', 'number'])
        batch_op.create_index('ix_quiz_attempt_device', ['day', 'device'], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM quiz_attempt WHERE number > 1")
    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.drop_index('ix_quiz_attempt_device')
        batch_op.drop_constraint('uq_quiz_attempt_once', type_='unique')
        batch_op.create_unique_constraint('uq_quiz_attempt_once', ['round_id', 'member_id', 'day'])
        batch_op.drop_constraint(op.f('ck_quiz_attempt_number'), type_='check')
        batch_op.drop_column('device')
        batch_op.drop_column('number')
    with op.batch_alter_table('quiz_round', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_quiz_round_tries'), type_='check')
        batch_op.drop_column('tries')
