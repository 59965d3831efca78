"""The sandbox's web pages: plain HTML out of templates, no script, nothing loaded from elsewhere."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

HERE = Path(__file__).parent
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
STYLE = HERE.joinpath("pages.css").read_text("utf-8")


def page(
    template: str, *, status: int = 200, forms_lead_to: str = "", framed_by: str = "'none'", **shown: Any
) -> Response:
    """A page. `forms_lead_to` is where answers to its forms may redirect, besides the sandbox itself."""
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {forms_lead_to}".rstrip()
        + f"; base-uri 'none'; frame-ancestors {framed_by}"
    )
    return HTMLResponse(
        TEMPLATES.get_template(template).render(**shown),
        status,
        headers={
            "content-security-policy": policy,
            "cache-control": "no-store",
            # Not no-referrer: with that, browsers do not tell a form's own origin either.
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        },
    )


async def stylesheet(request: Request) -> Response:
    return Response(STYLE, media_type="text/css", headers={"x-content-type-options": "nosniff"})
