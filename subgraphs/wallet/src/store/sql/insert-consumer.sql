-- Waits for whoever is writing the same address or number, and then leaves theirs alone.
INSERT INTO consumers (id, given_name, email, phone, locale)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
