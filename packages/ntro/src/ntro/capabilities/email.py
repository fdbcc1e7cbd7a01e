"""Mail to people, over the tenant's own mail server, encrypted and with the server's certificate checked."""

import asyncio
import html as markup
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import getaddresses
from typing import Any

from ntro.capabilities import config
from ntro.capabilities.config import WorkerConfig
from ntro.data import stable_id

TIMEOUT_SECONDS = 30.0
"""For the connection and each answer of the mail server."""
MAX_RECIPIENTS = 100
_TLS_PORT = 465
_LINK_LABEL = "Upload your documents here:"

__all__ = ["MAX_RECIPIENTS", "TIMEOUT_SECONDS", "EmailError", "send"]


class EmailError(RuntimeError):
    """A mail was not sent. `retryable` tells whether a later try may succeed."""

    code = "email"

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


async def send(
    *,
    to: str | Sequence[str],
    subject: str,
    body: str,
    upload_link: str | None = None,
    cc: str | Sequence[str] | None = None,
    html: bool = False,
) -> dict[str, Any]:
    """Send one mail and answer with `status`, `recipients`, `message_id` and, where some were, those `refused`.

    An activity that is tried again sends under the same message id, by which mail programs show one mail.

    Args:
        to: one address or several.
        subject: one line.
        body: plain text, or HTML where `html` is true.
        upload_link: an http or https address, added below the body in either form.
        cc: further recipients.
        html: whether `body` is HTML.

    Raises:
        ValueError: an address or the subject holds a line break, there is no recipient, or the link is none.
        EmailError: no mail server is configured, it cannot be trusted, or it refused all recipients or the mail.
    """
    worker = config.get()
    if not worker.email_smtp_host or not worker.email_from_address:
        raise EmailError(
            "No mail server is configured; set EMAIL_SMTP_HOST and EMAIL_FROM_ADDRESS of the worker.", retryable=False
        )
    message = _message(worker.email_from_address, _addresses(to), _addresses(cc or ()), subject)
    _set_body(message, body, upload_link, is_html=html)
    recipients = [
        address for _, address in getaddresses([str(message[name]) for name in ("To", "Cc") if name in message])
    ]
    refused = await asyncio.to_thread(_deliver, worker, message, recipients)
    answer: dict[str, Any] = {
        "status": "sent",
        "recipients": [address for address in recipients if address not in refused],
        "message_id": str(message["Message-ID"]),
    }
    return answer | ({"refused": sorted(refused)} if refused else {})


def _message(sender: str, to: list[str], cc: list[str], subject: str) -> EmailMessage:
    if not to or len(to) + len(cc) > MAX_RECIPIENTS:
        raise ValueError(f"a mail has one to {MAX_RECIPIENTS} recipients, this one has {len(to) + len(cc)}")
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = sender
    message["To"] = ", ".join(to)
    if cc:
        message["Cc"] = ", ".join(cc)
    message["Subject"] = subject
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    message["Message-ID"] = f"<{stable_id('email', to, cc, subject)}@{domain}>"
    return message


def _addresses(given: str | Sequence[str]) -> list[str]:
    listed = [given] if isinstance(given, str) else list(given)
    for address in listed:
        if "@" not in address or any(character in address for character in "\r\n,"):
            raise ValueError(f"{address!r} is not one mail address")
    return listed


def _set_body(message: EmailMessage, body: str, upload_link: str | None, *, is_html: bool) -> None:
    if upload_link is not None and not upload_link.startswith(("https://", "http://")):
        raise ValueError("an upload link is an http or https address")
    if not is_html:
        message.set_content(f"{body}\n\n{_LINK_LABEL}\n{upload_link}\n" if upload_link else body)
        return
    if upload_link:
        address = markup.escape(upload_link, quote=True)
        link = f'<p>{_LINK_LABEL} <a href="{address}">{address}</a></p>'
        at = body.lower().rfind("</body>")
        body = f"{body[:at]}{link}{body[at:]}" if at >= 0 else body + link
    message.set_content(body, subtype="html")


def _deliver(worker: WorkerConfig, message: EmailMessage, recipients: list[str]) -> dict[str, tuple[int, bytes]]:
    """Hands the mail over; answers with the recipients that the server refused."""
    try:
        with _connection(worker) as server:
            if worker.email_smtp_user:
                server.login(worker.email_smtp_user, worker.email_smtp_password.get_secret_value())
            return server.send_message(message, to_addrs=recipients)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        raise EmailError(
            f"The mail server refused every recipient ({', '.join(map(str, sorted(codes)))}); check the addresses.",
            retryable=all(code < 500 for code in codes),
        ) from error
    except smtplib.SMTPResponseException as error:
        raise EmailError(f"The mail server answered {error.smtp_code}.", retryable=error.smtp_code < 500) from error
    except smtplib.SMTPNotSupportedError as error:
        raise EmailError(
            "The mail server offers no encryption or no login; it is not used.", retryable=False
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise EmailError(
            f"The certificate of {worker.email_smtp_host} is not trusted: {error.verify_message}. Name its authority "
            "in EMAIL_SMTP_CA_FILE of the worker.",
            retryable=False,
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise EmailError(
            f"The mail server {worker.email_smtp_host} did not answer: {type(error).__name__}.", retryable=True
        ) from error


def _connection(worker: WorkerConfig) -> smtplib.SMTP:
    """An encrypted connection: from the first byte on port 465, by STARTTLS on any other."""
    context = ssl.create_default_context()
    if worker.email_smtp_ca_file:
        context.load_verify_locations(cafile=worker.email_smtp_ca_file)
    host, port = worker.email_smtp_host, worker.email_smtp_port
    if port == _TLS_PORT:
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server
