"""A tutor: hints, simpler answers, students' answers checked, questions to them."""
