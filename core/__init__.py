"""The vocabulary every other room speaks: documents, results, errors, settings. Imports nothing of ours."""
