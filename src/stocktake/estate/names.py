"""Words to make names of."""

from __future__ import annotations

COMPANY = "meridian"
DOMAIN = "meridian.example"
SUBJECTS = (
    "churn", "fraud", "pricing", "demand", "arrival", "spam", "credit", "search", "advert", "upsell", "returns",
    "stock", "routing", "claims", "sentiment", "intent", "energy", "staffing", "coupon", "address", "image", "support",
)  # fmt: skip
FORMS = ("risk", "score", "forecast", "ranker", "detector", "matcher", "planner", "classifier", "estimator", "filter")
SHARED = ("churn-score", "demand-forecast", "search-ranker", "fraud-detector", "spam-filter", "credit-risk")
TEAMS = (
    "atlas", "birch", "cobalt", "delta", "ember", "falcon", "garnet", "harbor", "indigo", "juniper", "kestrel", "lumen",
    "maple", "nimbus", "onyx", "pioneer", "quartz", "raven", "sierra", "tundra", "umber", "vertex", "willow", "yarrow",
    "zephyr",
)  # fmt: skip
FIRST = (
    "ana", "bo", "chidi", "dana", "emre", "fatima", "goran", "hana", "ines", "jonas", "keiko", "liam", "mira", "nils",
    "olga", "priya", "quinn", "rosa", "sami", "tara", "uma", "viktor", "wen", "yara", "zoe",
)  # fmt: skip
LAST = (
    "adeyemi", "berg", "costa", "dubois", "eriksen", "fischer", "garcia", "haddad", "ito", "jansen", "kumar", "lopez",
    "moreau", "nowak", "okafor", "petrov", "rossi", "silva", "tanaka", "weber",
)  # fmt: skip
MEASURES = ("count", "sum", "mean", "last", "share", "days")
VENDORS = ("lexis-ai", "northvoice", "pixelworks")


def team_name(number: int) -> str:
    """The name of a team; the list begins again with a number behind."""
    again, place = divmod(number, len(TEAMS))
    return f"{TEAMS[place]}{again + 1}" if again else TEAMS[place]
