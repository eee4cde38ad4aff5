"""`footfall prove`: the guarantees, put to the test against a copy of this very installation."""

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import SystemRandom

from ingest.prove.disk import DiskProof, Phase, prove_disk
from ingest.prove.installation import Installation, new_folder
from ingest.prove.interference import World, differences, draw_script, play, small_crowds
from ingest.settings import Settings

Say = Callable[[str], None]
_MOST_TOLD = 20


def prove(settings: Settings, arguments: Sequence[str], say: Say = print) -> bool:
    """Prove P1, P2 and P4, and say what was done and found; return whether all of them hold.

    `arguments` are the flags by which the settings were found. Raises ProofError if something else
    than a guarantee is in the way.
    """
    folder = new_folder()
    try:
        say(f"a throw-away copy of this installation, in {folder}")
        holds = [prove_worlds(settings, arguments, folder, say)]
        with Installation(settings, arguments, folder / "canaries") as copy:
            holds.append(tell_disk(prove_disk(copy), say))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("all of it holds" if all(holds) else "NOT ALL OF IT HOLDS")
    return all(holds)


def prove_worlds(settings: Settings, arguments: Sequence[str], folder: Path, say: Say) -> bool:
    """Prove P1 and P4 in a folder, and say what was done and found; return whether they hold."""
    script = draw_script(settings, SystemRandom())

    def run(name: str) -> World:
        with Installation(settings, arguments, folder / name) as copy:
            return play(copy, script, SystemRandom())

    with ThreadPoolExecutor() as pool:
        one, other = pool.map(run, ("one", "other"))
    rows = sum(map(len, one.rows.values()))
    say("P1  the same traffic with other identities leaves the same rows and the same answers")
    say(f"    planted: {len(script.steps)} hits of {len(script.people)} visitors, sent twice, with")
    say("      addresses, browser builds, language tails, cookies and tokens drawn anew")
    say(f"    looked at: {rows} rows of {len(one.rows)} tables, {len(one.answers)} answers")
    differ = _tell_found(differences(one, other), say)
    say("P4  every crosstab cell at rest has at least k visitors")
    say(f"    looked at: {len(one.rows['crosstabs'])} cells, k = {settings.sites[0].k}")
    small = _tell_found(small_crowds(script, one, settings), say)
    return not differ and not small


def tell_disk(proof: DiskProof, say: Say) -> bool:
    """Say what a proof of P2 planted and found; return whether it holds."""
    canaries = proof.planting.canaries
    say("P2  no canary is on disk, in logs or in output")
    say(f"    planted: {len(canaries)} canaries by {len(proof.planting.visitors)} visitors, in")
    for canary in canaries:
        say(f"      {canary.channel}: {canary.texts[0]}")
    say(f"    looked for: {proof.forms} forms of them (as sent, encoded, hashed, as numbers)")
    say("    looked in: data folder, temporary folder, handover file, stdout and stderr, tables")
    for phase in proof.phases:
        say(f"      {_tell_phase(phase)}")
    return not _tell_found(
        [f"{find.channel}, {find.form}: {find.place}" for find in proof.found], say
    )


def _tell_phase(phase: Phase) -> str:
    answered = ", ".join(f"{count} x {status}" for status, count in sorted(phase.answers.items()))
    sent = f"; answered {answered}" if answered else ""
    return f"{phase.name}: {phase.places} places, {phase.size:,} bytes{sent}"


def _tell_found(found: Sequence[str], say: Say) -> bool:
    """Tell what was found; return whether there was anything."""
    say(f"    found: {'nothing' if not found else len(found)}")
    for each in Counter(found[:_MOST_TOLD]):
        say(f"      {each}")
    return bool(found)
