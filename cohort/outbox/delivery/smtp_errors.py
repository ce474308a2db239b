"""What an error of the mail server means for a message."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """``passing``: worth another try. ``bounced``: the address itself does not exist."""

    code: str
    passing: bool = True
    bounced: bool = False


def classify(error: Exception) -> Failure:
    """Sort an error by what helps: trying again, a better address, or a person (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        if codes and all(500 <= code < 600 for code in codes):
            return Failure("address_refused", passing=False, bounced=True)
        return Failure("server_busy")
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPSenderRefused | smtplib.SMTPNotSupportedError):
        return Failure("server_setup")  # our own fault: somebody repairs it, and the mail still goes
    if isinstance(error, smtplib.SMTPResponseException):
        passing = not 500 <= error.smtp_code < 600
        return Failure("server_busy" if passing else "mail_refused", passing=passing)
    if isinstance(error, OSError):  # also smtplib's disconnects, timeouts and TLS errors
        return Failure("no_connection")
    return Failure("send_error")
