"""Months: unions by share, stars, bands of age; how members wish to be named."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'quiz_0006'
down_revision = 'quiz_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('quiz_month',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('one', sa.Integer(), nullable=False),
    sa.Column('two', sa.Integer(), nullable=False),
    sa.Column('three', sa.Integer(), nullable=False),
    sa.Column('counted_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_month_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('round_id', 'month', name=op.f('pk_quiz_month'))
    )
    op.create_table('quiz_team',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('members', sa.Integer(), nullable=False),
    sa.CheckConstraint('people >= 0 and members >= 0', name=op.f('ck_quiz_team_numbers')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_quiz_team_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_team_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('round_id', 'month', 'org_id', name=op.f('pk_quiz_team'))
    )
    op.create_index(op.f('ix_quiz_team_org_id'), 'quiz_team', ['org_id'], unique=False)
    op.create_table('quiz_star',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('right', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_quiz_star_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_quiz_star_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_star_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('round_id', 'month', 'place', name=op.f('pk_quiz_star'))
    )
    op.create_index(op.f('ix_quiz_star_member_id'), 'quiz_star', ['member_id'], unique=False)
    op.create_index(op.f('ix_quiz_star_org_id'), 'quiz_star', ['org_id'], unique=False)
    op.create_table('quiz_age',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('band', sa.String(length=4), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['quiz_round.id'], name=op.f('fk_quiz_age_round_id_quiz_round')),
    sa.PrimaryKeyConstraint('round_id', 'month', 'band', name=op.f('pk_quiz_age'))
    )
    op.create_table('quiz_naming',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('choice', sa.String(length=8), nullable=False),
    sa.Column('chosen_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("choice in ('masked','named','hidden')", name=op.f('ck_quiz_naming_choice')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_quiz_naming_member_id_members_member')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_quiz_naming'))
    )


def downgrade() -> None:
    op.drop_table('quiz_naming')
    op.drop_table('quiz_age')
    op.drop_index(op.f('ix_quiz_star_org_id'), table_name='quiz_star')
    op.drop_index(op.f('ix_quiz_star_member_id'), table_name='quiz_star')
    op.drop_table('quiz_star')
    op.drop_index(op.f('ix_quiz_team_org_id'), table_name='quiz_team')
    op.drop_table('quiz_team')
    op.drop_table('quiz_month')
