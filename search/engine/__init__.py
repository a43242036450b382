"""Engines behind one protocol (base.py). Knows no Chinese: never imports search.text. Chosen by search.bootstrap alone."""
