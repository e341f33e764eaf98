"""Formal notices are found by their day, for the reminders of what counts from them.

Revision: reminders after waiting_contacts
"""

from alembic import op

revision = "reminders"
down_revision = "waiting_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_timeline_event_formal_notice_on", "timeline_event", ["formal_notice_on"])


def downgrade() -> None:
    op.drop_index("ix_timeline_event_formal_notice_on", "timeline_event")
