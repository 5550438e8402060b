"""The certificates that the configuration names, loaded."""

from __future__ import annotations

import ssl

from acuse.config import ConfigError, Loaded
from acuse.problems import Problem


def server_context(loaded: Loaded) -> ssl.SSLContext | None:
    """What STARTTLS at the SMTP door is done with, TLS 1.2 or newer; None where no certificate is configured.

    ConfigError where certificate and key do not load or do not belong together.
    """
    smtp = loaded.config.smtp
    if not smtp.tls_certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    load_certificate(context, loaded)
    return context


def load_certificate(context: ssl.SSLContext, loaded: Loaded) -> None:
    """Load the configured certificate and key into a context, also one that is in use: handshakes from now on get the
    new certificate. ConfigError as above."""
    smtp = loaded.config.smtp
    key = loaded.path(smtp.tls_key) if smtp.tls_key else None
    try:
        # A key under a passphrase would be asked for at the terminal, by a daemon that has none.
        context.load_cert_chain(loaded.path(smtp.tls_certificate), key, password=lambda: "")
    except (OSError, ValueError) as error:
        cure = (
            f"certificate and key do not load ({_reason(error)}); "
            "both must be PEM, belong together, and the key must have no passphrase"
        )
        raise ConfigError([Problem(loaded.file, "smtp.tls_certificate", cure)]) from None


def authority_problems(loaded: Loaded, broken: set[str]) -> list[Problem]:
    """Files with the authorities of relay and mailboxes that hold no certificate, in sections that are not `broken`."""
    config, problems = loaded.config, []
    files = [("outgoing", "outgoing.ca_file", config.outgoing.ca_file)]
    files += [("mailboxes", f"mailboxes[{box.name}].ca_file", box.ca_file) for box in config.mailboxes]
    for section, key, file in files:
        if not file or section in broken:
            continue
        try:
            ssl.create_default_context(cafile=loaded.path(file))
        except (OSError, ValueError) as error:
            cure = f"holds no certificate that loads ({_reason(error)}); name a PEM file"
            problems.append(Problem(loaded.file, key, cure))
    return problems


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
