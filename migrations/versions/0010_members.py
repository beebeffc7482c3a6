"""The roster: members, memberships, their history, who looked; a verified phone of accounts."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('members_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('name_key', sa.String(length=200), nullable=False),
    sa.Column('id_kind', sa.String(length=10), nullable=False),
    sa.Column('id_sealed', sa.String(length=200), nullable=False),
    sa.Column('id_hash', sa.String(length=64), nullable=True),
    sa.Column('mobile_sealed', sa.String(length=200), nullable=False),
    sa.Column('mobile_hash', sa.String(length=64), nullable=True),
    sa.Column('employer', sa.String(length=120), nullable=False),
    sa.Column('job', sa.String(length=60), nullable=False),
    sa.Column('household_hash', sa.String(length=64), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('activated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('erased_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("id_kind in ('resident','hmt','passport')", name=op.f('ck_members_member_id_kind')),
    sa.CheckConstraint('(account_id is null) = (activated_at is null)', name=op.f('ck_members_member_activated')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_members_member_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_member_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_member')),
    sa.UniqueConstraint('account_id', name=op.f('uq_members_member_account_id')),
    sa.UniqueConstraint('id_hash', name=op.f('uq_members_member_id_hash'))
    )
    with op.batch_alter_table('members_member') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_member_household_hash'), ['household_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_member_mobile_hash'), ['mobile_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_member_name_key'), ['name_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_member_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_members_member_org_name', ['org_id', 'name_key'], unique=False)

    op.create_table('members_look',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=True),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_members_look_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_look_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_look'))
    )
    with op.batch_alter_table('members_look') as batch_op:
        batch_op.create_index('ix_members_look_member', ['member_id', 'at'], unique=False)

    op.create_table('members_membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('is_primary', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(ended_on is null) = (status not in ('transferred','left'))", name=op.f('ck_members_membership_ended')),
    sa.CheckConstraint("status in ('pending','active','suspended','kept','transferred','left')", name=op.f('ck_members_membership_status')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_members_membership_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_membership_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_membership'))
    )
    with op.batch_alter_table('members_membership') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_membership_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_membership_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_members_membership_status', ['org_id', 'status'], unique=False)
        batch_op.create_index('uq_members_membership_org', ['member_id', 'org_id'], unique=True, sqlite_where=sa.text('ended_on is null'), postgresql_where=sa.text('ended_on is null'))
        batch_op.create_index('uq_members_membership_primary', ['member_id'], unique=True, sqlite_where=sa.text('ended_on is null and is_primary'), postgresql_where=sa.text('ended_on is null and is_primary'))

    op.create_table('members_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=True),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_members_change_member_id_members_member')),
    sa.ForeignKeyConstraint(['membership_id'], ['members_membership.id'], name=op.f('fk_members_change_membership_id_members_membership')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_change'))
    )
    with op.batch_alter_table('members_change') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_change_member_id'), ['member_id'], unique=False)

    with op.batch_alter_table('accounts_account') as batch_op:
        batch_op.add_column(sa.Column('phone_sealed', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('phone_hash', sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_accounts_account_phone_hash'), ['phone_hash'])



def downgrade() -> None:
    with op.batch_alter_table('accounts_account') as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_accounts_account_phone_hash'), type_='unique')
        batch_op.drop_column('phone_hash')
        batch_op.drop_column('phone_sealed')

    with op.batch_alter_table('members_change') as batch_op:
        batch_op.drop_index(batch_op.f('ix_members_change_member_id'))

    op.drop_table('members_change')
    with op.batch_alter_table('members_membership') as batch_op:
        batch_op.drop_index('uq_members_membership_primary', sqlite_where=sa.text('ended_on is null and is_primary'), postgresql_where=sa.text('ended_on is null and is_primary'))
        batch_op.drop_index('uq_members_membership_org', sqlite_where=sa.text('ended_on is null'), postgresql_where=sa.text('ended_on is null'))
        batch_op.drop_index('ix_members_membership_status')
        batch_op.drop_index(batch_op.f('ix_members_membership_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_membership_member_id'))

    op.drop_table('members_membership')
    with op.batch_alter_table('members_look') as batch_op:
        batch_op.drop_index('ix_members_look_member')

    op.drop_table('members_look')
    with op.batch_alter_table('members_member') as batch_op:
        batch_op.drop_index('ix_members_member_org_name')
        batch_op.drop_index(batch_op.f('ix_members_member_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_member_name_key'))
        batch_op.drop_index(batch_op.f('ix_members_member_mobile_hash'))
        batch_op.drop_index(batch_op.f('ix_members_member_household_hash'))

    op.drop_table('members_member')
