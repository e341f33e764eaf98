"""Numbers that a move told, and that nobody at the new office has used yet, are told from a case's own.

Revision: told_numbers after count_corrections
"""

from alembic import op

revision = "told_numbers"
down_revision = "count_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A number's id is that of the event that told it. Those of lines that were accepted counted as confirmed."""
    op.execute(
        "UPDATE case_number SET kind = 'told' WHERE id IN (SELECT e.id FROM timeline_event e "
        "JOIN proceeding p ON p.id = e.proceeding_id WHERE p.moving_to_id IS NOT NULL)"
    )


def downgrade() -> None:
    op.execute("UPDATE case_number SET kind = 'official' WHERE kind = 'told'")
