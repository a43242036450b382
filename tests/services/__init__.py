"""Real servers for tests: each module brings one up, and says what to install where it cannot."""
