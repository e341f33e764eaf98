"""What a victim calls wrong: an office's task names the line and the reason.

Revision: reports_of_victims after office_calendar
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_of_victims"
down_revision = "office_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    line = sa.ForeignKey("proceeding.id", name=op.f("fk_office_task_proceeding_id"))
    op.add_column("office_task", sa.Column("proceeding_id", sa.Uuid(), line, nullable=True), inline_references=True)
    op.add_column("office_task", sa.Column("reason", sa.String(length=20), nullable=True))
    op.create_index("ix_office_task_victim_id", "office_task", ["victim_id", "kind"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_office_task_victim_id", table_name="office_task")
    op.drop_column("office_task", "reason")
    op.drop_column("office_task", "proceeding_id")
