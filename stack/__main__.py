"""The command line: everything (`run`, `stop`, `remove`), or two servers around a command (`servers -- CMD...`)."""

import argparse
import sys
from pathlib import Path

from stack.errors import StackError
from stack.removal import remove
from stack.run import run, stop
from stack.servers import with_servers

VAR = Path(__file__).resolve().parent.parent / "var"
COMMANDS = {
    "run": "start everything and keep it up",
    "stop": "stop it, from elsewhere",
    "remove": "remove its data, wherever they lie",
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(dest="action", required=True)
    for name, told in COMMANDS.items():
        command = commands.add_parser(name, help=told)
        command.add_argument("--var", type=Path, default=VAR, help="the folder of its data (default: %(default)s)")
    servers = commands.add_parser("servers", help="run a command with a PostgreSQL and a Valkey of its own")
    servers.add_argument("command", nargs="+", metavar="CMD", help="after --")
    arguments = parser.parse_args(argv)
    try:
        match arguments.action:
            case "run":
                return run(arguments.var.resolve())
            case "stop":
                return stop(arguments.var.resolve())
            case "remove":
                return remove(arguments.var.resolve())
            case _:
                return with_servers(arguments.command)
    except StackError as exc:
        print(exc, file=sys.stderr)
        return exc.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
