"""How well teams look after what they have: what they note of risk, review, licence, fairness, sensitivity and cost.

Names and words are those of `docs/how-to/note-in-tags.md`. Each team has a care of its own, from 0 to 1, and each note
is there with a chance that grows with it, so that some models are managed well and some are not.
"""

from __future__ import annotations

from datetime import timedelta

from stocktake.estate.clock import ago, iso
from stocktake.estate.company import Binary, Deployment, Model, Team, Training, View
from stocktake.estate.dice import Dice

GROUPS = ("age", "gender", "region")
ASSESSED = 3  # the newest binaries of a model, of which evaluations are kept
IMAGE = "registry.meridian.example/train:2026.{}"


def care_of(dice: Dice) -> float:
    """How careful a team is."""
    return dice.uniform(0.35, 0.95)


def note_view(dice: Dice, team: Team, view: View) -> None:
    """What is noted of the data that features are made of."""
    if dice.random() < team.care + 0.2:
        view.notes["classification"] = dice.choice(("internal", "internal", "confidential", "personal", "sensitive"))
    if dice.random() < team.care:
        view.notes["reviewed_at"] = iso(ago(dice.uniform(5, 600)))
    if dice.random() < team.care:
        view.notes["purpose"] = view.name.partition("_")[0]
        view.notes["purpose_state"] = dice.choice(("approved", "approved", "declared", "draft"))
        view.notes["retention_days"] = dice.choice(("730", "1095", "1825"))


def note_model(dice: Dice, model: Model) -> None:
    """What is noted of a model as a whole: whom it affects, its risk, its last review."""
    care, notes = model.team.care, model.notes
    if dice.random() < 0.92:
        notes["affects_people"] = "true" if model.people_affecting else "false"
    if dice.random() < care + 0.15:
        notes["risk_tier"] = "high" if model.people_affecting else dice.choice(("limited", "minimal"))
        notes |= {"risk_rationale": "as assessed by the team"} if dice.random() < care else {}
        notes |= {"risk_approved_by": model.team.people[0].email} if dice.random() < care else {}
    if dice.random() < care:
        reviewed_at = dice.uniform(5, 500)
        notes |= {"review.state": "completed", "review.result": "passed", "review.assessed_at": iso(ago(reviewed_at))}
        notes["review.expires_at"] = iso(ago(reviewed_at - 365))


def note_training(dice: Dice, model: Model, training: Training) -> None:
    """What a run wrote down so that it can be run again, and what it used."""
    training.params = {f"p{number}": str(dice.randint(1, 99)) for number in range(dice.randint(2, 5))}
    if dice.random() < model.team.care:
        training.params["seed"] = str(dice.randint(1, 999))
    training.image = IMAGE.format(dice.randint(1, 9)) if dice.random() < model.team.care + 0.1 else ""
    training.energy = round(dice.uniform(0.05, 3), 3) if dice.random() < model.team.care - 0.2 else None


def note_binaries(dice: Dice, model: Model) -> None:
    """What is noted of versions: licence, provenance, approval, and of the newest what evaluations found."""
    care = model.team.care
    licence = "commercial" if model.vendor else "proprietary"
    for binary in model.binaries:
        binary.notes |= {"license": licence} if dice.random() < care + 0.2 else {}
        binary.notes |= {"slsa_level": dice.choice("1223")} if dice.random() < care else {}
        binary.notes["validation_status"] = "approved" if dice.random() < 0.9 else "pending"
    for binary in model.binaries[-ASSESSED:]:
        if dice.random() < care + 0.2:
            _assess(dice, binary, "quality", "passed" if dice.random() < 0.95 else "failed")
        if model.people_affecting and dice.random() < care + 0.1:
            _fairness(dice, binary)


def _assess(dice: Dice, binary: Binary, topic: str, result: str) -> None:
    at = binary.created_at + timedelta(hours=dice.uniform(0.2, 4))
    told = {"state": "completed", "result": result, "assessed_at": iso(at)}
    binary.notes |= {f"{topic}.{name}": value for name, value in told.items()}


def _fairness(dice: Dice, binary: Binary) -> None:
    gap = dice.uniform(0.01, 0.13)
    _assess(dice, binary, "fairness", "passed" if gap <= 0.1 else "failed")
    binary.notes["fairness.state"] = dice.choice(("verified", "completed", "completed", "in_progress", "planned"))
    binary.notes |= {"fairness.worst_gap": f"{gap:.3f}", "fairness.gap_limit": "0.1"}
    binary.notes |= {
        "fairness.slices": ",".join(GROUPS[: dice.randint(1, 3)]),
        "fairness.slices_required": ",".join(GROUPS),
    }


def note_deployment(dice: Dice, model: Model, deployment: Deployment) -> None:
    """What is noted of a place that serves: oversight, logs, access, and whether it is to go."""
    care, notes = model.team.care, deployment.notes
    if model.people_affecting and dice.random() < care:
        notes["oversight"] = dice.choice(("tested", "trained", "defined", "partial"))
    if dice.random() < care + 0.2:
        notes["log_retention_days"] = dice.choice(("30", "90", "180", "365", "400"))
    if dice.random() < care:
        checked_at = dice.uniform(5, 400)
        notes |= {"access.state": "completed", "access.result": "passed" if dice.random() < 0.9 else "failed"}
        notes |= {"access.assessed_at": iso(ago(checked_at)), "access.expires_at": iso(ago(checked_at - 365))}
    if "idle" in deployment.mess and dice.random() < 0.4:
        notes |= {"deprecated": "true", "removal_at": iso(ago(-dice.uniform(10, 90)))}
    deployment.rollback = dice.random() < care
    deployment.is_monitored = dice.random() < care
