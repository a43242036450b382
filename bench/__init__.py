"""Speed and memory, with peers side by side in one run: `make bench`. May import anything; nothing imports it but its tests."""
