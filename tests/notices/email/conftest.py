from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from casestatus.settings import EmailProvider, Settings
from casestatus.victims.models import Channel
from tests.notices.town import Town
from tests.standins.certificates import Authority
from tests.standins.smtp import SmtpStandIn

ANA, OTHER = "ana@correo.example", "otra@correo.example"


@pytest.fixture
def post(authority: Authority) -> Iterator[SmtpStandIn]:
    """The mail server."""
    with SmtpStandIn(authority.gives()) as standin:
        yield standin


@pytest.fixture
def settings(settings: Settings, post: SmtpStandIn) -> Settings:
    """As elsewhere, but e-mail leaves through the mail server."""
    sender = {"smtp_url": SecretStr(post.url), "email_from": "avisos@consulta.example"}
    return settings.with_changes(email_provider=EmailProvider.SMTP, **sender)


def reader(town: Town, *addresses: str, **changes: object) -> None:
    """Somebody who reads her notices at these addresses."""
    victim = town.victim(contacts=0)
    for address in addresses:
        town.contact(victim, address, channel=Channel.EMAIL, **changes)
