"""The suggestion box's table."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = "sample_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sample_suggestion",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("org_id", sa.Integer(), sa.ForeignKey("orgs_org.id"), nullable=False, index=True),
        sa.Column("article_id", sa.Integer(), sa.ForeignKey("news_article.id"), index=True),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sample_suggestion")
