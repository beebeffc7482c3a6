"""Steps of stations; the eleven services that every site begins with."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'stations_0002'
down_revision = 'stations_0001'
branch_labels = None
depends_on = None

SERVICES = (
    ("rest", "歇脚座椅", "Seats", "home", ("座椅干净、牢固，够三个人坐", "有遮阳避雨的地方")),
    ("water", "饮用水", "Drinking water", "water", ("饮水机有电有水，水是热的", "滤芯在更换期内，有更换记录", "有一次性水杯")),
    ("meals", "热饭", "Meal heating", "sun", ("微波炉能用、内壁干净", "旁边有用法和安全提示")),
    ("charging", "手机充电", "Phone charging", "bolt", ("三种接口的充电线都能用", "插座没有破损")),
    ("toilet", "厕所", "Toilet", "people", ("能用，或者有指向最近公厕的牌子", "有洗手液")),
    ("first_aid", "急救药箱", "First-aid box", "cross", ("药箱里的东西齐全", "药品都在有效期内", "有使用登记本")),
    ("wifi", "无线网", "Wi-Fi", "wifi", ("能连上，密码贴在明显处",)),
    ("reading", "读书角", "Reading corner", "book", ("有书报，近三个月有更换",)),
    ("umbrella", "借伞", "Umbrella", "shield", ("至少有五把能用的伞", "有借还登记")),
    ("climate", "避暑取暖", "Cooling and warming", "leaf", ("空调或风扇、取暖器能用", "高温和低温天气里室温合适")),
    ("advice", "法律和健康咨询日", "Legal and health advice days", "scale", ("贴出了本月咨询的日期和内容", "上次咨询有记录")),
)  # fmt: skip
_TABLE = sa.table(
    "stations_service", sa.column("key", sa.String), sa.column("name", sa.String), sa.column("name_en", sa.String),
    sa.column("icon", sa.String), sa.column("summary", sa.String), sa.column("checklist", sa.JSON), sa.column("position", sa.Integer),
    sa.column("active", sa.Boolean),
)  # fmt: skip


def upgrade() -> None:
    op.create_table('stations_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_stations_step_station_id_stations_station')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stations_step'))
    )
    with op.batch_alter_table('stations_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_stations_step_station_id'), ['station_id'], unique=False)

    op.bulk_insert(_TABLE, [
        {
            "key": key, "name": name, "name_en": english, "icon": icon, "summary": "", "checklist": list(checklist),
            "position": 10 * place, "active": True,
        }
        for place, (key, name, english, icon, checklist) in enumerate(SERVICES, start=1)
    ])  # fmt: skip


def downgrade() -> None:
    with op.batch_alter_table('stations_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_stations_step_station_id'))

    op.drop_table('stations_step')
    op.execute(sa.text("delete from stations_station_service"))  # they point to the catalogue, which goes as it came
    op.execute(_TABLE.delete())
