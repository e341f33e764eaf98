"""Which office opened a line and so counts it by its ordinal: what one office hides takes no number from another.

Revision: line_numbers after recounts. Until now an ordinal was taken for the whole case.
"""

import sqlalchemy as sa
from alembic import op

revision = "line_numbers"
down_revision = "recounts"
branch_labels = None
depends_on = None

# SQLite makes the table anew, and doesn't tell its checks.
CHECKS = (
    sa.CheckConstraint(
        "(shown_stage IS NULL) = (shown_since IS NULL)", name=sa.schema.conv("ck_proceeding_shown_together")
    ),
    sa.CheckConstraint("ordinal BETWEEN 1 AND 999", name=sa.schema.conv("ck_proceeding_ordinal_in_range")),
)
OF_ITS_CASE = """
UPDATE proceeding SET opened_by_id = COALESCE(
    office_id, (SELECT office_id FROM case_file WHERE case_file.id = proceeding.case_id)
)
"""
AS_OTHERS_COUNT_IT = "UPDATE proceeding SET ordinal = ordinal_elsewhere WHERE ordinal_elsewhere IS NOT NULL"
NAMESAKES = """
SELECT id, case_id FROM proceeding WHERE EXISTS (
    SELECT 1 FROM proceeding AS older
    WHERE older.case_id = proceeding.case_id AND older.ordinal = proceeding.ordinal AND older.id < proceeding.id
)
ORDER BY id
"""


def upgrade() -> None:
    opened_by = sa.ForeignKey("office.id", name=op.f("fk_proceeding_opened_by_id"))
    op.add_column("proceeding", sa.Column("opened_by_id", sa.Uuid(), opened_by, nullable=True), inline_references=True)
    op.execute(OF_ITS_CASE)
    with op.batch_alter_table("proceeding", table_args=CHECKS) as line:
        line.add_column(sa.Column("ordinal_elsewhere", sa.Integer(), nullable=True))
        line.alter_column("opened_by_id", existing_type=sa.Uuid(), nullable=False)
        line.drop_constraint(op.f("uq_proceeding_case_id_ordinal"), type_="unique")
        numbers = ["case_id", "opened_by_id", "ordinal"]
        line.create_unique_constraint(op.f("uq_proceeding_case_id_opened_by_id_ordinal"), numbers)


def downgrade() -> None:
    with op.batch_alter_table("proceeding", table_args=CHECKS) as line:
        line.drop_constraint(op.f("uq_proceeding_case_id_opened_by_id_ordinal"), type_="unique")
    op.execute(AS_OTHERS_COUNT_IT)  # may be the number of another line until they are told apart
    _tell_apart()
    with op.batch_alter_table("proceeding", table_args=CHECKS) as line:
        line.drop_column("opened_by_id")
        line.drop_column("ordinal_elsewhere")
        line.create_unique_constraint(op.f("uq_proceeding_case_id_ordinal"), ["case_id", "ordinal"])


def _tell_apart() -> None:
    """Of lines of one number in a case the younger ones get the next free one."""
    connection = op.get_bind()
    for line_id, case_id in connection.execute(sa.text(NAMESAKES)).all():
        of_case = sa.text("SELECT ordinal FROM proceeding WHERE case_id = :case_id")
        taken = set(connection.execute(of_case, {"case_id": case_id}).scalars())
        free = next(number for number in range(1, 1000) if number not in taken)
        values = {"free": free, "line_id": line_id}
        connection.execute(sa.text("UPDATE proceeding SET ordinal = :free WHERE id = :line_id"), values)
