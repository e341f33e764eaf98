"""How edition 2 of a month counts what edition 1 counted wrong.

Revision: count_corrections after stalls_told_later
"""

import sqlalchemy as sa
from alembic import op

revision = "count_corrections"
down_revision = "stalls_told_later"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "count_correction",
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("duration_bin", sa.String(10), nullable=True),
        sa.ForeignKeyConstraint(
            ["count_id"],
            ["statistics_event.id"],
            name=op.f("fk_count_correction_count_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_count_correction_office_id")),
        sa.PrimaryKeyConstraint("count_id", name=op.f("pk_count_correction")),
    )


def downgrade() -> None:
    op.drop_table("count_correction")
