"""What there is in the company: people, teams, code, models, trainings, weights and the places where they serve."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

LAKEHOUSE, CLOUD, NOTEBOOK = "lakehouse", "cloud", "notebook"
KSERVE, SAGEMAKER = "kserve", "sagemaker"


@dataclass(slots=True, eq=False)
class Person:
    """A person, by address and by the handle of the code host."""

    email: str
    handle: str
    name: str
    has_left: bool


@dataclass(slots=True, eq=False)
class Commit:
    """A commit: status, path and former path of each file that it changed."""

    sha: str
    at: datetime
    author: Person
    subject: str
    changes: list[tuple[str, str, str]]


@dataclass(slots=True, eq=False)
class Code:
    """A source file that trains."""

    path: str
    added_at: datetime
    removed_at: datetime | None = None
    owners: list[str] = field(default_factory=list)

    @property
    def script(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]


@dataclass(slots=True, eq=False)
class Training:
    """One attempt to train. run_id: of the tool that ran it. trace_id, dag_trace_id: of its lineage events."""

    number: int
    run_id: str
    trace_id: str
    dag_trace_id: str
    started_at: datetime
    ended_at: datetime
    code: Code
    commit: str
    digest: str
    has_failed: bool = False
    is_manual: bool = False
    has_lost_id: bool = False
    has_lost_events: bool = False
    params: dict[str, str] = field(default_factory=dict)
    image: str = ""
    energy: float | None = None


@dataclass(slots=True, eq=False)
class Binary:
    """One trained set of weights. model_id: MLflow's. place: where its bytes are."""

    number: int
    model_id: str
    place: str
    created_at: datetime
    training: Training | None = None
    is_deleted: bool = False
    part: str = ""
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Deployment:
    """A place where weights answer.

    rollouts: since when which weights answer there. how: natural (by place), declared (by tag), alias, image.
    mess: what is planted on it.
    """

    name: str
    tool: str
    cluster: str
    created_at: datetime
    environment: str
    how: str
    deleted_at: datetime | None = None
    rollouts: list[tuple[datetime, Binary]] = field(default_factory=list)
    asked_until: datetime | None = None
    tells_requests: bool = True
    has_canary: bool = False
    holds_many: bool = False
    rollback: bool = False
    is_monitored: bool = False
    notes: dict[str, str] = field(default_factory=dict)
    mess: set[str] = field(default_factory=set)

    def is_there(self, at: datetime) -> bool:
        """Whether it is there at a moment."""
        return self.created_at <= at and (self.deleted_at is None or at < self.deleted_at)

    def serving(self, at: datetime) -> list[Binary]:
        """The weights that answer at a moment, newest first; with a canary the two newest."""
        past = [binary for moment, binary in self.rollouts if moment <= at]
        if self.holds_many:
            return past
        return past[: -3 if self.has_canary else -2 : -1]

    def asked_at(self, at: datetime) -> datetime:
        """When it was last asked before a moment: daily while it is asked at all, told in whole days."""
        latest = min(at, self.asked_until) if self.asked_until else at
        return max(latest.replace(hour=0, minute=0, second=0, microsecond=0), self.created_at)


@dataclass(slots=True, eq=False)
class Model:
    """One purpose that weights are trained for, again and again."""

    name: str
    family: str
    team: Team
    born_at: datetime
    cadence: int
    owner: Person | None
    codes: list[Code]
    vendor: str = ""
    people_affecting: bool = False
    views: list[View] = field(default_factory=list)
    trainings: list[Training] = field(default_factory=list)
    binaries: list[Binary] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    retired_at: datetime | None = None
    notes: dict[str, str] = field(default_factory=dict)
    mess: set[str] = field(default_factory=set)

    @property
    def pipeline(self) -> str:
        """The name of the pipeline that trains it."""
        return f"{self.team.name}_{self.name.replace('-', '_')}_retrain"

    @property
    def training_set(self) -> str:
        """The place of its training data."""
        return f"{self.team.lake}/train/{self.name}.parquet"


@dataclass(slots=True, eq=False)
class View:
    """A group of features, made by one query from raw tables."""

    name: str
    features: list[str]
    raw: list[str]
    place: str
    owner: Person
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Team:
    """A team with one repository and one way of working (stack). care: how well it looks after things, 0 to 1."""

    number: int
    name: str
    stack: str
    people: list[Person]
    repository: str
    former_repository: str
    renamed_at: datetime | None
    care: float = 0.5
    commits: list[Commit] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    mess: set[str] = field(default_factory=set)

    @property
    def handle(self) -> str:
        """The team as the code host knows it."""
        return f"@meridian/{self.name}"

    @property
    def account(self) -> str:
        """Its cloud account."""
        return f"{100_000_000_000 + self.number * 7_919}"

    @property
    def lake(self) -> str:
        """Its part of the data lake; of a team in the cloud, its own bucket."""
        return f"s3://meridian-{self.name}-ml" if self.stack == CLOUD else f"s3://meridian-lake/{self.name}"

    def repository_at(self, moment: datetime) -> str:
        """The repository's address at a moment."""
        return self.former_repository if self.renamed_at and moment < self.renamed_at else self.repository
