"""A real nginx on ports of the loopback."""

import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

from missing import give_up

_HEAD = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
"""
_START_LIMIT = 30


class Nginx:
    """Runs a configuration file, whose paths are relative to its folder, without root's rights."""

    def __init__(self, config: Path):
        command = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if command is None:
            give_up("no nginx to test with: apt-get install nginx-light")
        folder = config.parent
        for name in ("client", "proxy", "fastcgi", "uwsgi", "scgi"):
            (folder / f"{name}_temp").mkdir(exist_ok=True)
        self._config = config
        self._command = [command, "-p", str(folder), "-c", str(config)]
        self._command += ["-g", f"daemon off; pid {folder}/nginx.pid;"]
        self._log = folder / "error.log"
        self._process = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)

    def reload(self) -> None:
        """Take over a changed configuration, once it is found to be one."""
        subprocess.run([*self._command, "-t"], check=True, capture_output=True)
        self._process.send_signal(1)

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
