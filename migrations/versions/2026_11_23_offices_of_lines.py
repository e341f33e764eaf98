"""The office that has a line, where that isn't its case's: only the line that was moved goes there.

Revision: offices_of_lines after constancias. Until now a case went as a whole, so no line has an office of its own yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "offices_of_lines"
down_revision = "constancias"
branch_labels = None
depends_on = None

# SQLite makes the table anew, and doesn't tell its checks.
CHECKS = (
    sa.CheckConstraint(
        "(shown_stage IS NULL) = (shown_since IS NULL)", name=sa.schema.conv("ck_proceeding_shown_together")
    ),
    sa.CheckConstraint("ordinal BETWEEN 1 AND 999", name=sa.schema.conv("ck_proceeding_ordinal_in_range")),
)


def upgrade() -> None:
    has_it = sa.ForeignKey("office.id", name=op.f("fk_proceeding_office_id"))
    op.add_column("proceeding", sa.Column("office_id", sa.Uuid(), has_it, nullable=True), inline_references=True)
    op.create_index("ix_proceeding_office_id", "proceeding", ["office_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_proceeding_office_id", table_name="proceeding")
    with op.batch_alter_table("proceeding", table_args=CHECKS) as line:
        line.drop_column("office_id")
