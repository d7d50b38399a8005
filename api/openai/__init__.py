"""OpenAI's chat protocol over QuickTakes: what its clients send read as questions, answers written as completions."""
