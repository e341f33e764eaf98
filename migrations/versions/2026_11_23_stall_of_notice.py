"""Which stall a notice tells of, so that it leaves only while that one lasts.

Revision: stall_of_notice after follow_up
"""

import sqlalchemy as sa
from alembic import op

revision = "stall_of_notice"
down_revision = "follow_up"
branch_labels = None
depends_on = None

# A stall and its notices were written at one moment; of several raised at once the longest was told of.
LONGEST_OF_THAT_MOMENT = """
UPDATE notice SET stall_id = (
    SELECT stall.id FROM stall
    WHERE stall.proceeding_id = notice.proceeding_id AND stall.raised_at = notice.created_at
    ORDER BY stall.days DESC LIMIT 1
) WHERE kind = 'stall'
"""


def upgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("stall_id", sa.Uuid(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_stall_id"), "stall", ["stall_id"], ["id"])
    op.execute(LONGEST_OF_THAT_MOMENT)


def downgrade() -> None:
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("fk_notice_stall_id"), type_="foreignkey")
        notice.drop_column("stall_id")
