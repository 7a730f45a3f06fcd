"""The captures of the shared folder beside the repository, made with real kernels.

They are no part of the project: tests that use them are skipped where the folder is absent.
"""

from pathlib import Path

CAPTURES = Path(__file__).parents[3] / "shared" / "captures"
PUBLIC = CAPTURES.parent / "public"
REASON = f"shared captures are absent: no folder {CAPTURES.parent.name}/{CAPTURES.name} beside the repository"


def scenarios():
    """Return the names of the shared scenarios, sorted; none where the folder is absent."""
    return sorted(folder.name for folder in CAPTURES.iterdir()) if CAPTURES.is_dir() else []


def public():
    """Return the captures of other projects, sorted; none where the folder is absent."""
    files = PUBLIC.rglob("*") if PUBLIC.is_dir() else []
    return sorted(file for file in files if file.is_file() and file.suffix != ".md")
