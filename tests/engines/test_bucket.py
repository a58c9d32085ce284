"""A lake's tables in an S3-compatible store: put there once, fetched from there, and taken away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import pytest
from tests.servers import moto_server
from tests.servers.process import free_port

from stocktake.engines import bucket as buckets
from stocktake.engines import lake as lakes
from stocktake.engines.bucket import Bucket, read_bucket
from stocktake.engines.scratch import LAKE, label, scratch_lake
from stocktake.errors import EngineError

ROWS = pa.table({"id": ["a", "b"]})
OTHER = pa.table({"id": ["c"]})


def store(bucket: Bucket) -> pafs.S3FileSystem:
    return pafs.S3FileSystem(endpoint_override=bucket.endpoint)


def objects(bucket: Bucket) -> list[str]:
    """The names of all that is there, less markers of folders."""
    name = bucket.address.split("/")[2]
    found = store(bucket).get_file_info(pafs.FileSelector(name, recursive=True))
    return sorted(each.path for each in found if each.is_file)


def at(bucket: Bucket, address: str) -> pa.Table:
    """The rows at an address."""
    return pq.read_table(address.removeprefix("s3://"), filesystem=store(bucket))


def test_a_table_is_put_there_once_and_again_when_it_changes(bucket: Bucket, tmp_path: Path) -> None:
    """Under another name, so that who still reads the one before is not disturbed; a lake beside has it, too."""
    with scratch_lake(tmp_path, bucket) as lake:
        folder = lakes.folder_of(lake / "all", "graph.owner")
        lakes.write(lake / "all", {"graph.owner": ROWS})
        first = bucket.give(folder)
        lakes.link(lake / "all", lake / "beside", ["graph.owner"])

        assert bucket.give(folder) == bucket.give(lakes.folder_of(lake / "beside", "graph.owner")) == first
        assert len(objects(bucket)) == 1
        lakes.write(lake / "all", {"graph.owner": OTHER})
        second = bucket.give(folder)

        assert (at(bucket, first), at(bucket, second)) == (ROWS, OTHER)
    assert objects(bucket) == []


def test_what_an_engine_writes_there_is_fetched(bucket: Bucket, tmp_path: Path) -> None:
    """Its files and no others; it is not put there once more."""
    with scratch_lake(tmp_path, bucket) as lake:
        with lakes.publish_folder(lake, "standard.models") as folder:
            address = bucket.make(folder)
            for name, rows in (("20260101_part", ROWS), ("_SUCCESS", OTHER), (".crc", OTHER)):
                pq.write_table(rows, f"{address.removeprefix('s3://')}/{name}", filesystem=store(bucket))
            bucket.take(folder)

        assert lakes.read(lake, "standard.models") == ROWS
        assert bucket.give(lakes.folder_of(lake, "standard.models")) == address


def test_what_killed_runs_left_goes_with_the_next(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of this machine at once, of others when it is old; nothing else that is there is touched."""
    base = bucket.address.removeprefix("s3://")
    with scratch_lake(tmp_path) as lake, scratch_lake(tmp_path) as busy:
        gone, used = label(lake), label(busy)
        lake.rename(tmp_path / "gone")
        names = [f"{base}/{name}/x" for name in (f"{LAKE}{gone}", f"{LAKE}{used}", f"{LAKE}aaaaaaaa_bbbbbbbb", "own")]
        for name in names:
            pq.write_table(ROWS, name, filesystem=store(bucket))

        with scratch_lake(tmp_path, bucket):
            assert objects(bucket) == sorted(names[1:])
        monkeypatch.setattr(buckets, "KEPT", timedelta(0))
        with scratch_lake(tmp_path, bucket):
            assert objects(bucket) == [f"{base}/own/x"]


def test_a_bucket_that_is_not_there_is_told(bucket: Bucket, tmp_path: Path) -> None:
    lost = Bucket("s3://no-such-bucket/lake", bucket.endpoint)

    told = rf"s3://no-such-bucket/lake: the lake's store at {bucket.endpoint} says: NO_SUCH_BUCKET .*\n +fix: make the"
    with pytest.raises(EngineError, match=told), scratch_lake(tmp_path, lost):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_down_is_told(bucket: Bucket, tmp_path: Path) -> None:
    lost = Bucket(bucket.address, f"http://127.0.0.1:{free_port()}")

    with (
        pytest.raises(EngineError, match=r"NETWORK_CONNECTION .*\n +fix: start the store"),
        scratch_lake(tmp_path, lost),
    ):
        pass


def test_who_may_not_is_told(bucket: Bucket, tmp_path: Path) -> None:
    """By a store that knows who asks."""
    with moto_server.moto_server(tmp_path) as url:
        pafs.S3FileSystem(endpoint_override=url, allow_bucket_creation=True).create_dir("theirs")
        urlopen(Request(f"{url}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"})).close()

        with (
            pytest.raises(EngineError, match=r"fix: let AWS_PROFILE"),
            scratch_lake(tmp_path / "lake", Bucket("s3://theirs/lake", url)),
        ):
            pass


def test_the_endpoint_may_be_told_as_is_usual(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"{bucket.endpoint}/")

    with scratch_lake(tmp_path, Bucket(bucket.address)) as lake:
        lakes.write(lake, {"graph.owner": ROWS})
        assert at(bucket, Bucket(bucket.address).give(lakes.folder_of(lake, "graph.owner"))) == ROWS


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("gs://bucket/lake", "is no place of a store"),
        ("s3://", "is no place of a store"),
        ({"address": "s3://bucket", "secret": "x"}, "takes no secret"),
        ({"address": "s3://bucket", "endpoint_url": "https://me:secret@store.example"}, "endpoint_url is no URL"),
        ({"endpoint_url": "https://store.example"}, "is no place of a store"),
    ],
)
def test_what_is_no_place_of_a_store_is_refused(told: object, problem: str) -> None:
    with pytest.raises(EngineError, match=problem):
        read_bucket(told, "stocktake.yaml:7")
