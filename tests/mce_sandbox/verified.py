"""The account that tests marked `verified` walk through: in the sandbox, or in a real Marketing Cloud."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.mce_sandbox.client import SECRETS, Answer, Mce, equals, read

VARIABLES = ("MCE_VERIFY_AUTH_URL", "MCE_VERIFY_CLIENT_ID", "MCE_VERIFY_CLIENT_SECRET", "MCE_VERIFY_ACCOUNT_ID")
# A real query takes minutes: MCE kills it after 30.
REAL_SECONDS = 2100


def is_real() -> bool:
    """All variables or none."""
    given = [name for name in VARIABLES if os.environ.get(name)]
    if given and len(given) < len(VARIABLES):
        raise ValueError(f"Set all of {', '.join(VARIABLES)}, or none.")
    return bool(given)


@dataclass(frozen=True)
class Access:
    """Where to ask for a token, and as whom."""

    auth_url: str
    client_id: str
    client_secret: str
    account_id: int


def access(sandbox: str) -> Access:
    if is_real():
        address, client_id, secret, account = (os.environ[name] for name in VARIABLES)
        return Access(address.rstrip("/"), client_id, secret, int(account))
    return Access(sandbox, "northwind-app", SECRETS["northwind-app"], 7001001)


class Account(Mce):
    """As the sandbox's test client, but it asks where its token says, and takes answers that are newer than a WSDL."""

    def __init__(self, http: httpx.Client, access: Access) -> None:
        body = {
            "grant_type": "client_credentials", "client_id": access.client_id,
            "client_secret": access.client_secret, "account_id": access.account_id,
        }  # fmt: skip
        self.http, self.mid = http, access.account_id
        self.granted: dict[str, Any] = http.post(f"{access.auth_url}/v2/token", json=body).raise_for_status().json()
        self.token = self.granted["access_token"]

    def soap(self, inside: str, *, path: str = "Service.asmx", token: str | None = None) -> Answer:
        envelope = self.envelope(inside, self.token if token is None else token)
        operation = inside.partition("Request")[0].removeprefix("<")
        headers = {"content-type": "text/xml", "SOAPAction": operation}
        return read(self.http.post(f"{self.granted['soap_instance_url']}{path}", content=envelope, headers=headers))

    def rest(self, method: str, path: str, **more: Any) -> httpx.Response:
        return super().rest(method, f"{self.granted['rest_instance_url']}{path.removeprefix('/')}", **more)

    def is_running(self, query_id: str) -> bool:
        answer = self.rest("GET", f"/automation/v1/queries/{query_id}/actions/isrunning/").raise_for_status().json()
        running: bool = answer["isRunning"]
        return running

    def wait(self, query_id: str, task_id: str) -> str:
        """Until the activity has ended: its status, which may say Queued for ever, so `isrunning` is asked too."""
        until, pause, seen = time.monotonic() + (REAL_SECONDS if is_real() else 20), 15 if is_real() else 0.05, False
        while time.monotonic() < until:
            status = self.status(task_id)["Status"] or ""
            if status not in ("Queued", "Processing"):
                return status
            running = self.is_running(query_id)
            if seen and not running:
                return "no longer running"
            seen = seen or running
            time.sleep(pause)
        raise AssertionError("the query did not end")

    def late_rows(self, key: str) -> list[dict[str, str]]:
        """The rowset may answer some seconds after the query has ended."""
        for _ in range(10):
            if self.rowset(key).status_code == 200:
                break
            time.sleep(3)
        return self.rows(key, order_by="Id")


@dataclass(frozen=True)
class Made:
    """What the walk made: names that no other walk uses, and a folder, a data extension and a query by its ids."""

    word: str
    folder_id: str
    extension_key: str
    query_id: str


def make(account: Account) -> Iterator[Made]:
    """Makes them, and deletes them whatever has come in between."""
    word = f"verify {uuid4().hex[:12]}"
    roots = account.retrieve("DataFolder", "ID ParentFolder.ID", equals("ContentType", "dataextension"))
    root = next(each.findtext("ID") for each in roots.all("Results") if each.findtext("ParentFolder/ID") == "0")
    folder = account.create(
        "DataFolder",
        f"<Name>{word}</Name><Description>{word}</Description><ContentType>dataextension</ContentType>"
        f"<ParentFolder><ID>{root}</ID></ParentFolder><IsEditable>true</IsEditable><AllowChildren>true</AllowChildren>",
    )
    folder_id, key = folder.value("Results/NewID") or "", word.replace(" ", "-")
    fields = (
        "<Field><Name>Id</Name><FieldType>Number</FieldType><IsPrimaryKey>true</IsPrimaryKey><IsRequired>true</IsRequired>"
        "</Field><Field><Name>Word</Name><FieldType>Text</FieldType><MaxLength>50</MaxLength></Field>"
    )
    extension = account.create(
        "DataExtension",
        f"<CustomerKey>{key}</CustomerKey><Name>{word}</Name><Fields>{fields}</Fields><CategoryID>{folder_id}</CategoryID>",
    )
    query = account.create_query("SELECT 7 AS Id, 'Zoë' AS Word", key)
    query_id = query.value("Results/NewObjectID") or ""
    try:
        assert [each.value("OverallStatus") for each in (folder, extension, query)] == ["OK"] * 3
        yield Made(word, folder_id, key, query_id)
    finally:
        account.delete("QueryDefinition", f"<ObjectID>{query_id}</ObjectID>")
        account.delete("DataExtension", f"<CustomerKey>{key}</CustomerKey>")
        account.delete("DataFolder", f"<ID>{folder_id}</ID>")
