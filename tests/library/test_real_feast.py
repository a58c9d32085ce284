"""Real Feast registries and feature_store.yaml files: per file, how many claims of which kind, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import DATA, real, take

STORES = sorted(path.relative_to(DATA).as_posix() for path in DATA.glob("feast/feature_store_yaml/**/*.yaml"))
REGISTRIES = {
    "feast/ui-rag/rag_registry.json": (
        {"Project": 1, "FeatureView": 3, "Entity": 2, "DataSource": 2, "Registry": 1},
        # 2 sources, each told by the list and by the views that read it.
        {"feature": 7, "feature_source": 4, "none": 4},
        {"sources": 7},
    ),
    "acme-recorded/feast/registry_to_dict.json": (
        {
            "DataSource": 2,
            "Entity": 2,
            "FeatureView": 2,
            "FeatureService": 1,
            "SavedDataset": 1,
            "Infra": 2,
            "Registry": 1,
        },
        {"feature": 3, "feature_source": 4, "dataset": 1, "none": 6},
        {"sources": 3, "features": 3, "carries": 3},
    ),
}


@pytest.mark.parametrize("path", REGISTRIES)
def test_a_real_registry_gives_what_was_counted_by_hand(path: str) -> None:
    """Views give features, sources give sources, whatever numbers or names stand for value types."""
    taken = take("feast", real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == REGISTRIES[path]
    assert all(row["value_type"].isupper() for row in taken.claims["feature"])


@pytest.mark.parametrize("path", STORES)
def test_a_real_feature_store_file_is_taken(path: str) -> None:
    """A feature_store.yaml is kept whole; it is no artifact."""
    taken = take("feast", real(path))

    assert (taken.problems, taken.labels, taken.kinds) == ((), {"FeatureStore": 1}, {"none": 1})


def test_every_real_file_is_taken() -> None:
    """The whole folder: 22 stores and a registry, all mapped."""
    taken = take("feast", real("feast"))

    assert taken.labels["FeatureStore"] == 22
    assert taken.mapped == sum(taken.labels.values()) == 31
