"""An e-mail as it leaves (RFC 5322): neutral headers, text and the same as HTML, signed when there is a DKIM key."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from casestatus.notices.providers import EmailParts, Message
from casestatus.settings import Settings

ONE_LINE = SMTP.clone(max_line_length=998)  # RFC 5322 §2.1.1; folded earlier, a long address would be written in code
SIGNED = (
    *(b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"content-language"),
    *(b"auto-submitted", b"list-unsubscribe", b"list-unsubscribe-post"),  # RFC 8058 §4 wants the last two
)


def domain_of(address: str) -> str:
    """The part after the @."""
    return address.partition("@")[2]


def written(message: Message, parts: EmailParts, sender: str) -> bytes:
    """The message's bytes. `parts.written_at` is its date."""
    email = EmailMessage(SMTP)
    email["From"] = Address(parts.sender, addr_spec=sender)
    email["To"] = Address(addr_spec=message.to)
    email["Subject"] = message.subject
    email["Date"] = format_datetime(parts.written_at)
    email["Message-ID"] = f"<{parts.attempt_id}@{domain_of(sender)}>"
    email["Auto-Submitted"] = "auto-generated"
    email["List-Unsubscribe"] = f"<{parts.unsubscribe}>"
    email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email.set_content(message.body, cte="quoted-printable")
    email.add_alternative(parts.html, subtype="html", cte="quoted-printable")
    email["Content-Language"] = parts.language  # only now: whatever begins so goes with the text when HTML is added
    return email.as_bytes(policy=ONE_LINE)


class Dkim:
    """A domain's word that a message is its own (RFC 6376)."""

    def __init__(self, key: bytes, *, selector: str, domain: str) -> None:
        """Raises ValueError for what is no private RSA key in PEM."""
        from dkim.crypto import (  # type: ignore[import-untyped]  # it ships no types
            UnparsableKeyError,
            parse_pem_private_key,
        )

        try:
            parse_pem_private_key(key)
        except (UnparsableKeyError, ValueError, IndexError, KeyError):
            raise ValueError("CASESTATUS_DKIM_KEY holds no private RSA key in PEM") from None
        self._key = key
        self._selector = selector.encode()
        self._domain = domain.encode()

    def signed(self, content: bytes) -> bytes:
        """The message with its signature before it."""
        import dkim  # type: ignore[import-untyped]  # likewise

        signature: bytes = dkim.sign(
            content,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(SIGNED),
        )
        return signature + content


def dkim_of(settings: Settings) -> Dkim | None:
    """The signer that the settings name; None when a relay is to sign, or nobody."""
    if not settings.dkim_key:
        return None
    domain = settings.dkim_domain or domain_of(settings.email_from)
    return Dkim(Path(settings.dkim_key).read_bytes(), selector=settings.dkim_selector, domain=domain)
