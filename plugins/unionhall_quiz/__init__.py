"""Daily quiz: questions, papers, attempts, a chance in a draw."""
