"""Files of the field, one small module each: parse, then convert. Opens files, knows no dataset."""
