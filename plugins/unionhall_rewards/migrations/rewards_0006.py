"""Merchants and their offers."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'rewards_0006'
down_revision = 'rewards_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rewards_merchant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('trade', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('contact', sa.String(length=60), nullable=False),
    sa.Column('agreement', sa.String(length=80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("trade in ('food','shopping','health','culture','travel','household')", name=op.f('ck_rewards_merchant_trade')),
    sa.CheckConstraint('ends_on is null or ends_on >= starts_on', name=op.f('ck_rewards_merchant_period')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_rewards_merchant_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_merchant_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_merchant'))
    )
    with op.batch_alter_table('rewards_merchant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_merchant_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_merchant_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('merchant_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('per_member', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('returned_for', sa.String(length=300), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'approved' or (approved_by is not null and approved_by <> written_by)", name=op.f('ck_rewards_offer_two_people')),
    sa.CheckConstraint("state in ('draft','submitted','approved','returned','withdrawn')", name=op.f('ck_rewards_offer_state')),
    sa.CheckConstraint('per_member between 1 and 366', name=op.f('ck_rewards_offer_per_member')),
    sa.CheckConstraint('until >= since', name=op.f('ck_rewards_offer_period')),
    sa.CheckConstraint('used >= 0 and (total is null or used <= total)', name=op.f('ck_rewards_offer_used')),
    sa.ForeignKeyConstraint(['merchant_id'], ['rewards_merchant.id'], name=op.f('fk_rewards_offer_merchant_id_rewards_merchant')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_offer_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['picture_id'], ['media_asset.id'], name=op.f('fk_rewards_offer_picture_id_media_asset')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_offer'))
    )
    with op.batch_alter_table('rewards_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_offer_merchant_id'), ['merchant_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_offer_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_rewards_offer_shown', ['state', 'until'], unique=False)

    op.create_table('rewards_offer_use',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_rewards_offer_use_number')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_rewards_offer_use_member_id_members_member')),
    sa.ForeignKeyConstraint(['offer_id'], ['rewards_offer.id'], name=op.f('fk_rewards_offer_use_offer_id_rewards_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_offer_use')),
    sa.UniqueConstraint('offer_id', 'member_id', 'day', name='uq_rewards_offer_use_day'),
    sa.UniqueConstraint('offer_id', 'member_id', 'number', name='uq_rewards_offer_use_number')
    )
    with op.batch_alter_table('rewards_offer_use', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_offer_use_member_id'), ['member_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('rewards_offer_use', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_offer_use_member_id'))

    op.drop_table('rewards_offer_use')
    with op.batch_alter_table('rewards_offer', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_offer_shown')
        batch_op.drop_index(batch_op.f('ix_rewards_offer_org_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_offer_merchant_id'))

    op.drop_table('rewards_offer')
    with op.batch_alter_table('rewards_merchant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_merchant_org_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_merchant_account_id'))

    op.drop_table('rewards_merchant')
