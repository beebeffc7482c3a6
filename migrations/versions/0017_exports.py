"""exports"""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('exports_export',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=80), nullable=False),
    sa.Column('label', sa.String(length=120), nullable=False),
    sa.Column('filters_sealed', sa.Text(), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('full', sa.Boolean(), nullable=False),
    sa.Column('personal', sa.Boolean(), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('finished_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('collected_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('lease', sa.String(length=36), nullable=False),
    sa.Column('leased_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'running') = (lease <> '')", name=op.f('ck_exports_export_lease')),
    sa.CheckConstraint("format in ('xlsx','csv')", name=op.f('ck_exports_export_format')),
    sa.CheckConstraint("purpose <> ''", name=op.f('ck_exports_export_purpose')),
    sa.CheckConstraint("state in ('waiting','running','done','failed','cancelled')", name=op.f('ck_exports_export_state')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts_account.id'], name=op.f('fk_exports_export_created_by_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_exports_export_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exports_export')),
    sa.UniqueConstraint('token', name=op.f('uq_exports_export_token'))
    )
    with op.batch_alter_table('exports_export') as batch_op:
        batch_op.create_index(batch_op.f('ix_exports_export_created_by'), ['created_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_exports_export_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_exports_export_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_exports_export_state', ['state', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('exports_export') as batch_op:
        batch_op.drop_index('ix_exports_export_state')
        batch_op.drop_index(batch_op.f('ix_exports_export_org_id'))
        batch_op.drop_index(batch_op.f('ix_exports_export_expires_at'))
        batch_op.drop_index(batch_op.f('ix_exports_export_created_by'))

    op.drop_table('exports_export')
