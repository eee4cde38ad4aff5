from loaded import _by_folder

SAMPLES = """\
main (ingest/cli.py:1);run (uvicorn/server.py:2);count (ingest/visit/visits.py:3) 5
main (ingest/cli.py:1);run (uvicorn/server.py:2);count (ingest/visit/visits.py:3);hash (x.py:1) 2
main (ingest/cli.py:1);run (uvicorn/server.py:2);answer (ingest/receive/receiver.py:3);send (uvicorn/h.py:4) 3
main (ingest/cli.py:1);run (uvicorn/server.py:2);collect (ingest/collector.py:3) 4
main (ingest/cli.py:1);run (asyncio/runners.py:2) 1
"""


def test_samples_are_added_up_by_the_innermost_known_frame():
    assert _by_folder(SAMPLES) == {
        "visit": 7,
        "HTTP server and event loop": 4,
        "collector": 4,
    }
