"""The errors that this project raises on purpose. They carry a sentence for a person, never an HTTP status."""


class SearchError(Exception):
    """Anything that went wrong in a way we foresaw; its text says what, which one, and what to do.

    A sentence with places (%(name)s) and their values can be said in another language; one without values stands as it is.
    """

    def __init__(self, sentence: str = "", **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class BadQuery(SearchError):
    """The request itself cannot be answered: empty text, unknown field, too long, wrong dimension."""


class BadDocument(SearchError):
    """A document cannot be taken in: no text, broken row, an id that is taken."""


class DocumentNotFound(SearchError):
    """No document has this id."""


class VersionConflict(SearchError):
    """Another text already holds this version number, or somebody wrote in between."""


class EngineUnavailable(SearchError):
    """The engine cannot be reached, is full, or refuses to write."""


class IndexNotFound(EngineUnavailable):
    """The place that should hold the index holds none: nothing was loaded yet, or the place is misspelt."""


class RebuildRunning(EngineUnavailable):
    """Another process is rebuilding this index: wait for it, or stop it."""


class MappingMismatch(SearchError):
    """The stored index and this program differ in mapping, dimension or models."""


class ModelUnusable(SearchError):
    """A model is missing, cut short, or of another kind than its name says."""
