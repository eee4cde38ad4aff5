import sys
from pathlib import Path

# At the end: `benchmarks/profile.py` must not be taken for the standard library's `profile`.
sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))
