"""Which case a line was joined into, and which office a line waits for: both belonged to the whole case before.

Revision: lines_that_go_on_elsewhere after stall_of_notice. No release ever knew the column of the case that goes.
"""

import sqlalchemy as sa
from alembic import op

revision = "lines_that_go_on_elsewhere"
down_revision = "stall_of_notice"
branch_labels = None
depends_on = None

# As the models' files had it on this day.
JOINED, MOVED = ("AP12", "CI11"), ("AP11", "CI10")
OF_ITS_CASE = """
UPDATE proceeding SET {line} = (SELECT {case} FROM case_file WHERE case_file.id = proceeding.case_id)
WHERE shown_stage IN {stages}
"""
OF_ITS_LINES = """
UPDATE case_file SET joined_into_id = (
    SELECT joined_into_id FROM proceeding
    WHERE proceeding.case_id = case_file.id AND proceeding.joined_into_id IS NOT NULL
    ORDER BY ordinal LIMIT 1
)
"""
# A victim whose lines all left the case that theirs was joined into has nothing to see there any more.
CUT_LINKS = """
DELETE FROM victim_proceeding WHERE EXISTS (
    SELECT 1 FROM victim JOIN proceeding ON proceeding.id = victim_proceeding.proceeding_id
    WHERE victim.id = victim_proceeding.victim_id AND victim.case_id <> proceeding.case_id AND NOT EXISTS (
        SELECT 1 FROM proceeding AS own WHERE own.case_id = victim.case_id AND own.joined_into_id IS NOT NULL
    )
)
"""
# SQLite makes the table anew, and doesn't tell its checks.
CHECKS = (
    sa.CheckConstraint(
        "(shown_stage IS NULL) = (shown_since IS NULL)", name=sa.schema.conv("ck_proceeding_shown_together")
    ),
    sa.CheckConstraint("ordinal BETWEEN 1 AND 999", name=sa.schema.conv("ck_proceeding_ordinal_in_range")),
)


def upgrade() -> None:
    into = sa.ForeignKey("case_file.id", name=op.f("fk_proceeding_joined_into_id"))
    waits_for = sa.ForeignKey("office.id", name=op.f("fk_proceeding_moving_to_id"))
    op.add_column("proceeding", sa.Column("joined_into_id", sa.Uuid(), into, nullable=True), inline_references=True)
    op.add_column("proceeding", sa.Column("moving_to_id", sa.Uuid(), waits_for, nullable=True), inline_references=True)
    op.create_index("ix_proceeding_joined_into_id", "proceeding", ["joined_into_id"], unique=False)
    op.execute(OF_ITS_CASE.format(line="joined_into_id", case="joined_into_id", stages=JOINED))
    op.execute(OF_ITS_CASE.format(line="moving_to_id", case="moved_to_office_id", stages=MOVED))
    op.execute(CUT_LINKS)
    with op.batch_alter_table("case_file") as case:
        case.drop_constraint(op.f("fk_case_file_joined_into_id"), type_="foreignkey")
        case.drop_column("joined_into_id")


def downgrade() -> None:
    with op.batch_alter_table("case_file") as case:
        case.add_column(sa.Column("joined_into_id", sa.Uuid(), nullable=True))
        case.create_foreign_key(op.f("fk_case_file_joined_into_id"), "case_file", ["joined_into_id"], ["id"])
    op.execute(OF_ITS_LINES)
    op.drop_index("ix_proceeding_joined_into_id", table_name="proceeding")
    with op.batch_alter_table("proceeding", table_args=CHECKS) as line:
        line.drop_column("moving_to_id")
        line.drop_column("joined_into_id")
