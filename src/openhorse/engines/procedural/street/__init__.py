"""The city street. Knows no other scene."""
