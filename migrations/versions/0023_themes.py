"""The site's theme, what failed of it, and the terminals."""

import sqlalchemy as sa
from alembic import op

from unionhall.base.db import UTCDateTime

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('host_theme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('chosen_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('chosen_by', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_host_theme'))
    )
    op.create_table('host_theme_fault',
    sa.Column('theme', sa.String(length=80), nullable=False),
    sa.Column('template', sa.String(length=200), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('happened_at', UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('theme', 'template', name=op.f('pk_host_theme_fault'))
    )
    op.create_table('terminals_terminal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=30), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('code_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('enrolled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('seen_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', UTCDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_terminals_terminal')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_terminals_terminal_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_terminals_terminal_token_hash'))
    )


def downgrade() -> None:
    op.drop_table('terminals_terminal')
    op.drop_table('host_theme_fault')
    op.drop_table('host_theme')
