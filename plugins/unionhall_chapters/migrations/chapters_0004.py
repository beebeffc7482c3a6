"""Volunteers: teams, shifts, swaps, hours."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'chapters_0004'
down_revision = 'chapters_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapters_volunteer',
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('skills', sa.String(length=200), nullable=False),
    sa.Column('free_when', sa.String(length=200), nullable=False),
    sa.Column('emergency_sealed', sa.String(length=400), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_volunteer_member_id_members_member')),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_chapters_volunteer'))
    )
    op.create_table('chapters_team',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('purpose', sa.String(length=12), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('skills', sa.String(length=200), nullable=False),
    sa.Column('kit', sa.String(length=200), nullable=False),
    sa.Column('agreement', sa.Text(), nullable=False),
    sa.Column('agreement_version', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("purpose in ('civility','waste','elder','other')", name=op.f('ck_chapters_team_purpose')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_team_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_team_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_team')),
    sa.UniqueConstraint('chapter_id', 'slug', name=op.f('uq_chapters_team_chapter_id_slug'))
    )
    with op.batch_alter_table('chapters_team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_team_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_team_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('starts_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('meeting', sa.String(length=120), nullable=False),
    sa.Column('kit', sa.String(length=200), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=False),
    sa.Column('duty_id', sa.Integer(), nullable=True),
    sa.Column('cancelled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('cancel_reason', sa.String(length=200), nullable=False),
    sa.Column('settled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_chapters_shift_ends')),
    sa.CheckConstraint('places >= 1 and least >= 0 and least <= places', name=op.f('ck_chapters_shift_places')),
    sa.ForeignKeyConstraint(['duty_id'], ['members_member.id'], name=op.f('fk_chapters_shift_duty_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_shift_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['team_id'], ['chapters_team.id'], name=op.f('fk_chapters_shift_team_id_chapters_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_shift')),
    sa.UniqueConstraint('team_id', 'starts_at', 'place', name=op.f('uq_chapters_shift_team_id_starts_at_place'))
    )
    with op.batch_alter_table('chapters_shift', schema=None) as batch_op:
        batch_op.create_index('ix_chapters_shift_due', ['settled_at', 'ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_shift_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_shift_team_id'), ['team_id'], unique=False)

    op.create_table('chapters_team_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('leader', sa.Boolean(), nullable=False),
    sa.Column('agreed_version', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('asked','in','refused','left')", name=op.f('ck_chapters_team_member_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_team_member_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_team_member_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['team_id'], ['chapters_team.id'], name=op.f('fk_chapters_team_member_team_id_chapters_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_team_member')),
    sa.UniqueConstraint('team_id', 'member_id', name=op.f('uq_chapters_team_member_team_id_member_id'))
    )
    with op.batch_alter_table('chapters_team_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_team_member_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_team_member_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_hours',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('begins_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("source in ('scan','list','self','register')", name=op.f('ck_chapters_hours_source')),
    sa.CheckConstraint("state in ('proposed','approved','refused')", name=op.f('ck_chapters_hours_state')),
    sa.CheckConstraint('minutes between 0 and 1440 and minutes % 5 = 0', name=op.f('ck_chapters_hours_minutes')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_hours_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_hours_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_hours_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['shift_id'], ['chapters_shift.id'], name=op.f('fk_chapters_hours_shift_id_chapters_shift')),
    sa.ForeignKeyConstraint(['team_id'], ['chapters_team.id'], name=op.f('fk_chapters_hours_team_id_chapters_team')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_hours')),
    sa.UniqueConstraint('shift_id', 'member_id', name=op.f('uq_chapters_hours_shift_id_member_id')),
    sa.UniqueConstraint('team_id', 'member_id', 'begins_at', name=op.f('uq_chapters_hours_team_id_member_id_begins_at'))
    )
    with op.batch_alter_table('chapters_hours', schema=None) as batch_op:
        batch_op.create_index('ix_chapters_hours_list', ['org_id', 'state', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_hours_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_chapters_hours_person', ['member_id', 'day'], unique=False)

    op.create_table('chapters_no_show',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('excused_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('excused_by', sa.Integer(), nullable=True),
    sa.Column('excuse', sa.String(length=200), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_no_show_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_no_show_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['shift_id'], ['chapters_shift.id'], name=op.f('fk_chapters_no_show_shift_id_chapters_shift')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_no_show')),
    sa.UniqueConstraint('shift_id', 'member_id', name=op.f('uq_chapters_no_show_shift_id_member_id'))
    )
    with op.batch_alter_table('chapters_no_show', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_no_show_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_no_show_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_swap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('duty', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('taken_by', sa.Integer(), nullable=True),
    sa.Column('offered_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'taken') = (taken_by is not null)", name=op.f('ck_chapters_swap_taken')),
    sa.CheckConstraint("state in ('offered','taken','withdrawn','lapsed')", name=op.f('ck_chapters_swap_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_swap_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_swap_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['shift_id'], ['chapters_shift.id'], name=op.f('fk_chapters_swap_shift_id_chapters_shift')),
    sa.ForeignKeyConstraint(['taken_by'], ['members_member.id'], name=op.f('fk_chapters_swap_taken_by_members_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_swap'))
    )
    with op.batch_alter_table('chapters_swap', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_swap_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_swap_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_swap_taken_by'), ['taken_by'], unique=False)
        batch_op.create_index('uq_chapters_swap_open', ['shift_id', 'member_id', 'duty'], unique=True, sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))

    op.create_table('chapters_hours_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('hours_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('after', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['hours_id'], ['chapters_hours.id'], name=op.f('fk_chapters_hours_change_hours_id_chapters_hours')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_hours_change'))
    )
    with op.batch_alter_table('chapters_hours_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_hours_change_hours_id'), ['hours_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('chapters_hours_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_hours_change_hours_id'))

    op.drop_table('chapters_hours_change')
    with op.batch_alter_table('chapters_swap', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_swap_open', sqlite_where=sa.text("state = 'offered'"), postgresql_where=sa.text("state = 'offered'"))
        batch_op.drop_index(batch_op.f('ix_chapters_swap_taken_by'))
        batch_op.drop_index(batch_op.f('ix_chapters_swap_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_swap_member_id'))

    op.drop_table('chapters_swap')
    with op.batch_alter_table('chapters_no_show', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_no_show_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_no_show_member_id'))

    op.drop_table('chapters_no_show')
    with op.batch_alter_table('chapters_hours', schema=None) as batch_op:
        batch_op.drop_index('ix_chapters_hours_person')
        batch_op.drop_index(batch_op.f('ix_chapters_hours_org_id'))
        batch_op.drop_index('ix_chapters_hours_list')

    op.drop_table('chapters_hours')
    with op.batch_alter_table('chapters_team_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_team_member_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_team_member_member_id'))

    op.drop_table('chapters_team_member')
    with op.batch_alter_table('chapters_shift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_shift_team_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_shift_org_id'))
        batch_op.drop_index('ix_chapters_shift_due')

    op.drop_table('chapters_shift')
    with op.batch_alter_table('chapters_team', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_team_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_team_chapter_id'))

    op.drop_table('chapters_team')
    op.drop_table('chapters_volunteer')
