"""The bench's own tests: that it runs and counts right, never how fast anything is."""
