"""Where sessions are kept (SESSION_ENGINE): Django's table, and of what two requests of a browser change both is kept.

Django writes a session as a whole, as the request has read it: one that began before its user changed the business
unit, and ended after, would take the session back to where it was.
"""

import re
from copy import deepcopy
from typing import Any

from django.contrib.sessions.backends import db
from django.db import transaction

# As Django makes them. Whatever else a cookie holds, PostgreSQL may not even take as a text.
KEY = re.compile(r"[a-z0-9]{32}")

Data = dict[str, Any]


class SessionStore(db.SessionStore):
    _as_kept: Data = {}

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and KEY.fullmatch(key) is not None

    def load(self) -> Data:
        data: Data = super().load()
        self._as_kept = deepcopy(data)
        return data

    def save(self, must_create: bool = False) -> None:
        """Writes the keys that were changed here. Raises UpdateError for a session that has ended meanwhile."""
        with transaction.atomic():
            if not must_create and self.session_key is not None:
                self.take_over()
            super().save(must_create=must_create)
        self._as_kept = deepcopy(dict(self.items()))

    def take_over(self) -> None:
        """What others have changed since it was read here."""
        kept = self.model.objects.select_for_update().filter(session_key=self.session_key).first()
        if kept is not None:
            now = self.decode(kept.session_data)
            self._session_cache = merged(now, before=self._as_kept, after=dict(self.items()))


def merged(kept: Data, *, before: Data, after: Data) -> Data:
    """`kept` with what makes `after` of `before`."""
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    return {name: value for name, value in kept.items() if name in after or name not in before} | changed
