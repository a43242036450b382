"""Texts to unit vectors: one protocol (base.py), a module an encoder. search.text and the entry points may import it."""
