"""Network -> report -> text, pages and tables. It knows neither captures nor decoding."""
