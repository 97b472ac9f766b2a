"""Rows and files: the database behind one transaction door, and the blobs. Knows no meaning of either."""
