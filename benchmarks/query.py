"""How long a dashboard's questions take, beside the usual raw schema with the same traffic.

    python benchmarks/query.py                            a year of 50 million hits
    python benchmarks/query.py --hits 1000000             a smaller one
    python benchmarks/query.py --folder DIR               keep it there, or measure what is there
    python benchmarks/query.py --folder DIR --dashboards 50   50 of them, while hits come in

Both schemas lie in one embedded ClickHouse. What is measured is, for footfall, the whole way of a
query without HTTP and cache (`queries/pipeline.py`) and, for the raw schema, the best plain SQL, in
the same driver; its visitors are counted by `uniq`, as Plausible does. CPU is that of all cores.
`--dashboards` adds another site's hits to the folder, so measure sizes before. Wants pyarrow.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import race
import raw_schema
import wall
from questions import questions
from year import Year, filled

from ingest.store.client import Store
from ingest.store.tables import CROSSTABS, DAYS, TRAFFIC

_SIZES = """
SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table
"""
_OURS = (TRAFFIC.name, DAYS.name, CROSSTABS.name)


def main() -> None:
    options = _options()
    with _folder(options.folder) as folder:
        year = filled(folder, options.hits)
        if options.dashboards:
            wall.run(folder, year, options.dashboards, options.seconds)
            return
        with closing(Store("chdb", folder / "data")) as store:
            _print_sizes(store, year)
            asyncio.run(_race(store, year, options.runs))


async def _race(store: Store, year: Year, runs: int) -> None:
    racing = race.Race(store, year.now)
    asked = questions(year)
    print("\nanswers compared (visitors of the raw schema by uniqExact)")
    for question in asked:
        print(f"{question.name:20} {await racing.compare(question)}", flush=True)
    print(f"\n{runs} warm runs of each side by turns\n{race.head()}")
    measured = {}
    for question in asked:
        measured[question.name] = await racing.run(question, runs)
        print(race.line(question, measured[question.name]), flush=True)
    print("\nraw / footfall", *race.bars(measured), sep="\n")


def _print_sizes(store: Store, year: Year) -> None:
    sizes = {table: (int(rows), int(size)) for table, rows, size in store.query(_SIZES)}
    print(f"{year.made:,} hits: {year.hits:,} from {year.first} to {year.last}, the rest before\n")
    print(f"{'table':12} {'rows':>12} {'MB':>9} {'MB per million hits':>20}")
    for table in (*_OURS, *raw_schema.TABLES):
        rows, size = sizes[table]
        print(f"{table:12} {rows:12,} {size / 1e6:9.1f} {size / year.made:20.2f}")
    ours, theirs = (sum(sizes[name][1] for name in names) for names in (_OURS, raw_schema.TABLES))
    print(f"{'footfall':25} {ours / 1e6:9.1f} {ours / year.made:20.2f}")
    print(f"{'raw':25} {theirs / 1e6:9.1f} {theirs / year.made:20.2f}")
    print(f"footfall / raw: {ours / theirs:.3f}")


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hits", type=int, default=50_000_000, help="of the year")
    parser.add_argument("--folder", type=Path, help="to keep and reuse what is made up")
    parser.add_argument("--runs", type=int, default=20, help="of each question and side")
    parser.add_argument("--dashboards", type=int, help="refreshing at once, over HTTP")
    parser.add_argument("--seconds", type=int, default=60, help="with --dashboards")
    return parser.parse_args()


if __name__ == "__main__":
    main()
