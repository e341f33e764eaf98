"""Every threshold that an operator may move."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CENTURY_DAYS = 36_500  # what "never" may be written as; more doesn't fit into a date
CENTURY = CENTURY_DAYS * 24 * 3600

Count = Annotated[int, Field(ge=1, le=10**9)]
Room = Annotated[int, Field(ge=0, le=10**9)]
Days = Annotated[int, Field(ge=1, le=CENTURY_DAYS)]
Seconds = Annotated[int, Field(ge=1, le=CENTURY)]
Wait = Annotated[float, Field(gt=0, le=CENTURY, allow_inf_nan=False)]


class Limits(BaseSettings):
    """Every threshold (`CASESTATUS_LIMITS_…`), so that tests don't wait. Seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="CASESTATUS_LIMITS_", env_file=".env", extra="ignore", frozen=True)

    body_bytes: Count = Field(64 * 1024, description="largest request body read, in bytes")
    document_bytes: Count = Field(
        1024 * 1024, description="the same where a document's file is checked: some 6,000 messages"
    )
    import_chunk_rows: Count = Field(
        50, description="rows of an import that commit together; on SQLite a sign-in waits for so many"
    )
    client_updates_per_second: Count = Field(100, description="updates a second taken from one client")

    number_free_tries: Room = Field(5, description="sign-in tries on one number before it has to wait")
    number_first_wait: Seconds = Field(30, description="first wait after the free tries; it doubles")
    number_longest_wait: Seconds = Field(3600, description="longest wait between two tries on one number")
    number_tries_per_day: Count = Field(10, description="tries on one number in 24 hours")
    number_wait_memory_days: Days = Field(7, description="days after which a try no longer lengthens the wait")
    number_tries_in_a_row: Count = Field(
        100, description="tries on one number in a row before only the backup key opens"
    )
    number_memory_days: Days = Field(365, description="days after which a try no longer counts towards the row")
    address_failures: Count = Field(20, description="failures from one address in 10 minutes before it has to wait")
    address_failing_numbers: Count = Field(
        5, description="different failing numbers from one address in an hour before it waits"
    )
    address_wait: Seconds = Field(60, description="how long an address has to wait")
    network_times: Count = Field(10, description="how many times an address's failures an IPv6 /48 may have")
    hashing_at_once: Count = Field(2, description="PINs verified at the same time in one process")
    hashing_queue: Room = Field(16, description="sign-ins that may wait for a place before the answer is 503")

    pin_unused_days: Days = Field(30, description="days after which a PIN that was never used stops working")
    session_idle: Seconds = Field(600, description="seconds without use after which a session ends")
    session_idle_shared: Seconds = Field(300, description="the same on a device that other people use")
    session_longest: Seconds = Field(3600, description="longest life of a session")
    code_life: Seconds = Field(600, description="life of a one-time code")
    code_tries: Count = Field(5, description="tries on one one-time code")
    reports_per_day: Count = Field(10, description="reports of something wrong taken from one victim in 24 hours")
    constancias_per_day: Count = Field(10, description="documents made of one victim's messages in 24 hours")
    checks_per_address: Count = Field(30, description="documents checked from one address in 10 minutes")
    codes_per_day: Count = Field(3, description="one-time codes sent to one victim in 24 hours")
    contact_wait: Wait = Field(
        48 * 3600.0, description="wait before notices go to a contact that was added on the page: 24 to 72 hours"
    )
    contact_safe_days: Days = Field(90, description="days after which she is asked again whether a contact is safe")
    contacts_of_one: Count = Field(5, description="contacts that one access may have")
    access_token_life: Seconds = Field(600, description="life of a client's access token")
    client_secret_days: Days = Field(180, description="days after which a client's secret stops working")

    sms_per_second: Count = Field(10, description="messages a second that the SMS account takes, over all workers")
    breaker_failures: Count = Field(50, description="failures after which a sender is left alone for a while")
    breaker_window: Wait = Field(60.0, description="the time in which so many failures count")
    breaker_rest: Wait = Field(60.0, description="first rest of a failing sender before one message tries it; doubles")
    breaker_longest_rest: Wait = Field(600.0, description="longest rest between two such trials")
    lease: Wait = Field(30.0, description="how long a worker holds a delivery; the provider call gets 0.6 of it")
    poll: Wait = Field(1.0, description="how often the worker looks for due deliveries")
    retry_base: Wait = Field(30.0, description="first wait before a hand-over is tried again; it doubles")
    retry_cap: Wait = Field(3600.0, description="longest wait between two hand-overs")
    retry_longest: Wait = Field(48 * 3600.0, description="after this long without a hand-over the attempt expires")
    reconcile_gap: Wait = Field(60.0, description="wait between two looks for a message that may have been accepted")
    reconcile_longest: Wait = Field(3600.0, description="after this long an unclear attempt goes to the office")
    proof_wait: Wait = Field(72 * 3600.0, description="after this long without a receipt a message counts as unproven")
    remind_days: Days = Field(
        3, description="days before the last day of a right on which she is reminded of her dates"
    )
    next_rung_after: Wait = Field(
        24 * 3600.0, description="wait for proof of arrival before another contact, or the office, is to reach her"
    )
    follow_up_after: Wait = Field(3600.0, description="wait before the provider is asked about a message itself")
    follow_up_gap: Wait = Field(300.0, description="wait before it is asked again, or again told to delete it")

    stale_after_days: Days = Field(3, description="days without a heartbeat after which information may be old")
