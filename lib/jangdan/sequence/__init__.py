"""Letters and codes only: alphabets, order-k codes, one-hot, complement. Opens no file."""
