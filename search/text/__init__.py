"""Text in; terms, weights, passages and vectors out. Knows no engine: never imports search.engine."""
