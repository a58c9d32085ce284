"""CODEOWNERS and OWNERS files: who owns a path, as their tools read them."""

from __future__ import annotations

import pytest

from stocktake.collect.codeowners import CodeOwners, parse_codeowners, pattern_regex
from stocktake.collect.owners_files import OwnersTree, expanded, parse_aliases, parse_owners

# GitHub's own example, "About code owners".
GITHUB = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def owned(rules: CodeOwners, path: str) -> tuple[list[str], list[int]] | None:
    match = rules.match(path)
    return (match.owners, match.lines) if match else None


@pytest.mark.parametrize(
    ("path", "owners", "line"),
    [
        ("README.md", ["@global-owner1", "@global-owner2"], 2),
        ("web/app.js", ["@js-owner"], 3),
        ("notes.txt", ["@octo-org/octocats"], 5),
        ("build/logs/day.log", ["@octocat"], 11),
        ("deep/build/logs/day.log", ["@octocat"], 11),
        ("docs/getting-started.md", ["@doctocat"], 9),
        ("deep/docs/a.md", ["@global-owner1", "@global-owner2"], 2),
        ("deep/apps/a.go", ["@octocat"], 8),
        ("apps/a.go", ["@octocat"], 12),
        ("apps/github", [], 13),
        ("apps/github/x/y.go", [], 13),
    ],
)
def test_the_last_matching_rule_owns_a_path(path: str, owners: list[str], line: int) -> None:
    assert owned(parse_codeowners(GITHUB), path) == (owners, [line])


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("*", "a a/b .x", ""),
        ("docs/*", "docs/a.md", "docs/x/a.md a/docs/a.md docs"),
        ("docs/", "docs/a docs/x/a a/docs/b", "docs docsx/a"),
        ("/docs", "docs docs/a/b", "a/docs docs2"),
        ("Makefile", "Makefile a/Makefile Makefile/x", "Makefile2"),
        ("a/b", "a/b a/b/c", "x/a/b"),
        ("a/**/b", "a/b a/x/b a/x/y/b/c", "ab a/xb"),
        ("**/b.py", "b.py x/b.py", "xb.py"),
        ("a/**", "a/b a/b/c", "a b/a/c"),
        ("/*", "a", "a/b"),
        ("*.p?", "a.py x/a.pl", "a.p a.pyy"),
        ("a\\*b", "a*b", "axb"),
        ("/", "", "a a/b"),
    ],
)
def test_a_github_pattern_matches(pattern: str, matching: str, others: str) -> None:
    regex = pattern_regex(pattern, "github")

    assert [path for path in matching.split() if not regex.match(path)] == []
    assert [path for path in others.split() if regex.match(path)] == []


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("internal/README.md", "internal/README.md x/internal/README.md", "README.md"),
        ("/docs", "docs", "docs/a"),
        ("docs/", "docs/a x/docs/y/z", "docs"),
        ("/docs/*", "docs/a", "docs/a/b"),
        ("/docs/**/*.md", "docs/a.md docs/x/y/a.md", "a.md"),
    ],
)
def test_a_gitlab_pattern_matches_at_any_depth_unless_anchored(pattern: str, matching: str, others: str) -> None:
    regex = pattern_regex(pattern, "gitlab")

    assert [path for path in matching.split() if not regex.match(path)] == []
    assert [path for path in others.split() if regex.match(path)] == []


def test_each_gitlab_section_has_its_own_owners() -> None:
    """A section's default owners stand in for a rule without any; sections of one name are one; `!` takes out."""
    rules = parse_codeowners(
        "* @all\n[Models][2] @growth/ml\n/models/\n/models/churn/ @ana\n!/models/old/\n"
        "^[Docs]\n*.md @@docs\n[models]\n*.yaml @ops\n"
    )

    assert rules.dialect == "gitlab"
    assert owned(rules, "models/a.py") == (["@all", "@growth/ml"], [1, 3])
    assert owned(rules, "models/churn/a.md") == (["@all", "@ana", "@@docs"], [1, 4, 7])
    assert owned(rules, "models/old/a.py") == (["@all"], [1])
    assert owned(rules, "models/churn/a.yaml") == (["@all", "@ops"], [1, 9])


def test_lines_that_github_skips_are_kept_with_their_reason() -> None:
    text = "* @a\n!x @b\n[a-z].py @c\ndocs team-docs\na***b @d\nmy\\ notes/ @e\n"
    rules = parse_codeowners(text, "github")

    assert [error.line for error in rules.errors] == [2, 3, 4, 5]
    assert not any(error.damaged for error in rules.errors)
    assert "'team-docs'" in rules.errors[2].problem
    assert owned(rules, "my notes/x") == (["@e"], [6])


@pytest.mark.parametrize(
    ("text", "line"), [("* @a\n<<<<<<< HEAD\n", 2), ("<!DOCTYPE html>\n<p>", 1), ("* @a\n\x00\x01 @b\n", 2)]
)
def test_a_damaged_file_says_at_which_line(text: str, line: int) -> None:
    assert [error.line for error in parse_codeowners(text).errors if error.damaged] == [line]
    assert [error.line for error in parse_owners(text).errors if error.damaged] == [line]


def test_many_rules_and_many_paths_agree_with_trying_each_rule() -> None:
    """The layout that makes matching fast gives what the patterns give one by one."""
    text = "".join(
        f"{p} @o{n}\n" for n, p in enumerate(["*", "/a/", "/a/b", "b/", "a/*.py", "*.py", "/a/b/c/", "c", "/x"])
    )
    rules = parse_codeowners(text)
    paths = ["a/b/c/d.py", "a/b", "a/x.py", "x", "x/y", "q/c/z", "q/b/c.py", "a/b/x", "r.md"]

    for path in paths:
        slow = [rule for rule in rules.rules if pattern_regex(rule.pattern, "github").match(path)][-1]
        assert owned(rules, path) == (list(slow.owners), [slow.line])


def test_the_nearest_owners_file_that_names_approvers_answers() -> None:
    files = {
        "OWNERS": parse_owners("approvers:\n- ana\n- growth\nreviewers: [bo]\n"),
        "docs/OWNERS": parse_owners("reviewers:\n- cy\n"),
        "vendor/OWNERS": parse_owners("options:\n  no_parent_owners: true\n"),
        "web/OWNERS": parse_owners("filters:\n  '.*':\n    approvers: [dan]\n"),
    }
    tree = OwnersTree(files, parse_aliases("aliases:\n  growth:\n  - eva\n  - ana\n"))

    assert tree.match("a/b.py") == ("OWNERS", ["ana", "eva"])
    assert tree.match("docs/x/b.md") == ("OWNERS", ["ana", "eva"])
    assert tree.match("vendor/x.go") == ("vendor/OWNERS", [])
    assert tree.match("web/x/y.js") == ("web/OWNERS", ["dan"])
    assert OwnersTree({}).match("a") is None


def test_an_owners_file_of_addresses_keeps_its_directives() -> None:
    file = parse_owners(
        "set noparent\n# people\nana@acme.example\nbo@acme.example # lead\nper-file *.gn=*\nfile://x/OWNERS\n*\n"
    )

    assert (file.style, file.approvers, file.no_parent) == ("chromium", ["ana@acme.example", "bo@acme.example"], True)
    assert file.told["directives"] == ["set noparent", "per-file *.gn=*", "file://x/OWNERS"]


@pytest.mark.parametrize(("text", "line"), [("approvers:\n- a\n  b: [\n", 3), ("- {a: b}\n- c d\n", 1)])
def test_an_unreadable_owners_file_says_at_which_line(text: str, line: int) -> None:
    assert [(error.line, error.damaged) for error in parse_owners(text).errors] == [(line, True)]


def test_empty_files_say_nothing() -> None:
    assert parse_codeowners("").to_body() == {"dialect": "github", "owners": [], "rules": []}
    assert parse_owners("# nobody\n").approvers == []
    assert parse_owners("approvers:\nreviewers:\n").to_body({})["approvers"] == []
    assert parse_aliases("aliases: [") == {} == parse_aliases("- x")
    assert expanded(["a", "b"], {"a": ["b", "c"]}) == ["b", "c"]
