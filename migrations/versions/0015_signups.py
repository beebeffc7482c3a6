"""signups"""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
LIVE = sa.text("state in ('gathering','pending','accepted','waiting','offered')")


def upgrade() -> None:
    op.create_table('signups_sheet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_kind', sa.String(length=60), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('owner_url', sa.String(length=200), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('opens_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('closes_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('starts_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ends_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('waiting_on', sa.Boolean(), nullable=False),
    sa.Column('waiting_places', sa.Integer(), nullable=True),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(length=10), nullable=False),
    sa.Column('team_min', sa.Integer(), nullable=False),
    sa.Column('team_max', sa.Integer(), nullable=False),
    sa.Column('companions', sa.Integer(), nullable=False),
    sa.Column('cancel_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('approval', sa.Boolean(), nullable=False),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('audience_org_id', sa.Integer(), nullable=True),
    sa.Column('contact', sa.String(length=120), nullable=False),
    sa.Column('consent', sa.Text(), nullable=False),
    sa.Column('consent_version', sa.Integer(), nullable=False),
    sa.Column('retention_days', sa.Integer(), nullable=False),
    sa.Column('reminded_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('erased_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("audience in ('public','account','members','subtree')", name=op.f('ck_signups_sheet_audience')),
    sa.CheckConstraint("state in ('held','open','paused','closed')", name=op.f('ck_signups_sheet_state')),
    sa.CheckConstraint("unit in ('member','household','team')", name=op.f('ck_signups_sheet_unit')),
    sa.CheckConstraint('taken >= 0 and (places is null or taken <= places)', name=op.f('ck_signups_sheet_places')),
    sa.CheckConstraint('team_min >= 1 and team_max >= team_min', name=op.f('ck_signups_sheet_team')),
    sa.CheckConstraint('waiting >= 0', name=op.f('ck_signups_sheet_waiting')),
    sa.ForeignKeyConstraint(['audience_org_id'], ['orgs_org.id'], name=op.f('fk_signups_sheet_audience_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_signups_sheet_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups_sheet'))
    )
    with op.batch_alter_table('signups_sheet') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_sheet_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_signups_sheet_owner', ['owner_kind', 'owner_id'], unique=False)

    op.create_table('signups_field',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('help', sa.String(length=300), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('least', sa.Integer(), nullable=True),
    sa.Column('most', sa.Integer(), nullable=True),
    sa.Column('on_list', sa.Boolean(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['sheet_id'], ['signups_sheet.id'], name=op.f('fk_signups_field_sheet_id_signups_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups_field'))
    )
    with op.batch_alter_table('signups_field') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_field_sheet_id'), ['sheet_id'], unique=False)

    op.create_table('signups_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('quota', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('taken >= 0 and (quota is null or taken <= quota)', name=op.f('ck_signups_choice_quota')),
    sa.ForeignKeyConstraint(['field_id'], ['signups_field.id'], name=op.f('fk_signups_choice_field_id_signups_field'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups_choice'))
    )
    with op.batch_alter_table('signups_choice') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_choice_field_id'), ['field_id'], unique=False)

    op.create_table('signups_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sheet_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person', sa.String(length=80), nullable=False),
    sa.Column('household', sa.String(length=80), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('captain_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('union_name', sa.String(length=120), nullable=False),
    sa.Column('mobile_sealed', sa.String(length=200), nullable=False),
    sa.Column('mobile_tail', sa.String(length=4), nullable=False),
    sa.Column('team_name', sa.String(length=60), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('holds', sa.Integer(), nullable=False),
    sa.Column('mates', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('offer_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('approved_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_org', sa.Boolean(), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('consent_version', sa.Integer(), nullable=True),
    sa.Column('checked_in_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('checked_in_by', sa.Integer(), nullable=True),
    sa.Column('checked_in_name', sa.String(length=60), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'offered') = (offer_until is not null)", name=op.f('ck_signups_entry_offer')),
    sa.CheckConstraint(
        "state in ('gathering','pending','accepted','waiting','offered','refused','cancelled','lapsed')",
        name=op.f('ck_signups_entry_state'),
    ),
    sa.CheckConstraint('holds >= 0', name=op.f('ck_signups_entry_holds')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_signups_entry_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['captain_id'], ['signups_entry.id'], name=op.f('fk_signups_entry_captain_id_signups_entry')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_signups_entry_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_signups_entry_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['sheet_id'], ['signups_sheet.id'], name=op.f('fk_signups_entry_sheet_id_signups_sheet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups_entry')),
    sa.UniqueConstraint('sheet_id', 'code', name=op.f('uq_signups_entry_sheet_id_code')),
    sa.UniqueConstraint('sheet_id', 'key', name=op.f('uq_signups_entry_sheet_id_key')),
    sa.UniqueConstraint('sheet_id', 'number', name=op.f('uq_signups_entry_sheet_id_number'))
    )
    with op.batch_alter_table('signups_entry') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_entry_captain_id'), ['captain_id'], unique=False)
        batch_op.create_index('ix_signups_entry_day', ['org_id', 'created_at'], unique=False)
        batch_op.create_index('ix_signups_entry_list', ['sheet_id', 'state', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_signups_entry_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signups_entry_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_signups_entry_person', ['person'], unique=False)
        batch_op.create_index(
            'uq_signups_entry_household', ['sheet_id', 'household'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        )
        batch_op.create_index('uq_signups_entry_person', ['sheet_id', 'person'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)

    op.create_table('signups_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('field_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('sealed', sa.String(length=200), nullable=False),
    sa.Column('file', sa.String(length=140), nullable=False),
    sa.Column('file_name', sa.String(length=120), nullable=False),
    sa.Column('file_mime', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['signups_entry.id'], name=op.f('fk_signups_answer_entry_id_signups_entry'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['field_id'], ['signups_field.id'], name=op.f('fk_signups_answer_field_id_signups_field')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signups_answer')),
    sa.UniqueConstraint('entry_id', 'field_id', name=op.f('uq_signups_answer_entry_id_field_id'))
    )
    with op.batch_alter_table('signups_answer') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_answer_field_id'), ['field_id'], unique=False)

    op.create_table('signups_pick',
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('choice_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['choice_id'], ['signups_choice.id'], name=op.f('fk_signups_pick_choice_id_signups_choice')),
    sa.ForeignKeyConstraint(['entry_id'], ['signups_entry.id'], name=op.f('fk_signups_pick_entry_id_signups_entry'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('entry_id', 'choice_id', name=op.f('pk_signups_pick'))
    )
    with op.batch_alter_table('signups_pick') as batch_op:
        batch_op.create_index(batch_op.f('ix_signups_pick_choice_id'), ['choice_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('signups_pick') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signups_pick_choice_id'))

    op.drop_table('signups_pick')
    with op.batch_alter_table('signups_answer') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signups_answer_field_id'))

    op.drop_table('signups_answer')
    with op.batch_alter_table('signups_entry') as batch_op:
        batch_op.drop_index('uq_signups_entry_person', sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.drop_index('uq_signups_entry_household', sqlite_where=LIVE, postgresql_where=LIVE)
        batch_op.drop_index('ix_signups_entry_person')
        batch_op.drop_index(batch_op.f('ix_signups_entry_org_id'))
        batch_op.drop_index(batch_op.f('ix_signups_entry_member_id'))
        batch_op.drop_index('ix_signups_entry_list')
        batch_op.drop_index('ix_signups_entry_day')
        batch_op.drop_index(batch_op.f('ix_signups_entry_captain_id'))

    op.drop_table('signups_entry')
    with op.batch_alter_table('signups_choice') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signups_choice_field_id'))

    op.drop_table('signups_choice')
    with op.batch_alter_table('signups_field') as batch_op:
        batch_op.drop_index(batch_op.f('ix_signups_field_sheet_id'))

    op.drop_table('signups_field')
    with op.batch_alter_table('signups_sheet') as batch_op:
        batch_op.drop_index('ix_signups_sheet_owner')
        batch_op.drop_index(batch_op.f('ix_signups_sheet_org_id'))

    op.drop_table('signups_sheet')
