"""The built wheel, in a bare virtual environment, run from another folder: what a production host does."""

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn

ROOT = Path(__file__).resolve().parents[1]
HOST = "consulta.example"
NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
PHONE = "+525500000001"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what is in the checkout, without reaching for the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(folder), str(ROOT)], check=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def commands(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment that holds the wheel and what requirements/app.txt names, nothing else."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    for name in pinned_for_the_app():
        lend(name, packages)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--disable-pip-version-check", str(wheel)], check=True, timeout=120)
    subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "check"], check=True, timeout=120)
    return folder / "bin"


def pinned_for_the_app() -> list[str]:
    lines = (ROOT / "requirements" / "app.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return [pin.name for pin in pins if pin.marker is None or pin.marker.evaluate()]


def lend(name: str, packages: Path) -> None:
    """Link an installed distribution into another environment: as good as installing it, in milliseconds."""
    installed = distribution(name)
    for top in {file.parts[0] for file in installed.files or [] if file.parts[0] not in {"..", "__pycache__"}}:
        if not (packages / top).exists():
            (packages / top).symlink_to(Path(str(installed.locate_file(top))))


class Host:
    """A production host with the wheel: its folder, its settings, and the commands typed on it."""

    def __init__(self, commands: Path, folder: Path, database_url: str, twilio: str) -> None:
        self.commands, self.folder = commands, folder
        self.port = free_port()
        self.settings = {
            "PATH": os.environ["PATH"],
            "CASESTATUS_DATABASE_URL": database_url,
            "CASESTATUS_KEYS": str(folder / "keys.json"),
            "CASESTATUS_PUBLIC_URL": f"https://{HOST}",
            "CASESTATUS_SMS_PROVIDER": "twilio",
            "CASESTATUS_TWILIO_ACCOUNT_SID": ACCOUNT,
            "CASESTATUS_TWILIO_AUTH_TOKEN": TOKEN,
            "CASESTATUS_TWILIO_FROM": "+525500000000",
            "CASESTATUS_TWILIO_API_URL": twilio,
            "CASESTATUS_EMAIL_PROVIDER": "smtp",
            "CASESTATUS_SMTP_URL": "smtp+starttls://consulta:made-up@127.0.0.1:1",
            "CASESTATUS_EMAIL_FROM": "avisos@consulta.example",
            "CASESTATUS_NOTICE_DELAY_MINUTES": "0",
            "CASESTATUS_NOTICE_HOURS": "00:00-24:00",
        }

    def types(self, *words: str) -> str:
        command = [str(self.commands / "casestatus"), *words]
        done = subprocess.run(
            command, cwd=self.folder, env=self.settings, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def running(self, *words: str) -> Iterator[None]:
        process = subprocess.Popen([str(self.commands / "casestatus"), *words], cwd=self.folder, env=self.settings)
        try:
            yield
            assert process.poll() is None, "it ended by itself"
        finally:
            process.terminate()
            assert process.wait(30) == 0

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers={"Host": HOST}, timeout=20)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def client_added(host: Host, name: str, *scopes: str) -> tuple[str, str]:
    asked = [word for scope in scopes for word in ("--scope", scope)]
    shown = host.types("client", "add", name, "--institution", "FGJ", "--office", "CUH-2", *asked).split()
    return shown[1], shown[3]


def set_up(host: Host) -> tuple[tuple[str, str], tuple[str, str]]:
    """Everything a new host needs, by the commands of README. Returns the two systems' ids and secrets."""
    host.types("keys", "create", "keys.json")
    host.types("migrate")
    host.types("institution", "add", "FGJ", "--name", "Fiscalía")
    host.types("office", "add", "CUH-2", "--institution", "FGJ", "--name", "Oficina Cuauhtémoc")
    host.types("staff", "add", "ana@fiscalia.example")
    return client_added(host, "SIAP", "updates:write"), client_added(host, "Ventanilla", "victims:write")


def token_of(web: httpx.Client, secret: tuple[str, str]) -> dict[str, str]:
    answer = web.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=secret)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def update(source_id: str, stage: str) -> dict[str, str]:
    return {
        "source_id": source_id,
        "case_number": NUMBER,
        "model": "CI",
        "stage": stage,
        "occurred_on": "2026-04-02",
        "office": "CUH-2",
        "crime": "rnid2026.robo-a-negocio",
        "opened_on": "2026-04-02",
    }


def wait_until_ready(web: httpx.Client) -> None:
    for _ in range(300):
        try:
            if web.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("it never became ready")


def test_the_wheel_alone_serves_a_victim(commands: Path, tmp_path: Path, database_url: str) -> None:
    with TwilioStandIn() as twilio:
        host = Host(commands, tmp_path, database_url, twilio.url)
        pushing, registry = set_up(host)
        with host.running("serve", "--port", str(host.port)), host.running("worker"), host.client() as web:
            wait_until_ready(web)
            web.post("/api/v1/office/updates", json=update("1", "CI01"), headers=token_of(web, pushing))
            contact = {"channel": "sms", "address": PHONE, "safe": True, "confirmed_in_person": True}
            access = web.post(
                "/api/v1/office/victims",
                json={"case_number": NUMBER, "proceedings": [1], "language": "es", "contacts": [contact]},
                headers=token_of(web, registry),
            ).json()
            told = web.post("/api/v1/office/updates", json=update("2", "CI06"), headers=token_of(web, pushing))
            entered = web.post("/api/v1/sessions", json={"case_number": access["folio"], "pin": access["pin"]})
            case = web.get("/api/v1/case", headers={"Authorization": f"Bearer {entered.json()['token']}"}).json()
            page = web.get("/entrar")
            for _ in range(300):
                if twilio.ledger.accepted:
                    break
                time.sleep(0.1)
    assert told.status_code == 201
    assert case["proceedings"][0]["stage"] == "CI06"
    assert "PIN" in page.text
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == [PHONE]


def test_the_wheel_carries_its_licence_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "bench")) or name.endswith(".db")]
