"""The entries of the search index that lies in PostgreSQL; on SQLite the table stays empty."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('search_entry',
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(length=60), nullable=False),
    sa.Column('orgs', postgresql.ARRAY(sa.String(length=400)).with_variant(sa.Text(), 'sqlite'), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('words', postgresql.TSVECTOR().with_variant(sa.Text(), 'sqlite'), nullable=False),
    sa.Column('pairs', postgresql.TSVECTOR().with_variant(sa.Text(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'number', name=op.f('pk_search_entry'))
    )
    op.create_index('ix_search_entry_at', 'search_entry', ['at'])
    if op.get_bind().dialect.name == 'postgresql':
        for column in ('words', 'pairs'):
            op.create_index(f'ix_search_entry_{column}', 'search_entry', [column], postgresql_using='gin')


def downgrade() -> None:
    op.drop_table('search_entry')
