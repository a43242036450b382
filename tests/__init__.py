"""Mirrors the tree; an __init__.py in every folder, or `import search` would find tests/search."""
