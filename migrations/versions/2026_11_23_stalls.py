"""Lines that stand still, and offices' own limits.

Revision: stalls after reports_of_victims
"""

import sqlalchemy as sa
from alembic import op

revision = "stalls"
down_revision = "reports_of_victims"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stall_threshold",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=4), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.CheckConstraint("days BETWEEN 7 AND 3650", name=op.f("ck_stall_threshold_days_in_range")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_stall_threshold_office_id")),
        sa.PrimaryKeyConstraint("office_id", "stage", "days", name=op.f("pk_stall_threshold")),
    )
    op.create_table(
        "stall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeding_id", sa.Uuid(), nullable=False),
        sa.Column("shown_stage", sa.String(length=4), nullable=False),
        sa.Column("shown_since", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceeding.id"], name=op.f("fk_stall_proceeding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stall")),
        sa.UniqueConstraint(
            "proceeding_id",
            "shown_stage",
            "shown_since",
            "days",
            name=op.f("uq_stall_proceeding_id_shown_stage_shown_since_days"),
        ),
    )
    op.add_column("victim", sa.Column("stall_alerts", sa.Boolean(), server_default=sa.false(), nullable=False))
    # With the check inside its column SQLite adds and drops it without building the table anew.
    op.execute(
        "ALTER TABLE office ADD COLUMN stale_after_days INTEGER"
        " CONSTRAINT ck_office_stale_after_days_in_range CHECK (stale_after_days BETWEEN 1 AND 365)"
    )


def downgrade() -> None:
    op.drop_column("office", "stale_after_days")
    op.drop_column("victim", "stall_alerts")
    op.drop_table("stall")
    op.drop_table("stall_threshold")
