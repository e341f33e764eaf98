"""The first tables.

Revision: first_tables after nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("code", name=op.f("uq_institution_code")),
    )
    op.create_table(
        "login_try",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("network_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("number_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_try")),
    )
    op.create_index("ix_login_try_address", "login_try", ["address_key", "tried_at"], unique=False)
    op.create_index("ix_login_try_network", "login_try", ["network_key", "tried_at"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.JSON(), nullable=False),
        sa.Column("last_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("secret_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_secret_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("next_secret_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_client_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=10), nullable=False),
        sa.Column("public_phone", sa.String(length=40), nullable=False),
        sa.Column("public_hours", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_office_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_office_institution_id_code")),
    )
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(30), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("pin_salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("joined_into_id", sa.Uuid(), nullable=True),
        sa.Column("moved_to_office_id", sa.Uuid(), nullable=True),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_case_file_institution_id")),
        sa.ForeignKeyConstraint(["joined_into_id"], ["case_file.id"], name=op.f("fk_case_file_joined_into_id")),
        sa.ForeignKeyConstraint(["moved_to_office_id"], ["office.id"], name=op.f("fk_case_file_moved_to_office_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_case_file_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_lineage"), "case_file", ["lineage"], unique=False)
    op.create_index(op.f("ix_case_file_office_id"), "case_file", ["office_id"], unique=False)
    op.create_table(
        "client_office",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_office_client_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_client_office_office_id")),
        sa.PrimaryKeyConstraint("client_id", "office_id", name=op.f("pk_client_office")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_heartbeat_office_id")),
        sa.PrimaryKeyConstraint("office_id", "seen_on", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_source_client_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_source_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("client_id", name=op.f("uq_source_client_id")),
    )
    op.create_table(
        "staff_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(30), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_staff_member_institution_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_staff_member_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_member")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_member_email")),
    )
    op.create_table(
        "case_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("display", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_number_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_number")),
    )
    op.create_index(op.f("ix_case_number_case_id"), "case_number", ["case_id"], unique=False)
    op.create_table(
        "proceeding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("crime", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=4), nullable=False),
        sa.Column("stage_since", sa.Date(), nullable=False),
        sa.Column("shown_stage", sa.String(length=4), nullable=True),
        sa.Column("shown_since", sa.Date(), nullable=True),
        sa.Column("shown_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(shown_stage IS NULL) = (shown_since IS NULL)", name=op.f("ck_proceeding_shown_together")),
        sa.CheckConstraint("ordinal BETWEEN 1 AND 999", name=op.f("ck_proceeding_ordinal_in_range")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_proceeding_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceeding")),
        sa.UniqueConstraint("case_id", "ordinal", name=op.f("uq_proceeding_case_id_ordinal")),
    )
    op.create_table(
        "victim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("folio", sa.LargeBinary(), nullable=False),
        sa.Column("folio_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("risk_tier", sa.String(30), nullable=False),
        sa.Column("pin_tag", sa.LargeBinary(length=32), nullable=True),
        sa.Column("pin_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("backup_tag", sa.LargeBinary(length=32), nullable=True),
        sa.Column("backup_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pepper_id", sa.String(length=40), nullable=True),
        sa.Column("seal_key_id", sa.String(length=40), nullable=True),
        sa.Column("pin_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pin_first_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_policy", sa.String(30), nullable=False),
        sa.Column("message_wording", sa.String(30), nullable=False),
        sa.Column("represents_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_victim_case_id")),
        sa.ForeignKeyConstraint(["represents_id"], ["victim.id"], name=op.f("fk_victim_represents_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_victim")),
        sa.UniqueConstraint("case_id", "backup_tag", name=op.f("uq_victim_case_id_backup_tag")),
        sa.UniqueConstraint("case_id", "pin_tag", name=op.f("uq_victim_case_id_pin_tag")),
        sa.UniqueConstraint("folio_key", name=op.f("uq_victim_folio_key")),
    )
    op.create_table(
        "case_number_key",
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("form", sa.String(30), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_number_key_case_id")),
        sa.ForeignKeyConstraint(["number_id"], ["case_number.id"], name=op.f("fk_case_number_key_number_id")),
        sa.PrimaryKeyConstraint("number_id", "key", "form", name=op.f("pk_case_number_key")),
    )
    op.create_index(op.f("ix_case_number_key_case_id"), "case_number_key", ["case_id"], unique=False)
    op.create_index("ix_case_number_key_key", "case_number_key", ["key"], unique=False)
    op.create_index(
        "uq_case_number_key_exact",
        "case_number_key",
        ["key"],
        unique=True,
        sqlite_where=sa.text("form = 'exact'"),
        postgresql_where=sa.text("form = 'exact'"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(30), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("ending", sa.String(length=2), nullable=False),
        sa.Column("safe", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.String(length=11), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("code_word", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_in_person", sa.Boolean(), nullable=False),
        sa.Column("reconfirm_by", sa.Date(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "NOT confirmed_in_person OR confirmed_at IS NOT NULL", name=op.f("ck_contact_in_person_is_confirmed")
        ),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_contact_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("victim_id", "address_key", name=op.f("uq_contact_victim_id_address_key")),
    )
    op.create_index(op.f("ix_contact_address_key"), "contact", ["address_key"], unique=False)
    op.create_index(op.f("ix_contact_victim_id"), "contact", ["victim_id"], unique=False)
    op.create_table(
        "timeline_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proceeding_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("stage", sa.String(length=4), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("to_number", sa.LargeBinary(), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("formal_notice_on", sa.Date(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_event", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("historical", sa.Boolean(), nullable=False),
        sa.Column("created_case", sa.Boolean(), nullable=False),
        sa.Column("notices_queued", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("reveals_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(shown_at IS NULL) = (shown_on IS NULL)", name=op.f("ck_timeline_event_shown_together")),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceeding.id"], name=op.f("fk_timeline_event_proceeding_id")),
        sa.ForeignKeyConstraint(["reveals_id"], ["timeline_event.id"], name=op.f("fk_timeline_event_reveals_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_timeline_event_source_id")),
        sa.ForeignKeyConstraint(["supersedes_id"], ["timeline_event.id"], name=op.f("fk_timeline_event_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_event")),
        sa.UniqueConstraint("proceeding_id", "sequence", name=op.f("uq_timeline_event_proceeding_id_sequence")),
        sa.UniqueConstraint("reveals_id", name=op.f("uq_timeline_event_reveals_id")),
        sa.UniqueConstraint("source_id", "source_event", name=op.f("uq_timeline_event_source_id_source_event")),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_timeline_event_supersedes_id")),
    )
    op.create_table(
        "victim_proceeding",
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("proceeding_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceeding.id"], name=op.f("fk_victim_proceeding_proceeding_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_victim_proceeding_victim_id")),
        sa.PrimaryKeyConstraint("victim_id", "proceeding_id", name=op.f("pk_victim_proceeding")),
    )
    op.create_index("ix_victim_proceeding_proceeding_id", "victim_proceeding", ["proceeding_id"], unique=False)
    op.create_table(
        "victim_session",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=True),
        sa.Column("shared_device", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number_id"], ["case_number.id"], name=op.f("fk_victim_session_number_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_victim_session_victim_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_victim_session")),
    )
    op.create_index(op.f("ix_victim_session_victim_id"), "victim_session", ["victim_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("proceeding_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("by_law", sa.Boolean(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_notice_contact_id")),
        sa.ForeignKeyConstraint(["proceeding_id"], ["proceeding.id"], name=op.f("fk_notice_proceeding_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_notice_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notice_dedupe_key")),
    )
    op.create_index("ix_notice_joining", "notice", ["proceeding_id", "victim_id", "state"], unique=False)
    op.create_index("ix_notice_victim_id", "notice", ["victim_id", "created_at"], unique=False)
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(30), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_one_time_code_contact_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_one_time_code_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    op.create_index(op.f("ix_one_time_code_victim_id"), "one_time_code", ["victim_id"], unique=False)
    op.create_table(
        "statistics_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lineage_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("stage", sa.String(length=30), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("crime", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("duration_bin", sa.String(length=10), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["timeline_event.id"], name=op.f("fk_statistics_event_event_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_statistics_event_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statistics_event")),
        sa.UniqueConstraint("lineage_key", "kind", "stage", name=op.f("uq_statistics_event_lineage_key_kind_stage")),
    )
    op.create_index(op.f("ix_statistics_event_event_id"), "statistics_event", ["event_id"], unique=False)
    op.create_index("ix_statistics_event_month", "statistics_event", ["month", "kind"], unique=False)
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=3), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uncertain_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_delivery_attempt_contact_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_attempt_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.UniqueConstraint("notice_id", "rung", name=op.f("uq_delivery_attempt_notice_id_rung")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_delivery_attempt_provider_id")),
    )
    op.create_index(op.f("ix_delivery_attempt_contact_id"), "delivery_attempt", ["contact_id"], unique=False)
    op.create_index("ix_delivery_attempt_due", "delivery_attempt", ["state", "due_at"], unique=False)
    op.create_table(
        "notice_event",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["timeline_event.id"], name=op.f("fk_notice_event_event_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_event_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", "event_id", name=op.f("pk_notice_event")),
    )
    op.create_table(
        "office_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("victim_id", sa.Uuid(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "resolved_at IS NULL OR resolved_at >= created_at", name=op.f("ck_office_task_resolved_after_created")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_office_task_case_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_office_task_notice_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_task_office_id")),
        sa.ForeignKeyConstraint(["victim_id"], ["victim.id"], name=op.f("fk_office_task_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_task")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_office_task_dedupe_key")),
    )
    op.create_index("ix_office_task_open", "office_task", ["office_id", "kind", "resolved_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_office_task_open", table_name="office_task")
    op.drop_table("office_task")
    op.drop_table("notice_event")
    op.drop_index("ix_delivery_attempt_due", table_name="delivery_attempt")
    op.drop_index(op.f("ix_delivery_attempt_contact_id"), table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index("ix_statistics_event_month", table_name="statistics_event")
    op.drop_index(op.f("ix_statistics_event_event_id"), table_name="statistics_event")
    op.drop_table("statistics_event")
    op.drop_index(op.f("ix_one_time_code_victim_id"), table_name="one_time_code")
    op.drop_table("one_time_code")
    op.drop_index("ix_notice_victim_id", table_name="notice")
    op.drop_index("ix_notice_joining", table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_victim_session_victim_id"), table_name="victim_session")
    op.drop_table("victim_session")
    op.drop_index("ix_victim_proceeding_proceeding_id", table_name="victim_proceeding")
    op.drop_table("victim_proceeding")
    op.drop_table("timeline_event")
    op.drop_index(op.f("ix_contact_victim_id"), table_name="contact")
    op.drop_index(op.f("ix_contact_address_key"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "uq_case_number_key_exact",
        table_name="case_number_key",
        sqlite_where=sa.text("form = 'exact'"),
        postgresql_where=sa.text("form = 'exact'"),
    )
    op.drop_index("ix_case_number_key_key", table_name="case_number_key")
    op.drop_index(op.f("ix_case_number_key_case_id"), table_name="case_number_key")
    op.drop_table("case_number_key")
    op.drop_table("victim")
    op.drop_table("proceeding")
    op.drop_index(op.f("ix_case_number_case_id"), table_name="case_number")
    op.drop_table("case_number")
    op.drop_table("staff_member")
    op.drop_table("source")
    op.drop_table("heartbeat")
    op.drop_table("client_office")
    op.drop_index(op.f("ix_case_file_office_id"), table_name="case_file")
    op.drop_index(op.f("ix_case_file_lineage"), table_name="case_file")
    op.drop_table("case_file")
    op.drop_table("office")
    op.drop_table("client")
    op.drop_table("throttle")
    op.drop_table("outbox_message")
    op.drop_index("ix_login_try_network", table_name="login_try")
    op.drop_index("ix_login_try_address", table_name="login_try")
    op.drop_table("login_try")
    op.drop_table("institution")
