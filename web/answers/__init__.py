"""What a page shows, as plain values that its template and its JSON twin both render. Knows search and params, no Flask."""
