from datetime import timedelta

import pytest
from sqlalchemy import update

from casestatus.access.clients import OAuthRefused, ScopeMissing, TokenWrong, add_client, caller_of, grant_access
from casestatus.access.scopes import Scope
from casestatus.crypto import KeyRing, token_hash
from casestatus.intake.sender import sender_for_client
from casestatus.offices.models import Client

SCOPES = [Scope.UPDATES_WRITE, Scope.CASES_READ]


@pytest.fixture
def client(database, office, limits):
    with database.writing() as session:
        return add_client(session, [office], name="SIGAP", scopes=SCOPES, limits=limits, now=database.now())


@pytest.fixture
def ask(database, keys, limits, client):
    """Asks for a token as `POST /oauth/token` does."""

    def _ask(client_id=None, client_secret=None, scope=None, now=None):
        with database.reading() as session:
            return grant_access(
                session,
                keys,
                client_id=str(client.client_id) if client_id is None else client_id,
                client_secret=client.client_secret if client_secret is None else client_secret,
                scope=scope,
                limits=limits,
                now=now or database.now(),
            )

    return _ask


@pytest.fixture
def caller(database, keys):
    def _caller(token, now=None):
        with database.reading() as session:
            return caller_of(session, keys, token, now=now or database.now())

    return _caller


def change(database, client, **values):
    with database.writing() as session:
        session.execute(update(Client).where(Client.id == client.client_id).values(**values))


def test_a_client_gets_a_token_for_all_its_scopes_and_is_known_by_it(ask, caller, client):
    granted = ask()
    assert (granted.token_type, granted.expires_in, granted.scope) == ("Bearer", 600, "updates:write cases:read")
    assert caller(granted.access_token).client_id == client.client_id
    assert caller(granted.access_token).scopes == set(SCOPES)


def test_a_client_may_ask_for_less(ask, caller):
    granted = ask(scope="cases:read")
    assert granted.scope == "cases:read"
    assert caller(granted.access_token).scopes == {Scope.CASES_READ}


@pytest.mark.parametrize("scope", ["victims:write", "updates:write victims:write", "everything"])
def test_a_client_may_not_ask_for_more(ask, scope):
    with pytest.raises(OAuthRefused) as refusal:
        ask(scope=scope)
    assert (refusal.value.status, refusal.value.error) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"client_id": "00000000-0000-0000-0000-000000000000"},
        {"client_id": "not-an-id"},
        {"client_id": ""},
    ],
)
def test_one_answer_for_every_wrong_client(ask, wrong):
    with pytest.raises(OAuthRefused) as refusal:
        ask(**wrong)
    assert (refusal.value.status, refusal.value.error) == (401, "invalid_client")


def test_a_secret_ends_after_180_days(ask, database):
    assert ask(now=database.now() + timedelta(days=179))
    with pytest.raises(OAuthRefused):
        ask(now=database.now() + timedelta(days=180))


def test_two_secrets_work_at_once(ask, database, client):
    change(
        database,
        client,
        next_secret_hash=token_hash("the next one"),
        next_secret_expires_at=database.now() + timedelta(days=1),
    )
    assert ask()
    assert ask(client_secret="the next one")
    with pytest.raises(OAuthRefused):
        ask(client_secret="the next one", now=database.now() + timedelta(days=2))


def test_switching_a_client_off_stops_its_tokens_at_once(ask, caller, database, client):
    token = ask().access_token
    change(database, client, disabled_at=database.now())
    with pytest.raises(TokenWrong):
        caller(token)
    with pytest.raises(OAuthRefused):
        ask()


def test_taking_a_scope_away_stops_it_at_once(ask, caller, database, client):
    token = ask().access_token
    caller(token).require(Scope.UPDATES_WRITE)
    change(database, client, scopes="cases:read")
    with pytest.raises(ScopeMissing) as refusal:
        caller(token).require(Scope.UPDATES_WRITE)
    assert refusal.value.params == {"scope": "updates:write"}


def test_a_token_ends_after_ten_minutes(ask, caller, database):
    token = ask().access_token
    with pytest.raises(TokenWrong):
        caller(token, now=database.now() + timedelta(seconds=606))


def test_tokens_that_are_not_ours_are_refused(caller, database, client):
    now = database.now()
    stranger = KeyRing.generate().sign_access_token({"sub": str(client.client_id), "scope": ""}, now=now, lifetime=600)
    for token in (stranger, "", "a.b.c"):
        with pytest.raises(TokenWrong):
            caller(token)


@pytest.mark.parametrize("claims", [{}, {"scope": 7}, {"scope": ["cases:read"]}, {"scope": "everything"}])
def test_a_token_of_ours_without_readable_scopes_is_refused(caller, database, keys, client, claims):
    token = keys.sign_access_token({"sub": str(client.client_id), **claims}, now=database.now(), lifetime=600)
    with pytest.raises(TokenWrong):
        caller(token)


def test_a_client_has_a_source_of_its_own_and_serves_its_offices(database, client, office):
    with database.reading() as session:
        sender = sender_for_client(session, client.client_id, may_load_history=False)
        assert sender.serves(office.id)


def test_only_the_hash_of_a_secret_is_kept(database, client):
    with database.reading() as session:
        kept = session.get_one(Client, client.client_id)
        assert kept.secret_hash == token_hash(client.client_secret)
        assert client.client_secret not in repr(client)
