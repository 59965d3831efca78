"""Account: one business unit of Marketing Cloud, asked in one user's name, until a deadline."""

import json as jsonlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from django.utils import timezone

from mce_bridge import envelopes
from mce_bridge.answers import from_rest, from_status
from mce_bridge.breaker import Breaker
from mce_bridge.deadline import Deadline
from mce_bridge.errors import MceError, TokenExpired, UnreadableAnswer
from mce_bridge.tokens import Access, get_access
from mce_bridge.transport import Answer, Request, logged, send

Method = Literal["GET", "POST", "PATCH", "DELETE"]
T = TypeVar("T")


@dataclass
class Account:
    """What the modules in `objects` take. All calls of one account share its deadline.

    Not for sharing between threads; `with_deadline` gives another one for the next piece of work.
    """

    tenant_id: UUID
    connection_id: UUID
    mid: int
    deadline: Deadline
    breaker: Breaker
    access: Access | None = field(default=None, repr=False)

    def with_deadline(self, seconds: float) -> "Account":
        return replace(self, deadline=Deadline.after(seconds))

    def soap(self, operation: str, values: dict[str, Any], *, about: str) -> Any:
        """The values that a SOAP operation answers with; raises the error of a fault. `about` is the object type."""

        def call(access: Access) -> Any:
            request = Request(
                method="POST",
                url=f"{access.soap_url}Service.asmx",
                accepts=envelopes.MEDIA_TYPES,
                headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'},
                body=envelopes.write(operation, values, token=access.token),
            )
            return envelopes.read(operation, send(request, deadline=self.deadline))

        return self.ask(call, operation=operation, about=about)

    def rest(
        self,
        method: Method,
        path: str,
        *,
        about: str,
        query: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Any:
        """The JSON of a REST call; raises the error of its status. `path` is relative and already quoted."""

        def call(access: Access) -> Any:
            request = Request(
                method=method,
                # MCE's own parameters begin with a dollar sign, which it wants to see as it is.
                url=f"{access.rest_url}{path}" + (f"?{urlencode(query, safe='$', quote_via=quote)}" if query else ""),
                accepts=("application/json",),
                headers={"Authorization": f"Bearer {access.token}", "Content-Type": "application/json"},
                body=None if json is None else jsonlib.dumps(json).encode(),
            )
            return read_json(send(request, deadline=self.deadline))

        return self.ask(call, operation=f"REST {method}", about=about)

    def ask(self, call: Callable[[Access], T], *, operation: str, about: str) -> T:
        """Makes the call, and tells the business unit's breaker how it went."""
        try:
            answer = self.ask_with_token(call, operation=operation, about=about)
        except MceError as error:
            self.breaker.heed(error)
            raise
        self.breaker.went_well()
        return answer

    def ask_with_token(self, call: Callable[[Access], T], *, operation: str, about: str) -> T:
        """Once more, with a new token, if MCE does not take the one we have."""
        access = self.current_access()
        try:
            with logged(operation=operation, about=about, tenant_id=self.tenant_id):
                return call(access)
        except TokenExpired:
            access = self.current_access(refused=access.version)
        with logged(operation=operation, about=about, tenant_id=self.tenant_id):
            return call(access)

    def current_access(self, *, refused: int = -1) -> Access:
        if self.access is None or self.access.version <= refused or self.access.usable_until <= timezone.now():
            try:
                self.access = get_access(
                    tenant_id=self.tenant_id,
                    connection_id=self.connection_id,
                    deadline=self.deadline,
                    refused=refused,
                )
            except MceError as error:
                # Whatever became of the token's request, the call itself was not sent, or was refused.
                error.outcome_unknown = False
                raise
        return self.access


def read_json(answer: Answer) -> Any:
    try:
        body = jsonlib.loads(answer.content) if answer.content else None
    except (ValueError, RecursionError):
        # A gateway's text under a JSON type, or nesting made to hurt.
        if answer.status < 300:
            raise UnreadableAnswer from None
        raise from_status(answer.status, retry_after=answer.retry_after) from None
    if not 200 <= answer.status < 300:
        raise from_rest(answer.status, body, retry_after=answer.retry_after)
    return body
