"""Inspections, and nominations for the year's most beautiful stations."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0004'
down_revision = 'stations_0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stations_inspection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('secret', sa.Boolean(), nullable=False),
    sa.Column('inspector_id', sa.Integer(), nullable=True),
    sa.Column('began_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('done_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('light', sa.String(length=6), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('fix_by', sa.Date(), nullable=True),
    sa.Column('fix_state', sa.String(length=8), nullable=False),
    sa.Column('fix_note', sa.Text(), nullable=False),
    sa.Column('fixed_by', sa.Integer(), nullable=True),
    sa.Column('fixed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('check_note', sa.Text(), nullable=False),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.Column('checked_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("fix_state in ('none','due','fixed','checked')", name=op.f('ck_stations_inspection_fix')),
    sa.CheckConstraint("light in ('','green','yellow','red')", name=op.f('ck_stations_inspection_light')),
    sa.CheckConstraint('(done_at is null) = (score is null)', name=op.f('ck_stations_inspection_done')),
    sa.CheckConstraint('score between 0 and 100', name=op.f('ck_stations_inspection_score')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_inspection_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_inspection_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_inspection'))
    )
    with op.batch_alter_table('stations_inspection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_inspection_fix_by'), ['fix_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_inspection_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_inspection_station_id'), ['station_id'], unique=False)
        batch_op.create_index('uq_stations_inspection_month', ['station_id', 'month'], unique=True, sqlite_where=sa.text('secret = 0'), postgresql_where=sa.text('not secret'))

    op.create_table('stations_nomination',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('nominated_by', sa.Integer(), nullable=True),
    sa.Column('nominated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_nomination_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_nomination_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_nomination')),
    sa.UniqueConstraint('station_id', 'year', name='uq_stations_nomination_station_id_year')
    )
    with op.batch_alter_table('stations_nomination', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_nomination_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_nomination_station_id'), ['station_id'], unique=False)

    op.create_table('stations_inspection_point',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('heading', sa.String(length=60), nullable=False),
    sa.Column('text', sa.String(length=120), nullable=False),
    sa.Column('result', sa.String(length=3), nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.CheckConstraint("result in ('','ok','not','na')", name=op.f('ck_stations_inspection_point_result')),
    sa.ForeignKeyConstraint(['inspection_id'], ['stations_inspection.id'], name=op.f('fk_stations_inspection_point_inspection_id_stations_inspection')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_inspection_point')),
    sa.UniqueConstraint('inspection_id', 'position', name='uq_stations_inspection_point_position')
    )
    with op.batch_alter_table('stations_inspection_point', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_inspection_point_inspection_id'), ['inspection_id'], unique=False)

    op.create_table('stations_inspection_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('inspection_id', sa.Integer(), nullable=False),
    sa.Column('point_id', sa.Integer(), nullable=True),
    sa.Column('fix', sa.Boolean(), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('mime', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['inspection_id'], ['stations_inspection.id'], name=op.f('fk_stations_inspection_photo_inspection_id_stations_inspection')),
    sa.ForeignKeyConstraint(['point_id'], ['stations_inspection_point.id'], name=op.f('fk_stations_inspection_photo_point_id_stations_inspection_point')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_inspection_photo')),
    sa.UniqueConstraint('file', name=op.f('uq_stations_inspection_photo_file'))
    )
    with op.batch_alter_table('stations_inspection_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_inspection_photo_inspection_id'), ['inspection_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_inspection_photo_point_id'), ['point_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('stations_inspection_photo', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_inspection_photo_point_id'))
        batch_op.drop_index(batch_op.f('ix_stations_inspection_photo_inspection_id'))

    op.drop_table('stations_inspection_photo')
    with op.batch_alter_table('stations_inspection_point', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_inspection_point_inspection_id'))

    op.drop_table('stations_inspection_point')
    with op.batch_alter_table('stations_nomination', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_nomination_station_id'))
        batch_op.drop_index(batch_op.f('ix_stations_nomination_org_id'))

    op.drop_table('stations_nomination')
    with op.batch_alter_table('stations_inspection', schema=None) as batch_op:
        batch_op.drop_index('uq_stations_inspection_month', sqlite_where=sa.text('secret = 0'), postgresql_where=sa.text('not secret'))
        batch_op.drop_index(batch_op.f('ix_stations_inspection_station_id'))
        batch_op.drop_index(batch_op.f('ix_stations_inspection_org_id'))
        batch_op.drop_index(batch_op.f('ix_stations_inspection_fix_by'))

    op.drop_table('stations_inspection')
