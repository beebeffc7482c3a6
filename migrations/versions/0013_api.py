"""Tokens of the API, and answers to requests that may come twice."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('rest_idempotency',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('route', sa.String(length=80), nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('body_sealed', sa.Text(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_rest_idempotency'))
    )
    with op.batch_alter_table('rest_idempotency') as batch_op:
        batch_op.create_index(batch_op.f('ix_rest_idempotency_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rest_idempotency_created_at'), ['created_at'], unique=False)

    op.create_table('accounts_api_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('used_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('personal','session')", name=op.f('ck_accounts_api_token_kind')),
    sa.CheckConstraint('expires_at > created_at', name=op.f('ck_accounts_api_token_period')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_accounts_api_token_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_api_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_accounts_api_token_token_hash'))
    )
    with op.batch_alter_table('accounts_api_token') as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_api_token_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index('ix_accounts_api_token_owner', ['account_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('accounts_api_token') as batch_op:
        batch_op.drop_index('ix_accounts_api_token_owner')
        batch_op.drop_index(batch_op.f('ix_accounts_api_token_expires_at'))

    op.drop_table('accounts_api_token')
    with op.batch_alter_table('rest_idempotency') as batch_op:
        batch_op.drop_index(batch_op.f('ix_rest_idempotency_created_at'))
        batch_op.drop_index(batch_op.f('ix_rest_idempotency_account_id'))

    op.drop_table('rest_idempotency')
