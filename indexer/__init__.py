"""Document in, IndexEntry out. Imports search; worker may import it, and search never does."""
