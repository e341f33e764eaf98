"""The token by which an e-mail can be stopped, and an index that leads only to one provider's messages.

Revision: tokens_of_emails after forgotten_answers
"""

import sqlalchemy as sa
from alembic import op

revision = "tokens_of_emails"
down_revision = "forgotten_answers"
branch_labels = None
depends_on = None

UNSUBSCRIBE, FOLLOW_UP = "ix_delivery_attempt_unsubscribe_hash", "ix_delivery_attempt_follow_up"


def upgrade() -> None:
    op.add_column("delivery_attempt", sa.Column("unsubscribe_hash", sa.LargeBinary(length=32), nullable=True))
    op.create_index(op.f(UNSUBSCRIBE), "delivery_attempt", ["unsubscribe_hash"], unique=True)
    op.drop_index(FOLLOW_UP, table_name="delivery_attempt")
    op.create_index(FOLLOW_UP, "delivery_attempt", ["provider", "follow_up_at"], unique=False)


def downgrade() -> None:
    op.drop_index(FOLLOW_UP, table_name="delivery_attempt")
    op.create_index(FOLLOW_UP, "delivery_attempt", ["follow_up_at"], unique=False)
    op.drop_index(op.f(UNSUBSCRIBE), table_name="delivery_attempt")
    op.drop_column("delivery_attempt", "unsubscribe_hash")
