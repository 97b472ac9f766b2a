"""Scenery, players and a camera in, frames in linear light out: the scene of text-to-video."""
