"""A real nginx on ports of the loopback."""

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from missing import give_up

_OWNER = "user root;" if os.geteuid() == 0 else ""
_TEMPORARY = "/tmp/"  # noqa: S108 (what it is in a container)
_START_LIMIT = 30


class Nginx:
    """Runs a configuration file out of a folder, which is its `/tmp` too."""

    def __init__(self, config: Path):
        command = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if command is None:
            give_up("no nginx to test with: apt-get install nginx")
        folder = config.parent
        config.write_text(config.read_text().replace(_TEMPORARY, f"{folder}/"))
        self._command = [command, "-p", str(folder), "-c", str(config)]
        self._command += ["-g", f"daemon off; {_OWNER}"]
        self._log = folder / "error.log"
        self._process = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def reload(self) -> None:
        """Take over a changed configuration, once it is found to be one."""
        subprocess.run([*self._command, "-t"], check=True, capture_output=True)
        self._process.send_signal(signal.SIGHUP)

    def wait_for(self, url: str) -> None:
        """Wait until something behind it answers."""
        limit = time.monotonic() + _START_LIMIT
        while True:
            assert self._process.poll() is None, self._log.read_text()
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except OSError:
                assert time.monotonic() < limit, self._log.read_text()
                time.sleep(0.05)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()
