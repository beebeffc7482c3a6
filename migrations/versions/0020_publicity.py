"""Public notices."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('publicity_notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('contact', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('follows_id', sa.Integer(), nullable=True),
    sa.Column('change', sa.String(length=300), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('ended_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('erased_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'open') = (ended_at is null)", name=op.f('ck_publicity_notice_ended')),
    sa.CheckConstraint("state in ('open','clear','upheld','withdrawn')", name=op.f('ck_publicity_notice_state')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_publicity_notice_days')),
    sa.CheckConstraint('waiting >= 0', name=op.f('ck_publicity_notice_waiting')),
    sa.ForeignKeyConstraint(['follows_id'], ['publicity_notice.id'], name=op.f('fk_publicity_notice_follows_id_publicity_notice')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_publicity_notice_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publicity_notice')),
    sa.UniqueConstraint('follows_id', name=op.f('uq_publicity_notice_follows_id'))
    )
    with op.batch_alter_table('publicity_notice', schema=None) as batch_op:
        batch_op.create_index('ix_publicity_notice_due', ['state', 'until_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_publicity_notice_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_publicity_notice_running', ['kind', 'owner_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('publicity_objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('contact_sealed', sa.String(length=400), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=600), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(outcome = 'waiting') = (answered_at is null)", name=op.f('ck_publicity_objection_answered')),
    sa.CheckConstraint("outcome in ('waiting','held','rejected')", name=op.f('ck_publicity_objection_outcome')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_publicity_objection_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['notice_id'], ['publicity_notice.id'], name=op.f('fk_publicity_objection_notice_id_publicity_notice')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_publicity_objection_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publicity_objection')),
    sa.UniqueConstraint('notice_id', 'key', name=op.f('uq_publicity_objection_notice_id_key'))
    )
    with op.batch_alter_table('publicity_objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_publicity_objection_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_publicity_objection_notice_id'), ['notice_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_publicity_objection_org_id'), ['org_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('publicity_objection', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_publicity_objection_org_id'))
        batch_op.drop_index(batch_op.f('ix_publicity_objection_notice_id'))
        batch_op.drop_index(batch_op.f('ix_publicity_objection_account_id'))

    op.drop_table('publicity_objection')
    with op.batch_alter_table('publicity_notice', schema=None) as batch_op:
        batch_op.drop_index('uq_publicity_notice_running', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_publicity_notice_org_id'))
        batch_op.drop_index('ix_publicity_notice_due')

    op.drop_table('publicity_notice')
