"""Who reads of a paper in a comment or in another paper finds it in the repository."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Papers that were never here. Their facts stand in docs/mce-facts.md, their reasons where they matter.
ELSEWHERE = re.compile(r"\b(?:MCE[_]FACTS|DECISIONS \d+|[F]INDINGS)\b")
NAMED = re.compile(r"(?<![\w./-])[\w/.-]+\.md\b")
DECISION = re.compile(r"\bdocs/decisions/\d{4}")


def texts() -> Iterator[tuple[Path, str]]:
    """Every tracked file that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in listed.rstrip("\0").split("\0"):
        held = (ROOT / name).read_bytes()
        if b"\0" not in held:
            yield ROOT / name, held.decode()


def test_no_file_cites_a_paper_from_elsewhere() -> None:
    assert [(path.name, cited) for path, text in texts() for cited in ELSEWHERE.findall(text)] == []


def test_every_paper_that_a_file_names_is_there() -> None:
    """By its path from the root, or from the folder of the file."""
    named = {(path, paper) for path, text in texts() for paper in NAMED.findall(text)}
    assert (Path(__file__), "docs/mce-facts.md") in named
    assert [
        (path.name, paper) for path, paper in named if not ((ROOT / paper).exists() or (path.parent / paper).exists())
    ] == []


def test_every_decision_that_a_file_names_is_there() -> None:
    numbers = {f"docs/decisions/{path.name[:4]}" for path in (ROOT / "docs/decisions").glob("*.md")}
    assert {cited for _, text in texts() for cited in DECISION.findall(text)} - numbers == set()
