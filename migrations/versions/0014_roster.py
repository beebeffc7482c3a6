"""Roster imports"""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('members_import_gate',
    sa.Column('name', sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_members_import_gate'))
    )
    op.create_table('members_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('step', sa.String(length=5), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('headings', sa.JSON(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('started_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('applied_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('lease', sa.String(length=36), nullable=False),
    sa.Column('leased_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('waiting','running','columns','tried','done','undone','failed','cancelled')", name=op.f('ck_members_import_state')),
    sa.CheckConstraint("step in ('try','apply','undo')", name=op.f('ck_members_import_step')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts_account.id'], name=op.f('fk_members_import_created_by_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_import_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_import')),
    sa.UniqueConstraint('token', name=op.f('uq_members_import_token'))
    )
    with op.batch_alter_table('members_import') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_import_created_by'), ['created_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_import_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_import_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_members_import_state', ['state', 'id'], unique=False)

    op.create_table('members_import_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('field', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('membership_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['members_import.id'], name=op.f('fk_members_import_line_import_id_members_import'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_import_line'))
    )
    with op.batch_alter_table('members_import_line') as batch_op:
        batch_op.create_index('ix_members_import_line_part', ['import_id', 'outcome', 'id'], unique=False)

    op.create_table('members_transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('to_org_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('asked_by_side', sa.String(length=4), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(length=200), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name=op.f('ck_members_transfer_decided')),
    sa.CheckConstraint("asked_by_side in ('from','to')", name=op.f('ck_members_transfer_side')),
    sa.CheckConstraint("kind in ('new_employer','home_area','bankrupt')", name=op.f('ck_members_transfer_kind')),
    sa.CheckConstraint("state in ('asked','accepted','refused','withdrawn')", name=op.f('ck_members_transfer_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_members_transfer_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_transfer_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['to_org_id'], ['orgs_org.id'], name=op.f('fk_members_transfer_to_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_transfer'))
    )
    with op.batch_alter_table('members_transfer') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_transfer_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_transfer_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_transfer_to_org_id'), ['to_org_id'], unique=False)
        batch_op.create_index('uq_members_transfer_open', ['member_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    with op.batch_alter_table('members_change') as batch_op:
        batch_op.add_column(sa.Column('status', sa.String(length=12), nullable=True))
        batch_op.create_index('ix_members_change_membership', ['membership_id', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('members_change') as batch_op:
        batch_op.drop_index('ix_members_change_membership')
        batch_op.drop_column('status')

    with op.batch_alter_table('members_transfer') as batch_op:
        batch_op.drop_index('uq_members_transfer_open', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index(batch_op.f('ix_members_transfer_to_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_transfer_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_transfer_member_id'))

    op.drop_table('members_transfer')
    with op.batch_alter_table('members_import_line') as batch_op:
        batch_op.drop_index('ix_members_import_line_part')

    op.drop_table('members_import_line')
    with op.batch_alter_table('members_import') as batch_op:
        batch_op.drop_index('ix_members_import_state')
        batch_op.drop_index(batch_op.f('ix_members_import_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_import_expires_at'))
        batch_op.drop_index(batch_op.f('ix_members_import_created_by'))

    op.drop_table('members_import')
    op.drop_table('members_import_gate')
