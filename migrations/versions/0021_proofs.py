"""Documents that anybody can check by their number."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('proofs_proof',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=19), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('issuer', sa.String(length=120), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('sentence', sa.String(length=300), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('full_name', sa.Boolean(), nullable=False),
    sa.Column('issued_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('issued_by', sa.Integer(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('replaced_by_id', sa.Integer(), nullable=True),
    sa.Column('revoked_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.Integer(), nullable=True),
    sa.Column('revoked_reason', sa.String(length=200), nullable=False),
    sa.Column('erased_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(revoked_at is null) = (revoked_reason = '')", name=op.f('ck_proofs_proof_revoked')),
    sa.CheckConstraint('not live or (revoked_at is null and replaced_by_id is null)', name=op.f('ck_proofs_proof_live')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_proofs_proof_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_proofs_proof_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['replaced_by_id'], ['proofs_proof.id'], name=op.f('fk_proofs_proof_replaced_by_id_proofs_proof')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proofs_proof')),
    sa.UniqueConstraint('number', name=op.f('uq_proofs_proof_number')),
    sa.UniqueConstraint('replaced_by_id', name=op.f('uq_proofs_proof_replaced_by_id'))
    )
    with op.batch_alter_table('proofs_proof', schema=None) as batch_op:
        batch_op.create_index('ix_proofs_proof_list', ['org_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proofs_proof_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proofs_proof_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_proofs_proof_subject', ['kind', 'member_id', 'subject'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

def downgrade() -> None:
    with op.batch_alter_table('proofs_proof', schema=None) as batch_op:
        batch_op.drop_index('uq_proofs_proof_subject', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.drop_index(batch_op.f('ix_proofs_proof_org_id'))
        batch_op.drop_index(batch_op.f('ix_proofs_proof_member_id'))
        batch_op.drop_index('ix_proofs_proof_list')

    op.drop_table('proofs_proof')
