"""What running a station costs a month."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0005'
down_revision = 'stations_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stations_cost',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('fen >= 0', name=op.f('ck_stations_cost_fen')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_cost_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_cost')),
    sa.UniqueConstraint('station_id', 'since', name='uq_stations_cost_station_id_since')
    )


def downgrade() -> None:
    op.drop_table('stations_cost')
