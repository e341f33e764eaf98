"""E-mail addresses brought to the one form in which they are kept and written to. No server is asked about them."""

from email_validator import EmailNotValidError, validate_email

from casestatus.errors import N_, FieldProblem, Unprocessable


class EmailUnusable(Unprocessable):
    """It isn't an address to which an e-mail can be sent by every server there is."""

    type = "email-unusable"
    title = N_("Ese correo no se puede usar.")
    detail = N_("Escribe un correo completo, como nombre@correo.mx.")


def normal_email(text: str, *, field: str = "address") -> str:
    """The address in ASCII and small letters. Raises EmailUnusable, which names `field`.

    RFC 5321 §2.4 lets the part before @ tell capitals apart; no provider that people use does, and a stop must hold
    for the mailbox however its address was typed.
    """
    try:
        read = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise _unusable(field) from None
    if "=?" in read.normalized:  # a header would take it for an encoded word (RFC 2047 §2), and no letter be written
        raise _unusable(field)
    return (read.ascii_email or read.normalized).lower()


def ending_of_email(address: str) -> str:
    """The two signs by which she tells her addresses apart: the last ones before the @."""
    return address.partition("@")[0][-2:]


def _unusable(field: str) -> EmailUnusable:
    return EmailUnusable(fields=(FieldProblem(field, EmailUnusable.detail),))
