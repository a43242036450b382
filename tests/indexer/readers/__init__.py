"""Tests of indexer.readers."""
