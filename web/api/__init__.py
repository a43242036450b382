"""The JSON twins of the pages under /api, and their description. Only web.app may import them, and the page /api their description."""
