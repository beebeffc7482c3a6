"""Activities and break-time exercise."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'chapters_0003'
down_revision = 'chapters_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapters_exercise_course',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('film', sa.String(length=500), nullable=False),
    sa.Column('steps', sa.Text(), nullable=False),
    sa.Column('pictures', sa.JSON(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('minutes between 1 and 60', name=op.f('ck_chapters_exercise_course_minutes')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_exercise_course_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_exercise_course'))
    )
    with op.batch_alter_table('chapters_exercise_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_exercise_course_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_exercise_reminder',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('am', sa.Boolean(), nullable=False),
    sa.Column('pm', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_chapters_exercise_reminder_account_id_accounts_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_chapters_exercise_reminder'))
    )
    op.create_table('chapters_exercise_team',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('people between 1 and 2000', name=op.f('ck_chapters_exercise_team_people')),
    sa.ForeignKeyConstraint(['leader_id'], ['members_member.id'], name=op.f('fk_chapters_exercise_team_leader_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_exercise_team_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_exercise_team')),
    sa.UniqueConstraint('org_id', 'name', name=op.f('uq_chapters_exercise_team_org_id_name'))
    )
    with op.batch_alter_table('chapters_exercise_team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_exercise_team_leader_id'), ['leader_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_exercise_team_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_exercise_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('contact', sa.String(length=60), nullable=False),
    sa.Column('mobile_sealed', sa.String(length=200), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('wish', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=200), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('asked','agreed','done','declined')", name=op.f('ck_chapters_exercise_visit_state')),
    sa.CheckConstraint('people between 1 and 2000', name=op.f('ck_chapters_exercise_visit_people')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_chapters_exercise_visit_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_exercise_visit_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_exercise_visit_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_exercise_visit'))
    )
    with op.batch_alter_table('chapters_exercise_visit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_exercise_visit_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_exercise_visit_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_exercise_visit_state'), ['state'], unique=False)

    op.create_table('chapters_exercise_practice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('slot', sa.String(length=2), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("slot in ('am','pm')", name=op.f('ck_chapters_exercise_practice_slot')),
    sa.CheckConstraint('people between 1 and 2000', name=op.f('ck_chapters_exercise_practice_people')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_exercise_practice_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['team_id'], ['chapters_exercise_team.id'], name=op.f('fk_chapters_exercise_practice_team_id_chapters_exercise_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_exercise_practice')),
    sa.UniqueConstraint('team_id', 'day', 'slot', name=op.f('uq_chapters_exercise_practice_team_id_day_slot'))
    )
    with op.batch_alter_table('chapters_exercise_practice', schema=None) as batch_op:
        batch_op.create_index('ix_chapters_exercise_practice_day', ['day', 'team_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_exercise_practice_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('partner_agreed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('reach', sa.String(length=10), nullable=False),
    sa.Column('weekdays', sa.String(length=7), nullable=False),
    sa.Column('starts_at', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('skipped', sa.JSON(), nullable=False),
    sa.Column('ahead_weeks', sa.Integer(), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.Column('instructor', sa.String(length=60), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('waiting_on', sa.Boolean(), nullable=False),
    sa.Column('walk_in', sa.Boolean(), nullable=False),
    sa.Column('gear', sa.Text(), nullable=False),
    sa.Column('risk', sa.Text(), nullable=False),
    sa.Column('risk_version', sa.Integer(), nullable=False),
    sa.Column('insurance', sa.String(length=200), nullable=False),
    sa.Column('cost_fen', sa.Integer(), nullable=False),
    sa.Column('cost_note', sa.String(length=120), nullable=False),
    sa.Column('weather', sa.String(length=200), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("level in ('all','beginner','advanced')", name=op.f('ck_chapters_series_level')),
    sa.CheckConstraint("reach in ('chapter','members','public')", name=op.f('ck_chapters_series_reach')),
    sa.CheckConstraint('ahead_weeks between 1 and 12', name=op.f('ck_chapters_series_ahead')),
    sa.CheckConstraint('last_day is null or last_day >= first_day', name=op.f('ck_chapters_series_days')),
    sa.CheckConstraint('partner_id is null or partner_id <> chapter_id', name=op.f('ck_chapters_series_partner')),
    sa.CheckConstraint('starts_at between 0 and 1439 and minutes between 10 and 720', name=op.f('ck_chapters_series_time')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_series_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_series_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['partner_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_series_partner_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_series'))
    )
    with op.batch_alter_table('chapters_series', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_series_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_series_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_series_partner_id'), ['partner_id'], unique=False)

    op.create_table('chapters_occurrence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('starts_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('venue', sa.String(length=120), nullable=False),
    sa.Column('moved', sa.Boolean(), nullable=False),
    sa.Column('cancelled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=120), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('pictures', sa.JSON(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(cancelled_at is null) = (reason = '')", name=op.f('ck_chapters_occurrence_cancelled')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_chapters_occurrence_time')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_occurrence_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_occurrence_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['series_id'], ['chapters_series.id'], name=op.f('fk_chapters_occurrence_series_id_chapters_series')),
    sa.ForeignKeyConstraint(['sheet_id'], ['signups_sheet.id'], name=op.f('fk_chapters_occurrence_sheet_id_signups_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_occurrence')),
    sa.UniqueConstraint('series_id', 'day', name=op.f('uq_chapters_occurrence_series_id_day')),
    sa.UniqueConstraint('sheet_id', name=op.f('uq_chapters_occurrence_sheet_id'))
    )
    with op.batch_alter_table('chapters_occurrence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_occurrence_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_chapters_occurrence_when', ['chapter_id', 'starts_at'], unique=False)

    op.create_table('chapters_standing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('risk_version', sa.Integer(), nullable=False),
    sa.Column('since', UTCDateTime(timezone=True), nullable=False),
    sa.Column('stopped_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_standing_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_standing_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['series_id'], ['chapters_series.id'], name=op.f('fk_chapters_standing_series_id_chapters_series')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_standing'))
    )
    with op.batch_alter_table('chapters_standing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_standing_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_standing_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_chapters_standing_live', ['series_id', 'member_id'], unique=True, sqlite_where=sa.text('stopped_at is null'), postgresql_where=sa.text('stopped_at is null'))



def downgrade() -> None:
    with op.batch_alter_table('chapters_standing', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_standing_live', sqlite_where=sa.text('stopped_at is null'), postgresql_where=sa.text('stopped_at is null'))
        batch_op.drop_index(batch_op.f('ix_chapters_standing_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_standing_member_id'))

    op.drop_table('chapters_standing')
    with op.batch_alter_table('chapters_occurrence', schema=None) as batch_op:
        batch_op.drop_index('ix_chapters_occurrence_when')
        batch_op.drop_index(batch_op.f('ix_chapters_occurrence_org_id'))

    op.drop_table('chapters_occurrence')
    with op.batch_alter_table('chapters_series', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_series_partner_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_series_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_series_chapter_id'))

    op.drop_table('chapters_series')
    with op.batch_alter_table('chapters_exercise_practice', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_practice_org_id'))
        batch_op.drop_index('ix_chapters_exercise_practice_day')

    op.drop_table('chapters_exercise_practice')
    with op.batch_alter_table('chapters_exercise_visit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_visit_state'))
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_visit_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_visit_member_id'))

    op.drop_table('chapters_exercise_visit')
    with op.batch_alter_table('chapters_exercise_team', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_team_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_team_leader_id'))

    op.drop_table('chapters_exercise_team')
    op.drop_table('chapters_exercise_reminder')
    with op.batch_alter_table('chapters_exercise_course', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_exercise_course_org_id'))

    op.drop_table('chapters_exercise_course')
