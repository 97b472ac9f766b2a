"""What is in the air and in the sky: rain, petals, stars, fire, drawn before the camera. Knows no place, no player."""
