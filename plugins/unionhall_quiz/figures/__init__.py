"""Figures of quizzes."""
