"""Reference-to-video: several given pictures become one scene."""
