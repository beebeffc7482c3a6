"""The tables of the stations plugin."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stations_service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('icon', sa.String(length=40), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('checklist', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_service')),
    sa.UniqueConstraint('key', name=op.f('uq_stations_service_key'))
    )
    op.create_table('stations_store',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('legal_name', sa.String(length=120), nullable=False),
    sa.Column('credit_code', sa.String(length=18), nullable=False),
    sa.Column('contact', sa.String(length=60), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('agreement', sa.String(length=80), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('payee_name', sa.String(length=120), nullable=False),
    sa.Column('payee_bank', sa.String(length=120), nullable=False),
    sa.Column('account_sealed', sa.String(length=300), nullable=False),
    sa.Column('account_tail', sa.String(length=4), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('ends_on is null or ends_on >= starts_on', name=op.f('ck_stations_store_period')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_store_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_store'))
    )
    with op.batch_alter_table('stations_store', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_store_org_id'), ['org_id'], unique=False)

    op.create_table('stations_station',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('directions', sa.String(length=300), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('responsible', sa.String(length=60), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('latitude', sa.Integer(), nullable=True),
    sa.Column('longitude', sa.Integer(), nullable=True),
    sa.Column('wheelchair', sa.Boolean(), nullable=False),
    sa.Column('photo_ids', sa.JSON(), nullable=False),
    sa.Column('week', sa.JSON(), nullable=False),
    sa.Column('holidays', sa.String(length=10), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=True),
    sa.Column('paused_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('paused_reason', sa.String(length=200), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("holidays in ('weekday','sunday','closed')", name=op.f('ck_stations_station_holidays')),
    sa.CheckConstraint("state in ('proposed','approved','fitting','open','paused','closed')", name=op.f('ck_stations_station_state')),
    sa.CheckConstraint('(latitude is null) = (longitude is null)', name=op.f('ck_stations_station_place')),
    sa.CheckConstraint('latitude between -90000000 and 90000000 and longitude between -180000000 and 180000000', name=op.f('ck_stations_station_degrees')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_stations_station_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_stations_station_store_id_stations_store')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_station')),
    sa.UniqueConstraint('kind', 'number', name='uq_stations_station_kind_number'),
    sa.UniqueConstraint('slug', name=op.f('uq_stations_station_slug'))
    )
    with op.batch_alter_table('stations_station', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_station_kind'), ['kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_station_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_station_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_station_store_id'), ['store_id'], unique=False)

    op.create_table('stations_clerk',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('pin_hash', sa.String(length=200), nullable=False),
    sa.Column('manager', sa.Boolean(), nullable=False),
    sa.Column('wrong_pins', sa.Integer(), nullable=False),
    sa.Column('locked_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('wrong_pins >= 0', name=op.f('ck_stations_clerk_pins')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_stations_clerk_member_id_members_member')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_stations_clerk_store_id_stations_store')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_clerk'))
    )
    with op.batch_alter_table('stations_clerk', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_clerk_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_clerk_store_id'), ['store_id'], unique=False)

    op.create_table('stations_special_day',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('hours', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=120), nullable=False),
    sa.CheckConstraint('until >= since', name=op.f('ck_stations_special_day_days')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_special_day_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_special_day'))
    )
    with op.batch_alter_table('stations_special_day', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_special_day_station_id'), ['station_id'], unique=False)

    op.create_table('stations_station_service',
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=80), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['service_id'], ['stations_service.id'], name=op.f('fk_stations_station_service_service_id_stations_service')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_station_service_station_id_stations_station')),
    sa.PrimaryKeyConstraint('station_id', 'service_id', name=op.f('pk_stations_station_service'))
    )
    with op.batch_alter_table('stations_station_service', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_station_service_service_id'), ['service_id'], unique=False)

    op.create_table('stations_till',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('code_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=True),
    sa.Column('enrolled_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('seen_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('locked_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_till_station_id_stations_station')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_stations_till_store_id_stations_store')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_till')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_stations_till_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_stations_till_token_hash'))
    )
    with op.batch_alter_table('stations_till', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_till_station_id'), ['station_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_till_store_id'), ['store_id'], unique=False)

    op.create_table('stations_turn',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('till_id', sa.Integer(), nullable=False),
    sa.Column('clerk_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('began_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['clerk_id'], ['stations_clerk.id'], name=op.f('fk_stations_turn_clerk_id_stations_clerk')),
    sa.ForeignKeyConstraint(['till_id'], ['stations_till.id'], name=op.f('fk_stations_turn_till_id_stations_till')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_turn')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_stations_turn_token_hash'))
    )
    with op.batch_alter_table('stations_turn', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_turn_clerk_id'), ['clerk_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_stations_turn_till_id'), ['till_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('stations_turn', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_turn_till_id'))
        batch_op.drop_index(batch_op.f('ix_stations_turn_clerk_id'))

    op.drop_table('stations_turn')
    with op.batch_alter_table('stations_till', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_till_store_id'))
        batch_op.drop_index(batch_op.f('ix_stations_till_station_id'))

    op.drop_table('stations_till')
    with op.batch_alter_table('stations_station_service', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_station_service_service_id'))

    op.drop_table('stations_station_service')
    with op.batch_alter_table('stations_special_day', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_special_day_station_id'))

    op.drop_table('stations_special_day')
    with op.batch_alter_table('stations_clerk', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_clerk_store_id'))
        batch_op.drop_index(batch_op.f('ix_stations_clerk_member_id'))

    op.drop_table('stations_clerk')
    with op.batch_alter_table('stations_station', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_station_store_id'))
        batch_op.drop_index(batch_op.f('ix_stations_station_state'))
        batch_op.drop_index(batch_op.f('ix_stations_station_org_id'))
        batch_op.drop_index(batch_op.f('ix_stations_station_kind'))

    op.drop_table('stations_station')
    with op.batch_alter_table('stations_store', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_store_org_id'))

    op.drop_table('stations_store')
    op.drop_table('stations_service')
