"""What a running stack tells: var/stack.json for programs, a banner for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.files import write_private_json
from stack.services import samples_file

BANNER = """
QS Pro is ready after {seconds} s.

  Console      {api}/  (sign in with the subdomain mc-northwind or mc-globex)
  API docs     {api}/api/docs/
  Admin        {api}/admin/  ({user}, its password is in {file})
  API key      {key}

Submit a query, follow its events until it is ready, read its rows:

  RUN=$(curl -sS {api}/api/runs -H 'Authorization: Api-Key {key}' -H 'Content-Type: application/json' \
-d '{{"sqlText": "SELECT * FROM Customers"}}' | tee /dev/stderr | sed 's/.*"runId": *"\\([^"]*\\)".*/\\1/')
  curl -sS -N "{api}/api/runs/$RUN/events" -H 'Authorization: Api-Key {key}'
  curl -sS "{api}/api/runs/$RUN/results?page=1" -H 'Authorization: Api-Key {key}'

Ctrl-C, or `make stop` from elsewhere, stops everything.
"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A stack that is ready."""

    var: Path
    env: Mapping[str, str]
    seconds: float

    @property
    def file(self) -> Path:
        return stack_file(self.var)

    def write(self, pids: Mapping[str, int]) -> None:
        """Write var/stack.json, at once and for its owner alone."""
        api_keys = self._api_keys()
        write_private_json(
            self.file,
            {
                "api": self.env["PUBLIC_URL"],
                "sandbox": self.env["MCE_SANDBOX_URL"],
                "flower": f"{self.env['FLOWER_URL']}/admin/queues/",
                "apiKey": api_keys["owner"],
                "apiKeys": api_keys,
                "adminKey": self.env["ADMIN_API_KEY"],
                "adminUser": self.env["ADMIN_USER"],
                "adminPassword": self.env["ADMIN_PASSWORD"],
                "databaseUrl": self.env["DATABASE_URL"],
                "redisUrl": self.env["REDIS_URL"],
                "pids": pids,
                "readyAfterSeconds": self.seconds,
            },
        )

    def banner(self) -> str:
        return BANNER.format(
            api=self.env["PUBLIC_URL"],
            key=self._api_keys()["owner"],
            user=self.env["ADMIN_USER"],
            file=self.file,
            seconds=self.seconds,
        )

    def _api_keys(self) -> dict[str, str]:
        written = json.loads(samples_file(self.var).read_text(encoding="utf-8"))
        return {name: written["apiKeys"][name] for name in ("owner", "colleague", "otherTenant")}


def stack_file(var: Path) -> Path:
    return var / "stack.json"
