"""Cards: where they lie may tell whose they are."""

from __future__ import annotations

from pathlib import Path

from stocktake.errors import Problem
from stocktake.library.connectors.huggingface import collect
from stocktake.nouns import Seen, Source

CARD = "---\nlicense: mit\nbase_model: gpt2\n---\n# A card\n"


def test_a_cache_names_the_repository_of_its_cards(tmp_path: Path) -> None:
    card = tmp_path / "models--acme--churn" / "snapshots" / "abc" / "README.md"
    card.parent.mkdir(parents=True)
    card.write_text(CARD)

    told = list(collect(Source("h", "huggingface", {"path": str(tmp_path)})))

    body = {"repository": "acme/churn", "data": {"license": "mit", "base_model": "gpt2"}}
    assert told == [Seen("ModelCard", "acme/churn", body)]


def test_a_single_cards_repository_may_be_configured(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD)

    told = list(collect(Source("h", "huggingface", {"path": str(tmp_path), "repository": "acme/churn"})))

    assert [each.key for each in told if isinstance(each, Seen)] == ["acme/churn"]


def test_broken_data_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nlicense: mit\ntags: [\n---\n")
    (tmp_path / "b.md").write_text(CARD)

    told = list(collect(Source("h", "huggingface", {"path": str(tmp_path)})))

    assert [each.where for each in told if isinstance(each, Problem)] == ["a.md:4"]
    assert [each.key for each in told if isinstance(each, Seen)] == ["b.md"]
