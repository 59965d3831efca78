"""Subscribers of a business unit: they live in its data view _Subscribers, where queries see them."""

# ruff: noqa: S608 - the schema's name is quoted and of our own making

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from mce_sandbox.objects.refusals import Refused
from mce_sandbox.objects.values import EMAIL
from mce_sandbox.sql.warehouse import Warehouse, quoted

# 12014 is what clients look for; the other codes and all words are ours.
ALREADY, NOT_FOUND, BAD_EMAIL, BAD_STATUS = 12014, 12001, 12002, 12003
STATUSES = ("Active", "Bounced", "Held", "Unsubscribed", "Deleted")
COLUMNS = "SubscriberID, SubscriberKey, EmailAddress, Status, DateJoined, DateUnsubscribed, Locale"
LONGEST = 254


@dataclass(slots=True)
class Subscriber:
    """The view says a status in small letters, SOAP with a capital."""

    id: int
    key: str
    email: str
    status: str
    joined: datetime | None
    unsubscribed: datetime | None
    locale: str | None


class Subscribers:
    def __init__(self, warehouse: Warehouse, schema: str) -> None:
        self._warehouse = warehouse
        self._table = f"{quoted(schema)}.{quoted('_Subscribers')}"

    async def read(self, column: str = "", values: Sequence[str] = ()) -> list[Subscriber]:
        """All of them, or those with one of these values in a column."""
        # As texts: what is no number is nobody's id.
        where = f" WHERE CAST({quoted(column)} AS VARCHAR) IN ({', '.join('?' * len(values))})" if column else ""
        sql = f"SELECT {COLUMNS} FROM {self._table}{where}"
        found = await self._warehouse.run(lambda connection: connection.execute(sql, list(values)).fetchall())
        return [Subscriber(row[0], row[1], row[2] or "", (row[3] or "").capitalize(), *row[4:]) for row in found]

    async def add(self, *, key: str, email: str, status: str, now: datetime) -> int:
        """A new one, if the key is not known yet. Answers its id."""
        key = _checked(key or email, email, status)

        def insert(connection: duckdb.DuckDBPyConnection) -> int:
            if connection.execute(f"SELECT 1 FROM {self._table} WHERE SubscriberKey = ?", [key]).fetchone():
                raise Refused("The subscriber already exists.", ALREADY)
            last = connection.execute(f"SELECT coalesce(max(SubscriberID), 100000) FROM {self._table}").fetchone()
            number = (last[0] if last else 0) + 1
            connection.execute(
                f"INSERT INTO {self._table} (SubscriberID, SubscriberKey, EmailAddress, Domain, Status, DateJoined, "
                "DateUnsubscribed, BounceCount, SubscriberType) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'Normal')",
                [number, key, email, email.rpartition("@")[2], status.lower(), now, _left(status, now)],
            )
            return int(number)

        return await self._warehouse.run_writing(self._table, insert)

    async def change(self, found: Subscriber, *, email: str, status: str, now: datetime) -> None:
        _checked(found.key, email, status)
        left = found.unsubscribed if status == found.status else _left(status, now)
        await self._warehouse.run_writing(
            self._table,
            lambda connection: connection.execute(
                f"UPDATE {self._table} SET EmailAddress = ?, Domain = ?, Status = ?, DateUnsubscribed = ? "
                "WHERE SubscriberID = ?",
                [email, email.rpartition("@")[2], status.lower(), left, found.id],
            ),
        )

    async def remove(self, found: Subscriber) -> None:
        await self._warehouse.run_writing(
            self._table,
            lambda connection: connection.execute(f"DELETE FROM {self._table} WHERE SubscriberID = ?", [found.id]),
        )


def _checked(key: str, email: str, status: str) -> str:
    if not EMAIL.fullmatch(email) or len(email) > LONGEST or len(key) > LONGEST:
        raise Refused("The email address is not valid.", BAD_EMAIL)
    if status not in STATUSES:
        raise Refused(f"The subscriber status '{status}' is not valid.", BAD_STATUS)
    return key


def _left(status: str, now: datetime) -> datetime | None:
    return now if status == "Unsubscribed" else None
