"""The engine on one machine: SQLite is the truth; tantivy (BM25) and a vector file are derived from it."""
