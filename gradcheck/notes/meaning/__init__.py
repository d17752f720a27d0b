"""What a printed formula means: its value where the letters have one, and what it claims."""
