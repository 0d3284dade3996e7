"""The API that users of Janggu know."""
