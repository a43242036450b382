"""The site: pages and their JSON twins, which read through search and write nothing. Nothing of ours may import it."""
