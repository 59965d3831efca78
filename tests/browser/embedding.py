"""The console over HTTPS under a name of its own, and pages of other sites that frame it."""

import datetime
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.journeys.conftest import ROOT, System

CONSOLE = "console.qspro.example"
# One of the hosts that Marketing Cloud's own pages are on, and one that is nobody's.
MCE = "mc.s50.exacttarget.com"
STRANGER = "stranger.example"
FRAMING = f"""<!doctype html><html lang="en"><title>Another site</title>
<iframe title="QS Pro" src="https://{CONSOLE}/" width="1200" height="760"></iframe>"""


def certificate(folder: Path) -> tuple[Path, Path]:
    """Signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CONSOLE)])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in (CONSOLE, MCE, STRANGER, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(pem, pkcs8, plain))
    return cert_file, key_file


class Framing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(FRAMING.encode())

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def framing_pages(cert: Path, key: Path) -> Iterator[int]:
    """Every page of this server frames the console. Gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Framing) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@contextmanager
def embedded_api(system: System, cert: Path, key: Path) -> Iterator[int]:
    """One more API process of this system, which Marketing Cloud may frame. Gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **environment_of(system.pid("api")),
        "PUBLIC_URL": f"https://{CONSOLE}",
        "ALLOWED_HOSTS": f"{CONSOLE},localhost",
        "EMBEDDED_IN_MCE": "true",
    }
    command = [sys.executable, "-m", "uvicorn", "qspro.asgi:application", "--port", str(port), "--no-access-log"]
    tls = ["--ssl-certfile", str(cert), "--ssl-keyfile", str(key), "--timeout-graceful-shutdown", "5"]
    with (cert.parent / "embedded.log").open("wb") as log:
        process = subprocess.Popen([*command, *tls], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            wait_until_ready(process, f"https://localhost:{port}/readyz", cert)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def environment_of(pid: int) -> dict[str, str]:
    """What a process was started with."""
    pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(os.fsdecode(pair).split("=", 1) for pair in pairs if pair)


def wait_until_ready(process: "subprocess.Popen[bytes]", address: str, cert: Path) -> None:
    trusted = ssl.create_default_context(cafile=cert)
    while process.poll() is None:
        try:
            if httpx.get(address, verify=trusted).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"The API ended with {process.returncode}.")
