"""Tests of the engines: one contract, and what only one of them has."""
