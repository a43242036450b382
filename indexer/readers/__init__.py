"""Files in, Documents out: one module a format. Imports search's leaf modules alone; crawler may import it."""
