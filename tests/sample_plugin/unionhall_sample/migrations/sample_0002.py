"""A picture and papers of what came of a suggestion."""

import sqlalchemy as sa
from alembic import op

revision = "sample_0002"
down_revision = "sample_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sample_suggestion") as table:
        table.add_column(sa.Column("picture_id", sa.Integer()))
        table.add_column(sa.Column("papers", sa.JSON(), nullable=False, server_default="[]"))
        table.create_foreign_key("fk_sample_suggestion_picture_id_media_asset", "media_asset", ["picture_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("sample_suggestion") as table:
        table.drop_constraint("fk_sample_suggestion_picture_id_media_asset", type_="foreignkey")
        table.drop_column("papers")
        table.drop_column("picture_id")
