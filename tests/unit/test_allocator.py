"""In a process of its own: what is set is the process' for good."""

import subprocess
import sys

_PEAK = """
import re, threading
from ingest.allocator import give_back, keep_little
keep_little()
def anonymous():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
def fill():
    some = [bytes(100_000) for _ in range(2_000)]
    kept.append(some[-1])
kept, before = [], anonymous()
thread = threading.Thread(target=fill)
thread.start()
thread.join()
give_back()
print(anonymous() - before)
"""


def test_memory_that_is_free_goes_back_to_the_system():
    answer = subprocess.run([sys.executable, "-c", _PEAK], capture_output=True, check=True)
    assert int(answer.stdout) < 20, "MB; it was 200"
