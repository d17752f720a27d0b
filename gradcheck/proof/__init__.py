"""Run the code under test on symbols and decide exactly whether backward is forward's derivative.

(soundness notes: to be written here)
"""
