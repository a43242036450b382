"""The engine on one machine: SQLite is the truth; segments of arrays, derived from it, answer. Chosen by search.bootstrap."""
