"""`python -m ingest` is the command `footfall`."""

import sys

from ingest.cli import main

sys.exit(main())
