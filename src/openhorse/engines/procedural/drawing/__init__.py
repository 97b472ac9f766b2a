"""What every scene draws with: noise, sky, painted shapes, weather, and the development of light into video planes."""
