"""TypeScript takes the script's types, and refuses what the script would not understand."""

import subprocess
from pathlib import Path

from missing import give_up

from ingest.beacon import script

TSC = Path(__file__).parents[2] / "node_modules/.bin/tsc"
RIGHT = """
window.footfall?.("pageview");
footfall("Signup", { props: { plan: "pro", seats: 3, trial: true }, interactive: false, url: location.href });
footfall("Nothing", null);
footfall.optOut();
footfall.optIn();
"""
WRONG = [
    "footfall();",
    "footfall(1);",
    "footfall('Signup', { plan: 'pro' });",
    "footfall('Signup', { props: { plan: { name: 'pro' } } });",
    "footfall('Signup', { interactive: 'no' });",
    "footfall.optOut('example.com');",
    "const done: Promise<void> = footfall('Signup');",
]


def findings(folder: Path, code: str) -> list[str]:
    """Return what the compiler complains of, a line each."""
    if not TSC.exists():
        give_up("no TypeScript: npm install --prefix tests")
    (folder / "footfall.d.ts").write_bytes(script.types())
    (folder / "page.ts").write_text(code)
    command = [TSC, "--noEmit", "--strict", "--types", "", "footfall.d.ts", "page.ts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def test_what_the_script_takes_is_right(tmp_path: Path):
    assert findings(tmp_path, RIGHT) == []


def test_each_line_that_it_would_not_understand_is_wrong(tmp_path: Path):
    found = findings(tmp_path, "\n".join(WRONG))
    places = {line.partition(",")[0] for line in found if line.startswith("page.ts")}
    assert places == {f"page.ts({number}" for number in range(1, len(WRONG) + 1)}
