"""Tests of search.evaluation."""
