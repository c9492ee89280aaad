"""Involver speaks over TLS to servers that somebody vouches for."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone
from pytest_django.fixtures import Settings

from notifications.channels.outward import NoAnswer
from tests.notifications.other_side import other_side
from tests.notifications.speaking import post


def test_a_certificate_that_nobody_vouches_for_is_no_answer(tmp_path: Path, settings: Settings) -> None:
    with other_side(tls=certified(tmp_path, "127.0.0.1")) as side:
        settings.OUTWARD_ALLOWED_HOSTS = [side.host]
        with pytest.raises(NoAnswer) as refused:
            post(side.url(scheme="https"))
        assert refused.value.code == "SSLError"
        assert side.requests == []


def test_a_certificate_that_the_operator_vouches_for_is_good_for_its_host_only(
    tmp_path: Path, settings: Settings
) -> None:
    with other_side(tls=certified(tmp_path, "127.0.0.1")) as side:
        settings.OUTWARD_ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
        settings.OUTWARD_CA_FILE = str(tmp_path / "certificate.pem")
        assert post(side.url(scheme="https")).status == 200
        with pytest.raises(NoAnswer):
            post(f"https://localhost:{side.port}/")
        assert len(side.requests) == 1


def certified(folder: Path, host: str) -> ssl.SSLContext:
    """Make a certificate for a host that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(timezone.now() - timedelta(days=1))
    builder = builder.not_valid_after(timezone.now() + timedelta(days=1))
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256())
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
