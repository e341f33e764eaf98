"""An office's own days of rest, and the time limits that it has checked.

Revision: office_calendar after first_tables
"""

import sqlalchemy as sa
from alembic import op

revision = "office_calendar"
down_revision = "first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_holiday",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_holiday_office_id")),
        sa.PrimaryKeyConstraint("office_id", "day", name=op.f("pk_office_holiday")),
    )
    op.create_table(
        "right_check",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("right", sa.String(length=60), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_right_check_office_id")),
        sa.PrimaryKeyConstraint("office_id", "right", name=op.f("pk_right_check")),
    )


def downgrade() -> None:
    op.drop_table("right_check")
    op.drop_table("office_holiday")
