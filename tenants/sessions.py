"""How long a session lasts: SESSION_IDLE_SECONDS since it was last used, SESSION_MAX_SECONDS since it began.

Django ends the idle ones by their expiry; the hard end is told by when the session says it began.
"""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

BEGAN, RENEWED = "began", "renewed"
# The row is written once in so many seconds, not with every request.
RENEW_SECONDS = 60


def note_beginning(session: SessionBase) -> None:
    session[BEGAN] = session[RENEWED] = time.time()


def staff_signed_in(request: HttpRequest, **signal: Any) -> None:
    """Django's user_logged_in, which is for staff alone."""
    note_beginning(request.session)


def began(session: Mapping[str, Any]) -> float:
    return float(session.get(BEGAN, 0))


def is_over(session: Mapping[str, Any]) -> bool:
    return BEGAN in session and time.time() - session[BEGAN] > settings.SESSION_MAX_SECONDS


def renew(session: SessionBase) -> None:
    """It was used: from now on it may be idle for the whole time again. Only of somebody who has signed in."""
    if BEGAN in session and time.time() - session[RENEWED] > RENEW_SECONDS:
        session[RENEWED] = time.time()


def forget_ended_sessions() -> int:
    """Deletes the rows of sessions that are over, whoever's they were; they have no tenant. How many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
