"""How often who may ask where letting in and managing is at stake: RATE_LIMITS, counted in Redis.

While Redis does not answer nothing is counted and everybody served: a limit that locks all out would be the attack.
"""

import logging
import time
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from qspro.problems import RateLimited
from tenants.callers import Caller

if TYPE_CHECKING:
    from rest_framework.views import APIView

    View = APIView
else:
    View = object

logger = logging.getLogger(__name__)


class Limit(SimpleRateThrottle):
    """By user where one is known, else by address (TRUSTED_PROXIES says which)."""

    num_requests: int
    duration: int
    began: float

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.rate = settings.RATE_LIMITS.get(scope) or None
        super().__init__()

    def get_rate(self) -> str | None:
        return self.rate

    def get_cache_key(self, request: Any, view: Any) -> str:
        user = getattr(request, "_user", None)
        ident = user.user_id if isinstance(user, Caller) else self.get_ident(request)
        return f"allowance:{self.scope}:{ident}"

    def allow_request(self, request: Any, view: Any) -> bool:
        """Counted by one command of Redis: REST framework reads a list and writes a longer one, and of many who ask at
        once each would be the first."""
        if self.rate is None:
            return True
        key = self.get_cache_key(request, view)
        self.began = float(self.cache.get_or_set(key, time.time, self.duration) or 0)
        counted = f"{key}:{self.began}"
        self.cache.add(counted, 0, 2 * self.duration)  # no shorter than the beginning is known
        return bool(self.cache.incr(counted) <= self.num_requests)

    def wait(self) -> float:
        return max(1.0, self.began + self.duration - time.time())

    def spend(self, request: Request | HttpRequest) -> None:
        """Raises RateLimited."""
        try:
            allowed = self.allow_request(request, None)
        except (RedisError, OSError) as exc:
            logger.warning("Limits are not counted: Redis does not answer (%s).", type(exc).__name__)
            return
        if not allowed:
            raise RateLimited(retry_after=self.wait())


class LimitedByAddress(View):
    """A view that anybody may try: counted before anybody is known, so that wrong credentials count too."""

    limit: ClassVar[str]

    def perform_authentication(self, request: Request) -> None:
        Limit(self.limit).spend(request)
        super().perform_authentication(request)


class LimitedByUser(View):
    """A view whose writes are counted for each user, once it is known that they may do it."""

    limit: ClassVar[str]

    def check_throttles(self, request: Request) -> None:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            Limit(self.limit).spend(request)
        super().check_throttles(request)
