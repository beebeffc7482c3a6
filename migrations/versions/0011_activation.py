"""Codes by text message, proofs of sessions; consents, corrections and erasures of members."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts_phone_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('ticket_hash', sa.String(length=64), nullable=False),
    sa.Column('phone_hash', sa.String(length=64), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('sealed', sa.String(length=1000), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('used_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('tries between 0 and 5', name=op.f('ck_accounts_phone_code_tries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_phone_code')),
    sa.UniqueConstraint('ticket_hash', name=op.f('uq_accounts_phone_code_ticket_hash'))
    )
    with op.batch_alter_table('accounts_phone_code') as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_phone_code_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_accounts_phone_code_phone_hash'), ['phone_hash'], unique=False)

    op.create_table('members_erasure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('sources', sa.JSON(), nullable=False),
    sa.Column('kept', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_erasure')),
    sa.UniqueConstraint('number', name=op.f('uq_members_erasure_number')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_members_erasure_token_hash'))
    )
    op.create_table('members_consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('version', sa.String(length=20), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('given_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_members_consent_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_consent'))
    )
    with op.batch_alter_table('members_consent') as batch_op:
        batch_op.create_index(
            'uq_members_consent_purpose', ['account_id', 'purpose'], unique=True,
            sqlite_where=sa.text('withdrawn_at is null'), postgresql_where=sa.text('withdrawn_at is null'),
        )

    op.create_table('members_correction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('wish', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('asked_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f('ck_members_correction_decided')),
    sa.CheckConstraint("state in ('open','done','refused')", name=op.f('ck_members_correction_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_members_correction_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_members_correction_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_members_correction'))
    )
    with op.batch_alter_table('members_correction') as batch_op:
        batch_op.create_index(batch_op.f('ix_members_correction_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_members_correction_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_members_correction_waiting', ['org_id', 'state', 'id'], unique=False)

    with op.batch_alter_table('accounts_session') as batch_op:
        batch_op.add_column(sa.Column('proved_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('accounts_session') as batch_op:
        batch_op.drop_column('proved_at')

    with op.batch_alter_table('members_correction') as batch_op:
        batch_op.drop_index('ix_members_correction_waiting')
        batch_op.drop_index(batch_op.f('ix_members_correction_org_id'))
        batch_op.drop_index(batch_op.f('ix_members_correction_member_id'))

    op.drop_table('members_correction')
    with op.batch_alter_table('members_consent') as batch_op:
        batch_op.drop_index('uq_members_consent_purpose')

    op.drop_table('members_consent')
    op.drop_table('members_erasure')
    with op.batch_alter_table('accounts_phone_code') as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_phone_code_phone_hash'))
        batch_op.drop_index(batch_op.f('ix_accounts_phone_code_expires_at'))

    op.drop_table('accounts_phone_code')
