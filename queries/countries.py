"""English names of countries."""

from importlib.resources import files


def _read() -> dict[str, str]:
    """Return the names by ISO 3166-1 alpha-2 code, from the table of the tz database."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {code: name for code, name in lines}  # noqa: C416 (says what they are)


COUNTRIES = _read()
