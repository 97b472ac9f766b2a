"""The mountain lake. Knows no other scene."""
