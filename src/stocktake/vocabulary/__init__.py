"""From a tool's own words to common words: vocabularies, compiled to SQL, decode records into claims."""

from stocktake.vocabulary.load import load_vocabularies
from stocktake.vocabulary.spec import Namespace, Vocabularies, Vocabulary

__all__ = ["Namespace", "Vocabularies", "Vocabulary", "load_vocabularies"]
