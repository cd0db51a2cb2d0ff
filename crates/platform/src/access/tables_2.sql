-- The language a person wants mail in, `ja` or `en`; null while nobody has said: then mail is in both.
ALTER TABLE account ADD COLUMN lang TEXT;
