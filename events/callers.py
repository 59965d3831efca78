"""Who is asking for a stream: the caller of a raw ASGI request, which no middleware of Django has seen."""

from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.http import parse_cookie

from events.asgi import Scope, header, query_value
from events.errors import InvalidTicket
from events.tickets import Ticket, redeem_ticket
from qspro.errors import NotSignedIn
from tenants.callers import Caller
from tenants.context import tenant_scope
from tenants.services.people import active_grant, check_credentials
from tenants.services.sign_in import caller_of_authorization, caller_of_session

# Where the scope of a stream remembers the ticket it began with, which cannot be redeemed again.
TICKET = "qspro.ticket"


def caller_of_scope(scope: Scope, subject_id: UUID) -> Caller:
    """The caller by header, `?ticket=` or session cookie, looked up afresh each time. Raises NotSignedIn."""
    if authorization := header(scope, "authorization"):
        return caller_of_authorization(authorization)
    if ticket := query_value(scope, "ticket"):
        return caller_of_ticket(scope, ticket, subject_id)
    cookies = parse_cookie(header(scope, "cookie") or "")
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookies.get(settings.SESSION_COOKIE_NAME))
    caller = caller_of_session(session)
    if caller is None:
        raise NotSignedIn("Send an Authorization header, a ticket, or the session's cookie.")
    return caller


def caller_of_ticket(scope: Scope, text: str, subject_id: UUID) -> Caller:
    """Redeems it the first time, and then sees whether its user may still act in that business unit, and whether what
    it was asked for with is still good."""
    ticket: Ticket | None = scope.get(TICKET)
    if ticket is None:
        ticket = scope[TICKET] = redeem_ticket(text)
    if ticket.subject_id != subject_id:
        raise InvalidTicket("This ticket is for something else.")
    caller = ticket.caller
    with tenant_scope(caller.tenant_id):
        active_grant(user_id=caller.user_id, business_unit_id=caller.business_unit_id)
        check_credentials(caller)
    return caller
