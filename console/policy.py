"""The console's Content-Security-Policy: our own files, called by the page that we sent, and nothing else."""

import secrets

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'nonce-{nonce}'",
        # CodeMirror puts its styles into the page by itself, with the nonce.
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        # No text ever becomes HTML or script.
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def policy(nonce: str) -> str:
    return POLICY.format(nonce=nonce)
