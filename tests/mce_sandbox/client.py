"""A small client of Marketing Cloud for these tests: raw envelopes over real HTTP, nothing of ours underneath."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import count
from typing import Any

import httpx
from lxml import etree

PARTNER = "http://exacttarget.com/wsdl/partnerAPI"
SECRETS = {
    "northwind-app": "northwind-secret-for-the-sandbox",
    "globex-app": "globex-secret-for-the-sandbox",
}
_numbers = count(1)


def unique(prefix: str) -> str:
    """A name no other test uses: names of deleted data extensions stay taken."""
    return f"{prefix} {next(_numbers)}"


@dataclass
class Answer:
    """A SOAP answer: its HTTP status, its text, and its body's first element without namespaces."""

    status: int
    text: str
    body: etree._Element

    def all(self, path: str) -> list[etree._Element]:
        return self.body.findall(path)

    def value(self, path: str) -> str | None:
        found = self.body.find(path)
        return None if found is None else found.text or ""

    def texts(self, path: str) -> list[str]:
        return [found.text or "" for found in self.body.findall(path)]

    @property
    def shape(self) -> list[str]:
        return [child.tag for child in self.body]


def read(response: httpx.Response) -> Answer:
    root = etree.fromstring(response.content)
    for each in root.iter():
        each.tag = etree.QName(each).localname
    body = root.find("Body")
    assert body is not None
    return Answer(response.status_code, response.text, body[0])


@cache
def schema(address: str) -> etree.XMLSchema:
    """The types of the sandbox's own WSDL."""
    document = etree.fromstring(httpx.get(f"{address}/etframework.wsdl").content)
    found = document.find(".//{http://www.w3.org/2001/XMLSchema}schema")
    assert found is not None
    return etree.XMLSchema(etree.ElementTree(found))


def check_order(http: httpx.Client, response: httpx.Response) -> None:
    """What every answer has to be, whatever the test is about: in the order of the WSDL, of its types."""
    body = etree.fromstring(response.content).find("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    assert body is not None
    if etree.QName(body[0]).localname != "Fault":
        schema(str(http.base_url).rstrip("/")).assertValid(etree.ElementTree(body[0]))


class Mce:
    """One business unit, seen by its client credentials."""

    def __init__(self, http: httpx.Client, mid: int = 7001001, client: str = "northwind-app") -> None:
        self.http = http
        self.mid = mid
        self.token = self.get_token(client, mid)

    def get_token(self, client: str, mid: int, **more: str) -> str:
        body = {"grant_type": "client_credentials", "client_id": client, "client_secret": SECRETS[client]}
        response = self.http.post("/v2/token", json=body | {"account_id": str(mid)} | more)
        token: str = response.json()["access_token"]
        return token

    def soap(self, inside: str, *, path: str = "/Service.asmx", token: str | None = None) -> Answer:
        token = self.token if token is None else token
        response = self.post(self.envelope(inside, token), path=path)
        check_order(self.http, response)
        return read(response)

    def envelope(self, inside: str, token: str) -> str:
        return (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Header>'
            f'<fueloauth xmlns="http://exacttarget.com">{token}</fueloauth></s:Header>'
            f"<s:Body>{inside}</s:Body></s:Envelope>"
        )

    def post(self, content: str | bytes, *, path: str = "/Service.asmx") -> httpx.Response:
        return self.http.post(path, content=content, headers={"content-type": "text/xml", "SOAPAction": "x"})

    def create(self, object_type: str, inside: str) -> Answer:
        return self.soap(
            f'<CreateRequest xmlns="{PARTNER}"><Options /><Objects xsi:type="{object_type}">{inside}</Objects>'
            "</CreateRequest>"
        )

    def update(self, object_type: str, inside: str) -> Answer:
        return self.soap(
            f'<UpdateRequest xmlns="{PARTNER}"><Options /><Objects xsi:type="{object_type}">{inside}</Objects>'
            "</UpdateRequest>"
        )

    def delete(self, object_type: str, inside: str) -> Answer:
        return self.soap(
            f'<DeleteRequest xmlns="{PARTNER}"><Options /><Objects xsi:type="{object_type}">{inside}</Objects>'
            "</DeleteRequest>"
        )

    def retrieve(self, object_type: str, properties: str, filter_: str = "", more: str = "") -> Answer:
        asked = "".join(f"<Properties>{name}</Properties>" for name in properties.split())
        return self.soap(
            f'<RetrieveRequestMsg xmlns="{PARTNER}"><RetrieveRequest>{more}<ObjectType>{object_type}</ObjectType>'
            f"{asked}{filter_}</RetrieveRequest></RetrieveRequestMsg>"
        )

    def perform(self, inside: str) -> Answer:
        return self.soap(
            f'<PerformRequestMsg xmlns="{PARTNER}"><Action>start</Action><Definitions>'
            f'<Definition xsi:type="QueryDefinition">{inside}</Definition></Definitions></PerformRequestMsg>'
        )

    def rest(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.http.request(method, path, headers={"authorization": f"Bearer {self.token}"}, **more)

    # What tests need before they begin.

    def seed(self, fields: str, rows: list[list[Any]] | None = None, *, name: str = "") -> tuple[str, str]:
        """A data extension with rows; answers its name and its key."""
        name = name or unique("Seeded")
        key = f"key-of-{name.replace(' ', '-')}-{self.mid}"
        body = {"mid": self.mid, "name": name, "key": key, "fields": fields, "rows": rows or []}
        response = self.http.post("/control/seed", json=body)
        assert response.status_code == 201, response.text
        return name, key

    def create_query(self, sql: str, target_key: str, update_type: str = "Overwrite", *, key: str = "") -> Answer:
        name = unique("Query")
        return self.create(
            "QueryDefinition",
            f"<CustomerKey>{key or name.replace(' ', '-')}</CustomerKey><Name>{name}</Name>"
            f"<QueryText>{escape(sql)}</QueryText><TargetType>DE</TargetType><DataExtensionTarget>"
            f"<CustomerKey>{target_key}</CustomerKey></DataExtensionTarget>"
            f"<TargetUpdateType>{update_type}</TargetUpdateType>",
        )

    def start(self, sql: str, target_key: str, update_type: str = "Overwrite") -> tuple[str, str]:
        """A query, created and started: its ObjectID and its TaskID."""
        created = self.create_query(sql, target_key, update_type)
        object_id = created.value("Results/NewObjectID")
        assert object_id, created.text
        task_id = self.perform(f"<ObjectID>{object_id}</ObjectID>").value("Results/Result/Task/ID")
        assert task_id
        return object_id, task_id

    def status(self, task_id: str) -> dict[str, str | None]:
        found = self.retrieve(
            "AsyncActivityStatus", "Status ErrorMsg CompletedDate StartDate TaskID", equals("TaskID", task_id)
        )
        return {
            each.findtext("Name") or "": each.findtext("Value") for each in found.all("Results/Properties/Property")
        }

    def finish(self, task_id: str) -> dict[str, str | None]:
        """Waits until the activity is Complete or in Error."""
        deadline = time.monotonic() + 20
        while (status := self.status(task_id))["Status"] in ("Queued", "Processing"):
            assert time.monotonic() < deadline, status
            time.sleep(0.01)
        return status

    def run(self, sql: str, target_key: str, update_type: str = "Overwrite") -> dict[str, str | None]:
        return self.finish(self.start(sql, target_key, update_type)[1])

    def rowset(self, key: str, **parameters: str | int) -> httpx.Response:
        named = {f"${name}": value for name, value in parameters.items()}
        return self.rest("GET", f"/data/v1/customobjectdata/key/{key}/rowset", params=named)

    def rows(self, key: str, order_by: str = "") -> list[dict[str, str]]:
        body = self.rowset(key, pageSize=2500, **({"orderBy": order_by} if order_by else {})).json()
        return [item["keys"] | item["values"] for item in body.get("items", [])]

    def evaluate(self, expression: str, field: str) -> str:
        """One expression, run and written into a field of the given type; what the rowset says of it."""
        _, key = self.seed(f"x {field}")
        status = self.run(f"SELECT {expression} AS x", key)
        return self.rows(key)[0]["x"] if status["Status"] == "Complete" else f"{status['ErrorMsg']}"

    def evaluate_texts(self, expressions: Sequence[str]) -> list[str]:
        """Many expressions in one query, each written into a text; in their order."""
        names = [f"c{number}" for number in range(len(expressions))]
        _, key = self.seed(", ".join(f"{name} Text(4000)" for name in names))
        asked = ", ".join(f"{each} AS {name}" for each, name in zip(expressions, names, strict=True))
        status = self.run(f"SELECT {asked}", key)
        assert status["ErrorMsg"] is None, status
        row = self.rows(key)[0]
        return [row[name] for name in names]


def equals(name: str, value: str, tag: str = "Filter") -> str:
    return simple(name, "equals", value, tag=tag)


def simple(name: str, operator: str, *values: str, tag: str = "Filter") -> str:
    listed = "".join(f"<Value>{escape(value)}</Value>" for value in values)
    return (
        f'<{tag} xsi:type="SimpleFilterPart"><Property>{name}</Property>'
        f"<SimpleOperator>{operator}</SimpleOperator>{listed}</{tag}>"
    )


def both(left: str, right: str, operator: str = "AND") -> str:
    return f'<Filter xsi:type="ComplexFilterPart">{left}<LogicalOperator>{operator}</LogicalOperator>{right}</Filter>'
