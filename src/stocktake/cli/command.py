"""How a function becomes a command: every command takes `--project`, `--json` and `--verbose`, also before its name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from stocktake.cli.face import Face

ProjectOption = Annotated[
    Path | None, typer.Option("--project", metavar="DIR", help="The project's folder; else as set before.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Tell on stderr how long each stage took.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

Work = Callable[..., int | None]


def command(app: typer.Typer, name: str) -> Callable[[Work], Work]:
    """Register a function as a command. It takes a Face first, and gives its exit code (None: 0).

    A parameter whose type is a dataclass stands for the options that are its fields.
    """

    def register(work: Work) -> Work:
        groups: dict[str, Any] = {
            each: hint for each, hint in get_type_hints(work).items() if is_dataclass(hint) and hint is not Face
        }
        parameters = list(_parameters(work))

        def run(**words: Any) -> None:
            told = {each: words.pop(each) for each in ("context", "project", "as_json", "verbose")}
            root = told["context"].find_root().params
            face = Face(told["project"] or root.get("project"), bool(told["as_json"] or root.get("as_json")))
            given = {group: _gather(kind, words) for group, kind in groups.items()}
            with _telling(face, is_wanted=told["verbose"] or root.get("verbose")):
                code = work(face, **given, **words)
            raise typer.Exit(code or 0)

        run.__doc__ = work.__doc__
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        app.command(name)(run)
        return work

    return register


def _telling(face: Face, *, is_wanted: bool | None) -> AbstractContextManager[None]:
    """Tells of stages as they end, where that is wanted; else on a terminal what is being done."""
    if not is_wanted:
        from stocktake.cli.waiting import waiting

        return waiting()
    from stocktake.cli.timings import telling

    return telling(as_json=face.as_json)


def _gather(kind: Any, words: dict[str, Any]) -> Any:
    """A dataclass of options from the words that are its fields, which are taken out."""
    return kind(**{each.name: words.pop(each.name) for each in fields(kind)})


def _parameters(work: Work) -> Iterator[inspect.Parameter]:
    """What the command line takes: the function's own parameters, its groups spread out, and what all commands take."""
    for each in inspect.signature(work, eval_str=True).parameters.values():
        if each.annotation is Face:
            continue
        if isinstance(each.annotation, type) and is_dataclass(each.annotation):
            hints = get_type_hints(each.annotation, include_extras=True)
            for field in fields(each.annotation):
                default = inspect.Parameter.empty if field.default is MISSING else field.default
                yield _parameter(field.name, hints[field.name], default)
        else:
            yield each.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    yield _parameter("project", ProjectOption, None)
    yield _parameter("as_json", JsonOption, False)
    yield _parameter("verbose", VerboseOption, False)
    yield _parameter("context", typer.Context, inspect.Parameter.empty)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
