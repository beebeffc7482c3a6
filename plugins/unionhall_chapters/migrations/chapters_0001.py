"""Chapters."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'chapters_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapters_chapter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('seal', sa.String(length=1), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('motto', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('meets', sa.String(length=120), nullable=False),
    sa.Column('contact', sa.String(length=120), nullable=False),
    sa.Column('cover_id', sa.Integer(), nullable=True),
    sa.Column('join_rule', sa.String(length=12), nullable=False),
    sa.Column('probation_months', sa.Integer(), nullable=False),
    sa.Column('founded_on', sa.Date(), nullable=True),
    sa.Column('term_ends', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("join_rule in ('open','approval','invitation')", name=op.f('ck_chapters_chapter_join_rule')),
    sa.CheckConstraint("kind in ('association','industry','region','project')", name=op.f('ck_chapters_chapter_kind')),
    sa.CheckConstraint("state in ('preparing','applied','approved','founded','active','expired','suspended','dissolved')", name=op.f('ck_chapters_chapter_state')),
    sa.CheckConstraint('probation_months between 0 and 12', name=op.f('ck_chapters_chapter_probation')),
    sa.ForeignKeyConstraint(['cover_id'], ['media_asset.id'], name=op.f('fk_chapters_chapter_cover_id_media_asset')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_chapter_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['parent_id'], ['orgs_org.id'], name=op.f('fk_chapters_chapter_parent_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_chapter')),
    sa.UniqueConstraint('org_id', name=op.f('uq_chapters_chapter_org_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_chapters_chapter_slug'))
    )
    with op.batch_alter_table('chapters_chapter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_chapter_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_chapter_state'), ['state'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('chapters_chapter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_chapter_state'))
        batch_op.drop_index(batch_op.f('ix_chapters_chapter_parent_id'))

    op.drop_table('chapters_chapter')
