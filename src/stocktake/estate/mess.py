"""The mess of real life that is planted: what, of what, and how often. This is the only place that states a rate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mess:
    """One sort of mess. rate: its share of all things that it can befall. of: what these are."""

    name: str
    rate: float
    of: str
    says: str


PLANTED = (
    Mess("bought", 0.06, "model", "A model that came from a vendor: external, with no run and no code of ours."),
    Mess("retired", 0.06, "model", "Its endpoints were deleted and its code removed; the registry keeps its versions."),
    Mess("never_registered", 0.02, "model", "Trained weights that nobody put into a registry."),
    Mess("two_codes", 0.04, "model", "One family whose earlier versions came from another source file."),
    Mess("neglected", 0.10, "model", "Its training stopped long ago, and nobody decided so."),
    Mess("paused_pipeline", 0.05, "model", "Its pipeline has been paused for 120 days."),
    Mess("no_owner", 0.08, "model", "No tool names anybody who answers for it."),
    Mess("conflicting_owner", 0.05, "model", "Two tools name different owners of it."),
    Mess("bare_script", 0.06, "model", "Its runs name their script without its folder; several files are called so."),
    Mess("generic_code", 0.15, "team", "One train.py trains for several purposes, told apart by a parameter only."),
    Mess("renamed_repository", 0.15, "team", "The repository has another address now; git still knows the old one."),
    Mess("lost_repository", 0.06, "team", "The repository has another address now, and nothing records the old one."),
    Mess("owner_left", 0.10, "person", "A person who still owns things is no longer there."),
    Mess("failed_run", 0.08, "training", "A training that failed: events, and no weights."),
    Mess("lost_id", 0.04, "training", "The run names no workflow run: somebody forgot to hand the id on."),
    Mess("orphan_endpoint", 0.03, "deployment", "It runs its own image, and nothing says which weights are inside."),
    Mess("ghost_binary", 0.03, "deployment", "It serves weights that the registry has since deleted."),
    Mess("alias_moved", 0.04, "deployment", "It names its model by an alias that points elsewhere by now."),
    Mess("wrong_tag", 0.01, "deployment", "Its tag names another version than the one inside."),
    Mess("stuck", 0.08, "deployment", "It never got a newer version than its first."),
    Mess("idle", 0.12, "deployment", "It is up, and nobody has asked it for months."),
    Mess("reused_arn", 0.04, "deployment", "An endpoint was deleted, and another one got its name and so its ARN."),
    Mess("missed_days", 0.12, "deployment", "It serves on a cluster that could not be read of late: it is stale."),
)  # fmt: skip
RATES = {each.name: each.rate for each in PLANTED}
SAME_NAME = 0.2  # of purposes, the share that comes from a list that all teams share: one name, several things
EVENTS_KEPT = 550  # days; lineage events of older trainings are lost
MANY_MODELS = 150  # one endpoint with hundreds of models for so many models
