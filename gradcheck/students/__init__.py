"""Find layers in a student's file, meet its conventions, and run it behind a wall."""
