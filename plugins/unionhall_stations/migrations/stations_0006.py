"""Ratings of visits, reports of faults."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0006'
down_revision = 'stations_0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stations_rating',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('comment', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('reply', sa.String(length=500), nullable=False),
    sa.Column('handled_by', sa.Integer(), nullable=True),
    sa.Column('handled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('photo_file', sa.String(length=80), nullable=True),
    sa.Column('photo_mime', sa.String(length=80), nullable=False),
    sa.Column('photo_name', sa.String(length=120), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('stars between 1 and 5', name=op.f('ck_stations_rating_stars')),
    sa.CheckConstraint("state in ('silent','waiting','shown','hidden')", name=op.f('ck_stations_rating_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_stations_rating_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_rating_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_rating_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_rating')),
    sa.UniqueConstraint('photo_file', name=op.f('uq_stations_rating_photo_file')),
    sa.UniqueConstraint('station_id', 'member_id', 'day', name='uq_stations_rating_visit')
    )
    with op.batch_alter_table('stations_rating', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_rating_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_rating_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_stations_rating_station_day', ['station_id', 'day'], unique=False)

    op.create_table('stations_fault',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('open_key', sa.String(length=60), nullable=True),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('off', sa.Boolean(), nullable=False),
    sa.Column('reply', sa.String(length=500), nullable=False),
    sa.Column('handled_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('mended_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('confirmed', sa.Boolean(), nullable=True),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('closed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('photo_file', sa.String(length=80), nullable=True),
    sa.Column('photo_mime', sa.String(length=80), nullable=False),
    sa.Column('photo_name', sa.String(length=120), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state in ('mended','closed')) = (mended_at is not null)", name=op.f('ck_stations_fault_mended')),
    sa.CheckConstraint("open_key is null or state not in ('closed','declined')", name=op.f('ck_stations_fault_over')),
    sa.CheckConstraint("state in ('open','answered','mended','closed','declined')", name=op.f('ck_stations_fault_state')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_stations_fault_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_fault_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['service_id'], ['stations_service.id'], name=op.f('fk_stations_fault_service_id_stations_service')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_fault_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_fault')),
    sa.UniqueConstraint('open_key', name=op.f('uq_stations_fault_open_key')),
    sa.UniqueConstraint('photo_file', name=op.f('uq_stations_fault_photo_file'))
    )
    with op.batch_alter_table('stations_fault', schema=None) as batch_op:
        batch_op.create_index('ix_stations_fault_due', ['state', 'mended_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_fault_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_fault_org_id'), ['org_id'], unique=False)
        batch_op.create_index('ix_stations_fault_station_state', ['station_id', 'state'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('stations_fault', schema=None) as batch_op:
        batch_op.drop_index('ix_stations_fault_station_state')
        batch_op.drop_index(batch_op.f('ix_stations_fault_org_id'))
        batch_op.drop_index(batch_op.f('ix_stations_fault_member_id'))
        batch_op.drop_index('ix_stations_fault_due')

    op.drop_table('stations_fault')
    with op.batch_alter_table('stations_rating', schema=None) as batch_op:
        batch_op.drop_index('ix_stations_rating_station_day')
        batch_op.drop_index(batch_op.f('ix_stations_rating_org_id'))
        batch_op.drop_index(batch_op.f('ix_stations_rating_member_id'))

    op.drop_table('stations_rating')
