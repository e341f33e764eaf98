"""What was done may come back: a task's subject is unique only while it lies open.

Revision: subjects_of_tasks after number_lineages
"""

import sqlalchemy as sa
from alembic import op

revision = "subjects_of_tasks"
down_revision = "number_lineages"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("resolved_at IS NULL")


def upgrade() -> None:
    op.add_column("office_task", sa.Column("subject", sa.String(length=120), nullable=True))
    op.execute("UPDATE office_task SET subject = dedupe_key")
    op.create_index(
        "uq_office_task_open_subject",
        "office_task",
        ["subject"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    op.drop_index(
        "uq_office_task_open_subject", table_name="office_task", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN
    )
    op.drop_column("office_task", "subject")
