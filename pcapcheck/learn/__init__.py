"""A network that works -> the rules that it keeps, as a rule file.

What was always so, and how often it was seen.

It knows neither captures nor what is right; a person reads what it writes before others are judged by it.
"""
