"""The command line: `python -m stack servers -- CMD...`."""

import argparse
import sys

from stack.errors import StackError
from stack.servers import with_servers


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m stack", description=__doc__)
    commands = parser.add_subparsers(dest="action", required=True)
    servers = commands.add_parser("servers", help="run a command with a PostgreSQL and a Valkey of its own")
    servers.add_argument("command", nargs="+", metavar="CMD", help="after --")
    arguments = parser.parse_args(argv)
    try:
        return with_servers(arguments.command)
    except StackError as exc:
        print(exc, file=sys.stderr)
        return exc.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
