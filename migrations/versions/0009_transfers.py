"""Imports and exports that are asked for in the desk, and the lines of their reports."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('news_transfer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('format', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('trial', sa.Boolean(), nullable=False),
    sa.Column('section_id', sa.Integer(), nullable=True),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('media_name', sa.String(length=200), nullable=False),
    sa.Column('purpose', sa.String(length=200), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('started_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('finished_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('skipped', sa.Integer(), nullable=False),
    sa.Column('problems', sa.Integer(), nullable=False),
    sa.Column('others', sa.JSON(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('lease', sa.String(length=36), nullable=False),
    sa.Column('leased_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("format in ('wxr','markdown','jsonl')", name=op.f('ck_news_transfer_format')),
    sa.CheckConstraint("kind <> 'export' or purpose <> ''", name=op.f('ck_news_transfer_purpose')),
    sa.CheckConstraint("kind in ('import','export')", name=op.f('ck_news_transfer_kind')),
    sa.CheckConstraint(
        "state in ('waiting','running','tried','done','failed','cancelled')", name=op.f('ck_news_transfer_state')
    ),
    sa.ForeignKeyConstraint(
        ['created_by'], ['accounts_account.id'], name=op.f('fk_news_transfer_created_by_accounts_account')
    ),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_news_transfer_org_id_orgs_org')),
    sa.ForeignKeyConstraint(
        ['section_id'], ['news_section.id'], name=op.f('fk_news_transfer_section_id_news_section'), ondelete='SET NULL'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_transfer')),
    sa.UniqueConstraint('token', name=op.f('uq_news_transfer_token'))
    )
    for column in ('created_by', 'expires_at', 'org_id'):
        op.create_index(op.f(f'ix_news_transfer_{column}'), 'news_transfer', [column])
    op.create_index('ix_news_transfer_state', 'news_transfer', ['state', 'id'])
    op.create_table('news_transfer_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transfer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=True),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(length=200), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.CheckConstraint("kind in ('created','updated','problem')", name=op.f('ck_news_transfer_line_kind')),
    sa.ForeignKeyConstraint(
        ['transfer_id'], ['news_transfer.id'], name=op.f('fk_news_transfer_line_transfer_id_news_transfer'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_transfer_line'))
    )
    op.create_index('ix_news_transfer_line_part', 'news_transfer_line', ['transfer_id', 'kind', 'id'])


def downgrade() -> None:
    op.drop_table('news_transfer_line')
    op.drop_table('news_transfer')
