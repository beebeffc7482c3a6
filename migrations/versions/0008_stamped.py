"""Bodies carry the sanitiser's stamp and their length, so that showing one need not clean and count it again."""

import sqlalchemy as sa
from alembic import op
from unionhall.base import richtext

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

REVISION = sa.table(
    'news_revision', sa.column('id', sa.Integer), sa.column('body', sa.Text), sa.column('stamp', sa.Text), sa.column('characters', sa.Integer),
)


def upgrade() -> None:
    with op.batch_alter_table('news_revision') as table:
        table.add_column(sa.Column('stamp', sa.String(length=64), nullable=False, server_default=''))
        table.add_column(sa.Column('characters', sa.Integer(), nullable=False, server_default='0'))
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.select(REVISION.c.id, REVISION.c.body).where(REVISION.c.id > last).order_by(REVISION.c.id).limit(500)).all():
        for row in rows:
            values = {'characters': richtext.count_chars(row.body)}
            if richtext.clean(row.body) == row.body:
                values['stamp'] = richtext.stamp(row.body)
            connection.execute(sa.update(REVISION).where(REVISION.c.id == row.id).values(values))
        last = rows[-1].id


def downgrade() -> None:
    with op.batch_alter_table('news_revision') as table:
        table.drop_column('characters')
        table.drop_column('stamp')
