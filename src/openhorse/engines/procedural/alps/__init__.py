"""High mountains: carved, lit, wooded and painted once, to stand behind lakes and meadows. Knows no place."""
