"""Segments: how the log is cut into them, and when, makes no difference to what is read from them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from stocktake.errors import VocabularyError
from stocktake.nouns import canonical
from stocktake.pipeline import decoding, following, segments
from stocktake.pipeline.line import freeze
from stocktake.project import Project, open_project
from stocktake.store import Line, PullEntry, Store
from stocktake.store.purges import Asked

AS_OF = datetime(2026, 1, 10, tzinfo=UTC)
AT = int(AS_OF.timestamp() * 1_000_000) - 60_000_000
SOURCE = "connector: push\nvocabulary: shop\n"
VOCABULARY = """\
vocabulary: shop
says: A test.
source: none
namespaces:
  shop: {rank: 30, says: "A thing of the shop."}
labels:
  Thing:
    says: state
    about: A thing.
    claims:
      - kind: model_binary
        fields: {name: $.name}
        same_as: {shop: $.name}
        links:
          - {edge: base, for_each: $.bases, to: {shop: "@"}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in (("sources/shop.yaml", SOURCE), ("vocabulary/shop.yaml", VOCABULARY)):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    (tmp_path / "stocktake.yaml").write_text("project: p\n", "utf-8")
    return open_project(tmp_path)


@pytest.fixture
def store(project: Project) -> Store:
    return Store.open(project.store_address)


def pull(store: Store, numbers: range) -> int:
    """Append one part of a pull; gives its id."""
    lines = [
        Line("Thing", str(at), AT, canonical({"name": f"thing {at}", "bases": [f"thing {at // 2}"]})) for at in numbers
    ]
    appended = store.append("shop", lines, PullEntry("", ("Thing",), AT, AT, complete=False))
    assert appended.pull_id
    return appended.pull_id


def frozen(project: Project, store: Store) -> dict[str, list[str]]:
    """The snapshot, every table in one order."""
    return {name: sorted(map(str, table.to_pylist())) for name, table in freeze(project, store, AS_OF).items()}


def names(project: Project, store: Store) -> list[str]:
    return [path.name for path in segments.cover(project, store)]


def test_a_range_is_decoded_in_batches_that_together_say_the_same(
    project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(store, range(50))
    whole = frozen(project, store)
    assert names(project, store) == ["1-51"]

    monkeypatch.setattr(segments, "BATCH", 20)
    monkeypatch.setattr(segments, "VERSION", "another")

    assert frozen(project, store) == whole
    assert names(project, store) == ["1-20", "21-40", "41-51"]


def test_new_entries_are_decoded_alone(project: Project, store: Store) -> None:
    pull(store, range(5))
    names(project, store)
    pull(store, range(5, 9))

    assert names(project, store) == ["1-6", "7-11"]
    assert len(frozen(project, store)["model_binary"]) == 9


def test_a_lost_segment_is_decoded_again(project: Project, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever an earlier process left undone, its gap is found."""
    monkeypatch.setattr(segments, "BATCH", 20)
    pull(store, range(60))
    whole = frozen(project, store)
    lost = segments.cover(project, store)[1]
    lost.rename(lost.with_name("lost"))

    assert frozen(project, store) == whole


def test_ranges_that_overlap_count_once(project: Project, store: Store) -> None:
    """Two processes that decoded at one time may have cut the log differently."""
    pull(store, range(5))
    middle = pull(store, range(5, 10))
    folder = segments.cover(project, store)[0].parent
    pull(store, range(10, 15))
    whole = frozen(project, store)
    [told] = segments.all_told(project, store)
    other = decoding.Decoding(project, store, told, folder)
    span = (middle - 2, middle + 3)
    other.add(pa.concat_tables(store.lines(span)), span)
    other.close()

    assert frozen(project, store) == whole


def test_what_is_collected_is_decoded_meanwhile(
    project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The segments are there before the first read, and say what the log says."""
    monkeypatch.setattr(following, "BATCH", 10)
    with following.following(project, store):
        for start in range(0, 36, 4):
            pull(store, range(start, start + 4))
        pull(store, range(0))
    monkeypatch.setattr(segments, "_decode", lambda *_: pytest.fail("there is a gap"))
    followed = frozen(project, store)
    monkeypatch.undo()
    monkeypatch.setattr(segments, "VERSION", "another")

    assert names(project, store) == ["1-46"]
    assert followed == frozen(project, store)


def test_an_erased_body_is_not_decoded_when_it_comes_again(
    project: Project, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 1)
    pull(store, range(1))
    store.purge([1], Asked("ana", "she left", "text", datetime(2026, 11, 23, tzinfo=UTC)))
    with following.following(project, store):
        pull(store, range(1))

    assert frozen(project, store)["model_binary"] == []


def test_a_vocabulary_that_fails_stops_no_pull(project: Project, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The read that follows says what is wrong with it."""
    path = project.root / "vocabulary" / "shop.yaml"
    path.write_text(VOCABULARY.replace("name: $.name", "name: no_such_function($.name)"), "utf-8")
    broken = open_project(project.root)
    monkeypatch.setattr(following, "BATCH", 1)
    with following.following(broken, store):
        pull(store, range(3))
        pull(store, range(3, 6))

    assert store.newest_seq() == 8
    with pytest.raises(VocabularyError, match="no_such_function"):
        segments.cover(broken, store)
