"""Campaigns: periods, components, steps, daily counts"""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('campaigns_campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('origin', sa.String(length=80), nullable=True),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('goal_text', sa.String(length=200), nullable=False),
    sa.Column('goal_number', sa.Integer(), nullable=True),
    sa.Column('cover_id', sa.Integer(), nullable=True),
    sa.Column('cover_alt', sa.String(length=200), nullable=False),
    sa.Column('starts_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ends_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('audience', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('is_template', sa.Boolean(), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('held', sa.String(length=600), nullable=False),
    sa.Column('result', sa.Text(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('reached', sa.Integer(), nullable=True),
    sa.Column('counted_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('submitted_by', sa.Integer(), nullable=True),
    sa.Column('reviewed_by', sa.Integer(), nullable=True),
    sa.Column('copied_from_id', sa.Integer(), nullable=True),
    sa.Column('shown_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("audience in ('public','account','members','subtree')", name=op.f('ck_campaigns_campaign_audience')),
    sa.CheckConstraint("not is_template or state = 'draft'", name=op.f('ck_campaigns_campaign_template')),
    sa.CheckConstraint("state in ('draft','review','returned','archived') or (starts_at is not null and ends_at is not null)",
        name=op.f('ck_campaigns_campaign_dated')),
    sa.CheckConstraint("state in ('draft','review','returned','scheduled','running','paused','ended','published','archived')",
        name=op.f('ck_campaigns_campaign_state')),
    sa.CheckConstraint('goal_number is null or goal_number > 0', name=op.f('ck_campaigns_campaign_goal')),
    sa.CheckConstraint('reviewed_by is null or created_by is null or reviewed_by <> created_by',
        name=op.f('ck_campaigns_campaign_reviewer')),
    sa.CheckConstraint('starts_at is null or ends_at is null or starts_at < ends_at', name=op.f('ck_campaigns_campaign_period')),
    sa.ForeignKeyConstraint(['copied_from_id'], ['campaigns_campaign.id'],
        name=op.f('fk_campaigns_campaign_copied_from_id_campaigns_campaign')),
    sa.ForeignKeyConstraint(['cover_id'], ['media_asset.id'], name=op.f('fk_campaigns_campaign_cover_id_media_asset')),
    sa.ForeignKeyConstraint(['created_by'], ['accounts_account.id'], name=op.f('fk_campaigns_campaign_created_by_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_campaigns_campaign_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['accounts_account.id'], name=op.f('fk_campaigns_campaign_reviewed_by_accounts_account')),
    sa.ForeignKeyConstraint(['submitted_by'], ['accounts_account.id'], name=op.f('fk_campaigns_campaign_submitted_by_accounts_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns_campaign')),
    sa.UniqueConstraint('origin', name=op.f('uq_campaigns_campaign_origin')),
    sa.UniqueConstraint('slug', name=op.f('uq_campaigns_campaign_slug'))
    )
    with op.batch_alter_table('campaigns_campaign') as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_campaign_cover_id'), ['cover_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_campaigns_campaign_created_by'), ['created_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_campaigns_campaign_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_campaigns_campaign_state_ends', ['state', 'ends_at'], unique=False)
        batch_op.create_index('ix_campaigns_campaign_state_starts', ['state', 'starts_at'], unique=False)

    op.create_table('campaigns_address',
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns_campaign.id'],
        name=op.f('fk_campaigns_address_campaign_id_campaigns_campaign'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_campaigns_address'))
    )
    with op.batch_alter_table('campaigns_address') as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_address_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('campaigns_component',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('config', sa.JSON(), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.Column('counts', sa.String(length=6), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("counts in ('','people','times')", name=op.f('ck_campaigns_component_counts')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns_campaign.id'],
        name=op.f('fk_campaigns_component_campaign_id_campaigns_campaign'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns_component'))
    )
    with op.batch_alter_table('campaigns_component') as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_component_kind'), ['kind'], unique=False)
        batch_op.create_index('ix_campaigns_component_place', ['campaign_id', 'position', 'id'], unique=False)
        batch_op.create_index('uq_campaigns_component_counts', ['campaign_id'], unique=True,
            sqlite_where=sa.text("counts <> ''"), postgresql_where=sa.text("counts <> ''"))

    op.create_table('campaigns_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=20), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=False),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_campaigns_step_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns_campaign.id'],
        name=op.f('fk_campaigns_step_campaign_id_campaigns_campaign'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns_step'))
    )
    with op.batch_alter_table('campaigns_step') as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_step_campaign_id'), ['campaign_id'], unique=False)

    op.create_table('campaigns_count',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('component_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('times', sa.Integer(), nullable=True),
    sa.Column('of', sa.Integer(), nullable=True),
    sa.Column('by_org', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns_campaign.id'],
        name=op.f('fk_campaigns_count_campaign_id_campaigns_campaign'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['component_id'], ['campaigns_component.id'],
        name=op.f('fk_campaigns_count_component_id_campaigns_component'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns_count')),
    sa.UniqueConstraint('component_id', 'place', 'day', name=op.f('uq_campaigns_count_component_id_place_day'))
    )
    with op.batch_alter_table('campaigns_count') as batch_op:
        batch_op.create_index('ix_campaigns_count_day', ['campaign_id', 'day'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('campaigns_count') as batch_op:
        batch_op.drop_index('ix_campaigns_count_day')

    op.drop_table('campaigns_count')
    with op.batch_alter_table('campaigns_step') as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_step_campaign_id'))

    op.drop_table('campaigns_step')
    with op.batch_alter_table('campaigns_component') as batch_op:
        batch_op.drop_index('uq_campaigns_component_counts', sqlite_where=sa.text("counts <> ''"), postgresql_where=sa.text("counts <> ''"))
        batch_op.drop_index('ix_campaigns_component_place')
        batch_op.drop_index(batch_op.f('ix_campaigns_component_kind'))

    op.drop_table('campaigns_component')
    with op.batch_alter_table('campaigns_address') as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_address_campaign_id'))

    op.drop_table('campaigns_address')
    with op.batch_alter_table('campaigns_campaign') as batch_op:
        batch_op.drop_index('ix_campaigns_campaign_state_starts')
        batch_op.drop_index('ix_campaigns_campaign_state_ends')
        batch_op.drop_index(batch_op.f('ix_campaigns_campaign_org_id'))
        batch_op.drop_index(batch_op.f('ix_campaigns_campaign_created_by'))
        batch_op.drop_index(batch_op.f('ix_campaigns_campaign_cover_id'))

    op.drop_table('campaigns_campaign')
