"""Stores that ended, PINs to change, visits."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0003'
down_revision = 'stations_0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stations_visit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.CheckConstraint('hour between 0 and 23', name=op.f('ck_stations_visit_hour')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_stations_visit_member_id_members_member')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_visit_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_visit')),
    sa.UniqueConstraint('station_id', 'member_id', 'day', name='uq_stations_visit_once')
    )
    with op.batch_alter_table('stations_visit', schema=None) as batch_op:
        batch_op.create_index('ix_stations_visit_day', ['day'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_visit_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_stations_visit_station_day', ['station_id', 'day'], unique=False)

    with op.batch_alter_table('stations_clerk', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pin_until', UTCDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('stations_store', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', UTCDateTime(timezone=True), nullable=True))



def downgrade() -> None:
    with op.batch_alter_table('stations_store', schema=None) as batch_op:
        batch_op.drop_column('ended_at')

    with op.batch_alter_table('stations_clerk', schema=None) as batch_op:
        batch_op.drop_column('pin_until')

    with op.batch_alter_table('stations_visit', schema=None) as batch_op:
        batch_op.drop_index('ix_stations_visit_station_day')
        batch_op.drop_index(batch_op.f('ix_stations_visit_member_id'))
        batch_op.drop_index('ix_stations_visit_day')

    op.drop_table('stations_visit')
