"""Judging rankings: sets, measures, comparisons. Takes any Query -> list[ScoredDoc] function, ours or a rival's."""
