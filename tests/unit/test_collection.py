import pytest

from ingest.collection import open_places
from ingest.settings import Geo, SettingsError


def test_a_geo_file_that_cannot_be_used_is_told_in_one_line(tmp_path):
    (tmp_path / "country.mmdb").write_bytes(b"no database")
    for name in ("country.mmdb", "none.mmdb"):
        with pytest.raises(SettingsError) as error:
            open_places(Geo(country=tmp_path / name))
        assert str(error.value).startswith(f"geo: geo database {tmp_path / name} cannot be read")
        assert "\n" not in str(error.value)


def test_the_bundled_geo_files_work_out_of_the_box():
    places = open_places(Geo())
    assert places.find("90.1.2.0").country == "FR"
    places.close()
