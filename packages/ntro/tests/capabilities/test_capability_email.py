"""Mail over a local server with STARTTLS, login and a certificate of its own."""

import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from temporalio.testing import ActivityEnvironment

from ntro.capabilities import email

MAIL = {"to": "ann@example.com", "subject": "Documents for March", "body": "Dear Ann,\nplease upload."}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Files of a self-signed certificate for 127.0.0.1 and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    return pem, secret


class Postbox:
    """Takes mail; refuses recipients whose names begin with `no` or, for a while, `later`."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("no"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "450 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.envelopes.append(envelope)
        return "554 refused" if b"refuse me" in bytes(envelope.content or b"") else "250 taken"

    def message(self) -> EmailMessage:
        """The last mail."""
        content = self.envelopes[-1].content
        assert isinstance(content, bytes)
        return message_from_bytes(content, _class=EmailMessage, policy=default)


def free_port() -> int:
    """A port that nobody listens at; the mail server's library takes no 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def allow(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    known = given.login == b"mailer" and given.password == b"hunter2"
    return AuthResult(success=known, handled=known)  # what is not handled is answered with 535


@pytest.fixture
def postbox(configure: Any, certificate: tuple[Path, Path]) -> Iterator[Postbox]:
    """A running mail server that wants encryption and a login, and a worker configured for it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    box = Postbox()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        auth_required=True,
        authenticator=allow,
    )
    server.start()
    try:
        configure(
            email_smtp_host="127.0.0.1",
            email_smtp_port=server.port,
            email_smtp_user="mailer",
            email_smtp_password="hunter2",
            email_smtp_ca_file=str(certificate[0]),
            email_from_address="Books <books@fund.example>",
        )
        yield box
    finally:
        server.stop()


async def test_a_mail_is_sent_encrypted_with_a_message_id(postbox: Postbox):
    answer = await email.send(**MAIL, cc=["bob@example.com"], upload_link="https://cell.example/u?a=1&b=2")
    assert answer["status"] == "sent"
    assert answer["recipients"] == ["ann@example.com", "bob@example.com"]
    assert postbox.envelopes[0].rcpt_tos == answer["recipients"]
    message = postbox.message()
    assert (message["Subject"], message["Cc"]) == ("Documents for March", "bob@example.com")
    assert message["Message-ID"] == answer["message_id"]
    assert answer["message_id"].endswith("@fund.example>")
    assert message.get_content_type() == "text/plain"
    assert message.get_content().split() == [
        *MAIL["body"].split(),
        *["Upload", "your", "documents", "here:"],
        "https://cell.example/u?a=1&b=2",
    ]


@pytest.mark.parametrize("body", ["<p>Dear Ann</p>", "<html><body><p>Dear Ann</p></BODY></html>"])
async def test_the_upload_link_is_in_html_too(postbox: Postbox, body: str):
    link = 'https://cell.example/u?a=1&b="><script>'
    await email.send(to=["ann@example.com"], subject="S", body=body, html=True, upload_link=link)
    content = postbox.message().get_content()
    assert postbox.message().get_content_type() == "text/html"
    assert 'href="https://cell.example/u?a=1&amp;b=&quot;&gt;&lt;script&gt;"' in content
    assert "<script>" not in content
    assert content.lower().find("upload your") < (content.lower().find("</body>") % (1 << 30))


async def test_a_mail_that_an_activity_sends_again_has_the_same_id(postbox: Postbox):
    ids = [(await ActivityEnvironment().run(_sent))["message_id"] for _ in range(2)]
    assert ids[0] == ids[1]


async def _sent() -> dict[str, Any]:
    return await email.send(**MAIL)


async def test_recipients_that_are_refused_are_named(postbox: Postbox):
    answer = await email.send(to=["ann@example.com", "nobody@example.com"], subject="S", body="B")
    assert (answer["recipients"], answer["refused"]) == (["ann@example.com"], ["nobody@example.com"])


@pytest.mark.parametrize(("to", "retryable"), [("nobody@example.com", False), ("later@example.com", True)])
async def test_a_mail_that_nobody_gets_is_an_error(postbox: Postbox, to: str, retryable: bool):
    with pytest.raises(email.EmailError) as caught:
        await email.send(to=to, subject="S", body="B")
    assert caught.value.retryable is retryable


async def test_a_server_that_is_not_trusted_gets_nothing(postbox: Postbox, configure: Any):
    configure(email_smtp_ca_file="")
    with pytest.raises(email.EmailError) as caught:
        await email.send(**MAIL)
    assert not caught.value.retryable
    assert postbox.envelopes == []


async def test_a_wrong_password_or_a_refused_mail_is_final(postbox: Postbox, configure: Any):
    with pytest.raises(email.EmailError) as caught:
        await email.send(to="ann@example.com", subject="S", body="refuse me")
    assert not caught.value.retryable
    configure(email_smtp_password="wrong")
    with pytest.raises(email.EmailError) as caught:
        await email.send(**MAIL)
    assert not caught.value.retryable
    assert "wrong" not in str(caught.value)


async def test_a_server_without_encryption_gets_nothing(configure: Any):
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        configure(email_smtp_host="127.0.0.1", email_smtp_port=server.port, email_from_address="books@fund.example")
        with pytest.raises(email.EmailError) as caught:
            await email.send(**MAIL)
    finally:
        server.stop()
    assert not caught.value.retryable
    assert box.envelopes == []


async def test_a_server_that_does_not_answer_is_worth_another_try(configure: Any):
    configure(email_smtp_host="127.0.0.1", email_smtp_port=9, email_from_address="books@fund.example")
    with pytest.raises(email.EmailError) as caught:
        await email.send(**MAIL)
    assert caught.value.retryable


async def test_port_465_is_encrypted_from_the_first_byte(configure: Any, monkeypatch: pytest.MonkeyPatch):
    opened: list[dict[str, Any]] = []

    def refuse(*_address: Any, **options: Any) -> None:
        opened.append(options)
        raise ConnectionRefusedError

    monkeypatch.setattr(smtplib, "SMTP_SSL", refuse)
    configure(email_smtp_host="mail.example", email_smtp_port=465, email_from_address="books@fund.example")
    with pytest.raises(email.EmailError):
        await email.send(**MAIL)
    assert opened[0]["context"].verify_mode == ssl.CERT_REQUIRED
    assert opened[0]["timeout"] == email.TIMEOUT_SECONDS


async def test_without_a_mail_server_nothing_is_sent(configure: Any):
    with pytest.raises(email.EmailError) as caught:
        await email.send(**MAIL)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "change",
    [
        {"to": "ann@example.com\r\nBcc: eve@example.com"},
        {"to": "ann@example.com, eve@example.com"},
        {"to": "ann"},
        {"to": []},
        {"to": ["a@example.com"] * 101},
        {"cc": "no address"},
        {"subject": "Hello\r\nBcc: eve@example.com"},
        {"upload_link": "javascript:alert(1)"},
    ],
)
async def test_what_would_change_the_mail_is_refused(postbox: Postbox, change: dict[str, Any]):
    with pytest.raises(ValueError):
        await email.send(**(MAIL | change))
    assert postbox.envelopes == []
