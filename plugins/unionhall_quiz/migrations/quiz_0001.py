"""The tables of the quiz plugin."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'quiz_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quiz_topic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_quiz_topic_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_topic')),
    sa.UniqueConstraint('org_id', 'name', name='uq_quiz_topic_org_name')
    )
    with op.batch_alter_table('quiz_topic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_topic_org_id'), ['org_id'], unique=False)

    op.create_table('quiz_question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('media_id', sa.Integer(), nullable=True),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('article_url', sa.String(length=300), nullable=False),
    sa.Column('article_title', sa.String(length=120), nullable=False),
    sa.Column('difficulty', sa.Integer(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('reviewed_by', sa.Integer(), nullable=True),
    sa.Column('reviewed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('returned_for', sa.String(length=300), nullable=False),
    sa.Column('shown', sa.Integer(), nullable=False),
    sa.Column('right', sa.Integer(), nullable=False),
    sa.Column('used_on', sa.Date(), nullable=True),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('single','multiple','true_false','order','picture')", name=op.f('ck_quiz_question_kind')),
    sa.CheckConstraint("state <> 'approved' or (reviewed_by is not null and reviewed_by <> author_id)", name=op.f('ck_quiz_question_two_people')),
    sa.CheckConstraint("state in ('draft','review','approved','retired')", name=op.f('ck_quiz_question_state')),
    sa.CheckConstraint('"right" between 0 and shown', name=op.f('ck_quiz_question_counts')),
    sa.CheckConstraint('difficulty between 1 and 3', name=op.f('ck_quiz_question_difficulty')),
    sa.ForeignKeyConstraint(['media_id'], ['media_asset.id'], name=op.f('fk_quiz_question_media_id_media_asset')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_quiz_question_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['topic_id'], ['quiz_topic.id'], name=op.f('fk_quiz_question_topic_id_quiz_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_question'))
    )
    with op.batch_alter_table('quiz_question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_question_fingerprint'), ['fingerprint'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_question_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_quiz_question_pick', ['topic_id', 'state', 'valid_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_question_valid_until'), ['valid_until'], unique=False)

    op.create_table('quiz_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('calendar', sa.String(length=12), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('month_day', sa.Integer(), nullable=True),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('quota', sa.JSON(), nullable=False),
    sa.Column('own_papers', sa.Boolean(), nullable=False),
    sa.Column('pass_percent', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=True),
    sa.Column('draw_id', sa.Integer(), nullable=True),
    sa.Column('audience_path', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("calendar in ('daily','member_day','dated')", name=op.f('ck_quiz_round_calendar')),
    sa.CheckConstraint("state in ('draft','running','ended')", name=op.f('ck_quiz_round_state')),
    sa.CheckConstraint('minutes is null or minutes between 1 and 240', name=op.f('ck_quiz_round_minutes')),
    sa.CheckConstraint('month_day is null or month_day between 1 and 28', name=op.f('ck_quiz_round_month_day')),
    sa.CheckConstraint('opens between 0 and 1439 and closes between 1 and 1440 and closes > opens', name=op.f('ck_quiz_round_window')),
    sa.CheckConstraint('pass_percent between 0 and 100', name=op.f('ck_quiz_round_pass_mark')),
    sa.CheckConstraint('until is null or until >= since', name=op.f('ck_quiz_round_days')),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_quiz_round_draw_id_rewards_draw')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_quiz_round_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_round')),
    sa.UniqueConstraint('slug', name=op.f('uq_quiz_round_slug'))
    )
    with op.batch_alter_table('quiz_round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_round_draw_id'), ['draw_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_round_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_round_state'), ['state'], unique=False)

    op.create_table('quiz_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_paper_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_paper')),
    sa.UniqueConstraint('round_id', 'day', name='uq_quiz_paper_round_day')
    )
    op.create_table('quiz_tally',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('question_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('shown', sa.Integer(), nullable=False),
    sa.Column('right', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['quiz_question.id'], name=op.f('fk_quiz_tally_question_id_quiz_question')),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_tally_round_id_quiz_round')),
    sa.ForeignKeyConstraint(['topic_id'], ['quiz_topic.id'], name=op.f('fk_quiz_tally_topic_id_quiz_topic')),
    sa.PrimaryKeyConstraint('round_id', 'day', 'question_id', 'part', name=op.f('pk_quiz_tally'))
    )
    with op.batch_alter_table('quiz_tally', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quiz_tally_question_id'), ['question_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_tally_topic_id'), ['topic_id'], unique=False)

    op.create_table('quiz_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('org_path', sa.String(length=200), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('nonce', sa.String(length=40), nullable=False),
    sa.Column('order', sa.JSON(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('passed', sa.Boolean(), nullable=False),
    sa.Column('began_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('due_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('scored_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('flag', sa.String(length=40), nullable=False),
    sa.Column('looked_by', sa.Integer(), nullable=True),
    sa.Column('looked_note', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(state = 'scored') = (score is not null)", name=op.f('ck_quiz_attempt_scored')),
    sa.CheckConstraint("state in ('open','scored','late')", name=op.f('ck_quiz_attempt_state')),
    sa.CheckConstraint('score is null or score between 0 and total', name=op.f('ck_quiz_attempt_score')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_quiz_attempt_member_id_members_member')),
    sa.ForeignKeyConstraint(['paper_id'], ['quiz_paper.id'], name=op.f('fk_quiz_attempt_paper_id_quiz_paper')),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_attempt_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quiz_attempt')),
    sa.UniqueConstraint('round_id', 'member_id', 'day', name='uq_quiz_attempt_once')
    )
    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.create_index('ix_quiz_attempt_day', ['round_id', 'day', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_attempt_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_quiz_attempt_paper_id'), ['paper_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('quiz_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_attempt_paper_id'))
        batch_op.drop_index(batch_op.f('ix_quiz_attempt_member_id'))
        batch_op.drop_index('ix_quiz_attempt_day')

    op.drop_table('quiz_attempt')
    with op.batch_alter_table('quiz_tally', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_tally_topic_id'))
        batch_op.drop_index(batch_op.f('ix_quiz_tally_question_id'))

    op.drop_table('quiz_tally')
    op.drop_table('quiz_paper')
    with op.batch_alter_table('quiz_round', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_round_state'))
        batch_op.drop_index(batch_op.f('ix_quiz_round_org_id'))
        batch_op.drop_index(batch_op.f('ix_quiz_round_draw_id'))

    op.drop_table('quiz_round')
    with op.batch_alter_table('quiz_question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_question_valid_until'))
        batch_op.drop_index('ix_quiz_question_pick')
        batch_op.drop_index(batch_op.f('ix_quiz_question_org_id'))
        batch_op.drop_index(batch_op.f('ix_quiz_question_fingerprint'))

    op.drop_table('quiz_question')
    with op.batch_alter_table('quiz_topic', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quiz_topic_org_id'))

    op.drop_table('quiz_topic')
