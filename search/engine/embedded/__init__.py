"""The engine on one machine: SQLite is the truth, segments of arrays derived from it answer. Chosen by search.bootstrap alone.

engine: the protocol · database, generations, entries, versions, packing: SQLite · rebuild: a fresh generation
segment and its parts (words, postings, bm25, values, names, vectors, strings): what answers · files, chain: segments on disk
catalogue: keeps a snapshot level with the log · retrieval (lexical, nearest, cuts, found), suggestions: answers from a snapshot
"""
