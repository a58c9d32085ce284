"""A value on which an expression fails leaves its record without a claim, and the others with theirs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.library.real_parts import LIBRARY, lines

from stocktake.errors import VocabularyError
from stocktake.nouns import Seen
from stocktake.schema import load_schema
from stocktake.vocabulary.decode import MOST_UNREADABLE, Decoder, SourceSettings
from stocktake.vocabulary.load import load_vocabularies

BOARD = """
vocabulary: board
says: What the board says.
source: its export
namespaces:
  board_id: {rank: 30, says: Its number.}
labels:
  Scorer:
    says: state
    about: One line.
    claims:
      - kind: model_deployment
        fields: {name: $.name, url: CAST(CAST($.port AS INTEGER) AS VARCHAR)}
        same_as: {board_id: key}
        links:
          - {edge: serves, to: {place: "CASE WHEN $.port = '443' THEN 'p' || CAST($.name AS INTEGER) END"}}
"""
Decode = Callable[[list[str]], Decoder]


@pytest.fixture
def decode(tmp_path: Path) -> Decode:
    """Decodes scorers with these ports, under a vocabulary that takes every port for a number."""
    (tmp_path / "board.yaml").write_text(BOARD)
    schema = load_schema([LIBRARY / "kinds"])
    vocabularies = load_vocabularies([LIBRARY / "vocabulary", tmp_path], schema)

    def run(ports: list[str]) -> Decoder:
        decoder = Decoder(vocabularies.by_name["board"], vocabularies, schema)
        seen = [Seen("Scorer", str(at), {"name": f"n{at}", "port": port}) for at, port in enumerate(ports)]
        decoder.decode(lines(seen), [SourceSettings("real", None, {})])
        return decoder

    return run


def names(decoder: Decoder) -> list[str]:
    table: pa.Table = decoder.tables()["claims_model_deployment"]
    return sorted(table["name"].to_pylist())


def test_one_odd_record_does_not_cost_the_others(decode: Decode) -> None:
    decoder = decode(["80", "81", "http", "82", "https", "83"])

    assert names(decoder) == ["n0", "n1", "n3", "n5"]
    assert len(decoder.tables()["identifiers"]) == 4
    assert ["http" in str(each) for each in decoder.unreadable] == [True, True]
    assert all("board.yaml:" in str(each) for each in decoder.unreadable)


def test_a_record_whose_link_can_not_be_read_is_left_out_whole(decode: Decode) -> None:
    """Links are worked out later than fields."""
    assert names(decode(["80", "443", "81"])) == ["n0", "n2"]


def test_an_expression_that_fails_on_many_is_wrong_itself(decode: Decode) -> None:
    with pytest.raises(VocabularyError):
        decode(["http"] * (MOST_UNREADABLE + 1))
