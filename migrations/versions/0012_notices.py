"""Notices, their deliveries, the site's texts and ways, what people chose."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notices_route',
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'channel', name=op.f('pk_notices_route'))
    )
    op.create_table('notices_wording',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('locale', sa.String(length=20), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('template', sa.String(length=80), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_wording')),
    sa.UniqueConstraint('kind', 'channel', 'locale', name=op.f('uq_notices_wording_kind_channel_locale'))
    )
    op.create_table('notices_address',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('sealed', sa.String(length=600), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_notices_address_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('account_id', 'channel', name=op.f('pk_notices_address'))
    )
    op.create_table('notices_habit',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Boolean(), nullable=False),
    sa.Column('locale', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_notices_habit_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_notices_habit'))
    )
    op.create_table('notices_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('read_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('planned_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_notices_notice_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_notices_notice_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_notice')),
    sa.UniqueConstraint('kind', 'key', 'account_id', name=op.f('uq_notices_notice_kind_key_account_id'))
    )
    with op.batch_alter_table('notices_notice') as batch_op:
        batch_op.create_index(batch_op.f('ix_notices_notice_created_at'), ['created_at'], unique=False)
        batch_op.create_index('ix_notices_notice_inbox', ['account_id', 'id'], unique=False)
        batch_op.create_index(
            'ix_notices_notice_unplanned', ['id'], unique=False,
            sqlite_where=sa.text('planned_at is null'), postgresql_where=sa.text('planned_at is null'),
        )
        batch_op.create_index('ix_notices_notice_unread', ['account_id'], unique=False, sqlite_where=sa.text('read_at is null'), postgresql_where=sa.text('read_at is null'))

    op.create_table('notices_preference',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('changed_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_notices_preference_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('account_id', 'kind', 'channel', name=op.f('pk_notices_preference'))
    )
    op.create_table('notices_delivery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('address', sa.String(length=120), nullable=False),
    sa.Column('safety', sa.Boolean(), nullable=False),
    sa.Column('digest_day', sa.Date(), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('due_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('lease', sa.String(length=36), nullable=False),
    sa.Column('leased_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('done_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('provider_id', sa.String(length=120), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.CheckConstraint("state in ('waiting','sent','failed','parked','skipped')", name=op.f('ck_notices_delivery_state')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_notices_delivery_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['notice_id'], ['notices_notice.id'],
        name=op.f('fk_notices_delivery_notice_id_notices_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices_delivery')),
    sa.UniqueConstraint('notice_id', 'channel', name=op.f('uq_notices_delivery_notice_id_channel'))
    )
    with op.batch_alter_table('notices_delivery') as batch_op:
        batch_op.create_index('ix_notices_delivery_account', ['account_id', 'digest_day'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_delivery_created_at'), ['created_at'], unique=False)
        batch_op.create_index(
            'ix_notices_delivery_due', ['digest_day', 'safety', 'due_at', 'id'], unique=False,
            sqlite_where=sa.text("state in ('waiting', 'failed')"), postgresql_where=sa.text("state in ('waiting', 'failed')"),
        )
        batch_op.create_index(batch_op.f('ix_notices_delivery_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_notices_delivery_lease'), ['lease'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('notices_delivery') as batch_op:
        batch_op.drop_index(batch_op.f('ix_notices_delivery_lease'))
        batch_op.drop_index(batch_op.f('ix_notices_delivery_kind'))
        batch_op.drop_index(
            'ix_notices_delivery_due',
            sqlite_where=sa.text("state in ('waiting', 'failed')"), postgresql_where=sa.text("state in ('waiting', 'failed')"),
        )
        batch_op.drop_index(batch_op.f('ix_notices_delivery_created_at'))
        batch_op.drop_index('ix_notices_delivery_account')

    op.drop_table('notices_delivery')
    op.drop_table('notices_preference')
    with op.batch_alter_table('notices_notice') as batch_op:
        batch_op.drop_index(
            'ix_notices_notice_unread',
            sqlite_where=sa.text('read_at is null'), postgresql_where=sa.text('read_at is null'),
        )
        batch_op.drop_index('ix_notices_notice_unplanned', sqlite_where=sa.text('planned_at is null'), postgresql_where=sa.text('planned_at is null'))
        batch_op.drop_index('ix_notices_notice_inbox')
        batch_op.drop_index(batch_op.f('ix_notices_notice_created_at'))

    op.drop_table('notices_notice')
    op.drop_table('notices_habit')
    op.drop_table('notices_address')
    op.drop_table('notices_wording')
    op.drop_table('notices_route')
