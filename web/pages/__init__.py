"""The pages, a blueprint each: thin views that render what web.answers finds. Only web.app may import them."""
