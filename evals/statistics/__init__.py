"""What scores say, and how surely: intervals, comparisons of two runs, agreement with people, gates."""
